import { expect } from "@playwright/test";
import { test } from "./look/lived.ts";
import { open, PHONE } from "./look/window.ts";

/** Bytes over the wire until Hôm nay shows. */
const BUDGET = 150_000;

test("a phone with a thin line sees its day within the budget, from its own machine alone", async ({
  browser,
  lived: world,
}) => {
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  const urls = new Map<string, string>();
  const bytes = new Map<string, number>();
  wire.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    bytes.set(urls.get(requestId) ?? requestId, encodedDataLength),
  );
  const first = await page.goto(world.lan.link);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Lan");
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  const all = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  const largest = [...bytes].sort(([, a], [, b]) => b - a).slice(0, 6);
  const lines = largest.map(([url, size]) => `${size} ${new URL(url).pathname}`);
  test.info().annotations.push({ type: "bytes", description: String(all) });
  console.log(`bytes until Hôm nay shows: ${all} of ${BUDGET} in ${bytes.size} answers; ${lines.join(", ")}`);
  expect(all).toBeLessThanOrEqual(BUDGET);
  for (const url of urls.values()) expect(url.startsWith(`${world.lan.url}/`), url).toBe(true);

  const policy = first?.headers()["content-security-policy"] ?? "";
  const directives = new Map(
    policy.split(";").map((part) => {
      const [name = "", ...values] = part.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
  expect(directives.get("default-src"), policy).toBe("'none'");
  expect(directives.get("script-src"), policy).toBe("'self'");
  expect(directives.get("connect-src"), policy).toBe("'self'");
  expect(directives.get("base-uri"), policy).toBe("'none'");
  expect(directives.get("form-action"), policy).toBe("'none'");
  expect(directives.get("frame-ancestors"), policy).toBe("'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:|blob:.*script/);
  await context.close();
});

test("what the page is given stays on the machine", async ({ browser, lived: world }) => {
  const { page, watch, close } = await open(browser, world.lan);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Lan");
  expect(page.url(), "the token leaves the address at once").not.toContain("token");
  // What a browser keeps without being asked lies open on the disk.
  const kept = await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
    caches: (await caches.keys()).length,
  }));
  expect(kept).toEqual({ local: ["settings"], databases: 0, cookies: "", caches: 0 });
  watch.calm();
  await close();
});
