//! What no page of ours may do whatever is typed into it: complain, ask another host, run what was given as text.
import { expect, type Page } from "@playwright/test";

/** A refused call is answered with 422 and its words are shown; the browser notes every such answer as an error. */
const REFUSED = /^Failed to load resource: .*\b(4\d\d|503)\b/;

export class Watch {
  readonly #found: string[] = [];
  #answers = true;

  constructor(page: Page, own: string) {
    const found = this.#found;
    page.on("console", (line) => {
      if (line.type() !== "error") return;
      const ours = new URL(line.location().url || own).pathname;
      if (REFUSED.test(line.text()) && ["/call", "/changed"].includes(ours)) return;
      // A stopped program is a story of its own: the page then says so.
      if (!this.#answers && line.text().includes("net::ERR_")) return;
      found.push(`console: ${line.text()}`);
    });
    page.on("pageerror", (error) => found.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      found.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("popup", () => found.push("a new window"));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${own}/`) && !url.startsWith("blob:") && !url.startsWith("data:"))
        found.push(`asked ${new URL(url).origin}`);
    });
  }

  /** The program behind the page is stopped, or runs again. */
  programAnswers(does: boolean): void {
    this.#answers = does;
  }

  /** Nothing was found so far. */
  calm(): void {
    expect(this.#found, "the page stays calm").toEqual([]);
  }
}

/** Counts reports of the page's policy; a violation is also an error on the console. */
export async function countPolicyReports(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const counted = window as unknown as { policyReports: number };
    counted.policyReports = 0;
    document.addEventListener("securitypolicyviolation", () => (counted.policyReports += 1));
  });
  return () => page.evaluate(() => (window as unknown as { policyReports: number }).policyReports);
}
