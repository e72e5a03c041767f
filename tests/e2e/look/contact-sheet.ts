//! All pictures on one sheet, drawn by the same browser: what a reviewer looks at first.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { chromium as browsers } from "@playwright/test";
import { chromium } from "./chromium.ts";
import { smaller } from "./palette.ts";
import { SCREENS } from "./picture.ts";

const SHEET = "contact-sheet.png";

/** Runs once after all stories; without SCREENS=1 there is nothing to draw. */
export default async function drawContactSheet(): Promise<void> {
  if (process.env["SCREENS"] !== "1" || !existsSync(SCREENS)) return;
  const names = readdirSync(SCREENS)
    .filter((name) => name.endsWith(".png") && name !== SHEET)
    .sort();
  const figure = (name: string) => {
    const bytes = readFileSync(resolve(SCREENS, name)).toString("base64");
    const wide = /-(1\d{3})\.png$/.test(name) ? ' class="wide"' : "";
    return `<figure${wide}><img src="data:image/png;base64,${bytes}" alt=""><figcaption>${name.slice(0, -4)}</figcaption></figure>`;
  };
  const sheet = `<!doctype html><meta charset="utf-8"><style>
    body { margin: 16px; width: 1568px; background: #f6f1e6; font: 13px sans-serif; color: #1c212d }
    main { display: grid; grid-template-columns: repeat(8, 1fr); gap: 12px; align-items: start }
    figure { margin: 0 } .wide { grid-column: span 3 }
    img { width: 100%; border: 1px solid #7d725e } figcaption { overflow-wrap: anywhere }
  </style><main>${names.map(figure).join("")}</main>`;
  rmSync(resolve(SCREENS, SHEET), { force: true });
  const browser = await browsers.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    await page.setContent(sheet);
    writeFileSync(resolve(SCREENS, SHEET), smaller(await page.screenshot({ fullPage: true })));
  } finally {
    await browser.close();
  }
}
