import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

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
