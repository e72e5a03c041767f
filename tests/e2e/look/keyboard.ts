//! A person with a keyboard and no mouse.
import { expect, type Page } from "@playwright/test";

interface Focus {
  name: string;
  tag: string;
  /** Drawn around it, so that an eye finds it. */
  ring: boolean;
  /** What lies over its middle, or that it is out of sight. */
  over: string | null;
}

async function focused(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const labelled = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
    const label = (element as HTMLInputElement).labels?.[0]?.textContent;
    const name =
      labelled.map((id) => document.getElementById(id)?.textContent ?? "").join(" ") ||
      element.getAttribute("aria-label") ||
      label ||
      element.textContent ||
      "";
    // A field whose ring is drawn by what it stands in.
    const frame = element.closest<HTMLElement>("label, .step, .find");
    const drawn = (one: HTMLElement | null) => {
      if (!one) return false;
      const how = getComputedStyle(one);
      return how.outlineStyle !== "none" && parseFloat(how.outlineWidth) >= 2;
    };
    return {
      name: name.replace(/\s+/g, " ").trim(),
      tag: element.tagName,
      ring: drawn(element) || drawn(frame) || style.boxShadow !== "none",
      over:
        over === null
          ? "out of sight"
          : element.contains(over) || over.contains(element)
            ? null
            : over.outerHTML.slice(0, 120),
    };
  });
}

const named = (at: Focus, name: string | RegExp) =>
  typeof name === "string" ? at.name === name : name.test(at.name);

/** Tabs on until what is named so has the focus; on the way every stop is seen and uncovered. */
export async function tabTo(page: Page, name: string | RegExp, most = 80): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.tag === "BODY") continue;
    passed.push(at.name.slice(0, 40));
    expect(at.ring, `a ring around "${at.name}" <${at.tag}>`).toBe(true);
    expect(at.over, `nothing over "${at.name}" <${at.tag}>`).toBe(null);
    if (named(at, name)) return;
  }
  throw new Error(`Tab never came to ${name}; it passed ${passed.slice(0, 60).join(" | ")}`);
}

/** Tabs to a button, a link or a chip and pushes it. */
export async function push(page: Page, name: string | RegExp, key = "Enter"): Promise<void> {
  await tabTo(page, name, 200);
  await page.keyboard.press(key);
}

/** Pushes what leads to another page, and is on its heading. */
export async function pushTo(page: Page, name: string | RegExp, heading: string | RegExp): Promise<void> {
  await push(page, name);
  await atHeading(page, heading);
}

/** Without a key the focus is there, seen and uncovered. */
export async function on(page: Page, name: string | RegExp): Promise<void> {
  await expect
    .poll(async () => {
      const at = await focused(page);
      return named(at, name) && at.ring && at.over === null ? name : at;
    })
    .toEqual(name);
}

/** A line after what was done. */
export const told = (page: Page, text: string | RegExp) =>
  expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();

/** From wherever the focus is to an entry of the side bar or the tabs. */
export async function goBy(page: Page, entry: string): Promise<void> {
  await push(page, new RegExp(`^(\\d+ )?${entry}( ,|$)`));
  await atHeading(page, entry);
}

/** After a step the focus stands on the page's own heading. */
export async function atHeading(page: Page, text: string | RegExp): Promise<void> {
  const heading = page.getByRole("heading", { level: 1, name: text });
  await expect(heading).toBeVisible();
  await expect(heading)
    .toBeFocused()
    .catch(async (error: unknown) => {
      const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 300));
      throw new Error(`focus is at ${at}; ${String(error)}`);
    });
}
