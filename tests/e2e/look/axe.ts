import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, expect, type Page } from "@playwright/test";
import type { Person } from "../world/person.ts";
import { goAndWait, type Place } from "./places.ts";
import { open } from "./window.ts";

export const LANGUAGES = ["vi", "en"] as const;
type Language = (typeof LANGUAGES)[number];
/** Pages in their full length: no bar that stays at the edge lies over what could be scrolled out from under it. */
const LONG = 4000;

/** Every default rule and those of WCAG 2.2 AA that wait to be asked; one line a fault, with where it stands. */
export async function axeProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // No page of ours holds another; without this a blank page is opened and closed for every look.
    .setLegacyMode(true)
    // All that was found good is thousands of lines which nobody reads.
    .options({ resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
  );
}

/** Every rule on each of the places, each gone to once in a language and looked at in both themes. */
export async function axeWalk(
  browser: Browser,
  person: Person,
  places: Place[],
  size: { width: number; height: number },
  languages: readonly Language[] = LANGUAGES,
) {
  const found: string[] = [];
  for (const language of languages) {
    const { page, watch, close } = await open(browser, person, { size: { ...size, height: LONG }, language });
    for (const place of places) {
      await goAndWait(page, place);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await expect(page.locator(`html[data-theme=${theme}]`)).toHaveCount(1);
        for (const problem of await axeProblems(page))
          found.push(`${place.name} (${language}, ${theme}): ${problem}`);
      }
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
}
