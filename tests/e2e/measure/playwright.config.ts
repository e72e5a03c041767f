//! Measurements a person starts: `npx playwright test -c measure`. What they find is one line of JSON on stdout.
import { defineConfig } from "@playwright/test";
import stories from "../playwright.config.ts";

const { globalTeardown: _, ...like } = stories;
export default defineConfig({
  ...like,
  testMatch: "*.measure.ts",
  outputDir: "../test-results/measure",
  workers: 1,
  timeout: 1_800_000,
  reporter: [["line"]],
});
