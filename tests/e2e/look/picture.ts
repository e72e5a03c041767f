//! Pictures of the screens: into `docs/screens` with SCREENS=1, else beside the test's other output.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Page, test } from "@playwright/test";
import { smaller } from "./palette.ts";

export const SCREENS = resolve(dirname(fileURLToPath(import.meta.url)), "../../../docs/screens");

/** `<story>-<step>-<width>.png`; the page is as it stands, without what moves. */
export async function picture(page: Page, story: string, step: string): Promise<void> {
  const name = `${story}-${step}-${page.viewportSize()?.width ?? 0}.png`;
  const path =
    process.env["SCREENS"] === "1" ? resolve(SCREENS, name) : test.info().outputPath("screens", name);
  mkdirSync(dirname(path), { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  // A kept picture shows the page; what was told on the way lies over it for a few seconds more.
  const told = page.locator(".toast").getByRole("button", { name: "Đóng" });
  if (process.env["SCREENS"] === "1" && (await told.isVisible())) await told.dispatchEvent("click");
  const png = await page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
  // Pictures nobody keeps need no care.
  writeFileSync(path, process.env["SCREENS"] === "1" ? smaller(png) : png);
}
