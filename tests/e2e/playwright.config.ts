import { defineConfig } from "@playwright/test";
import { chromium } from "./look/chromium.ts";

// Times only end what hangs: a busy machine is no failure. No retries: what holds only the second time has found something.
export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  globalTeardown: "./look/contact-sheet.ts",
  workers: 2,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 40_000 },
  reporter: [["list"], ["./look/seen.ts"]],
  use: {
    browserName: "chromium",
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    serviceWorkers: "block",
    actionTimeout: 40_000,
    // A trace writes down every page at every step, ten megabytes where so much was pasted: for whoever looks for a cause.
    trace: process.env["TRACE"] ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        // A turn of the wheel is done when it is told: on a busy machine its glide goes on under the next press.
        "--disable-smooth-scrolling",
      ],
    },
  },
});
