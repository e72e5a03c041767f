import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Every default rule and those of WCAG 2.2 AA that wait to be asked; one line a fault, with where it stands.
 * With `only` those rules that another theme can break: all else is the same page. */
export async function axeProblems(page: Page, only?: "colours"): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // No page of ours holds another; without this a blank page is opened and closed for every look.
    .setLegacyMode(true)
    .options(
      only === "colours"
        ? { runOnly: ["color-contrast", "link-in-text-block"] }
        : { rules: { "target-size": { enabled: true } } },
    )
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
  );
}
