//! What a person with large letters, small screen or thick fingers meets on a page.
import type { Page } from "@playwright/test";

/** One sentence each: sideways scroll, text that is cut off, letters under 16 px, targets under 48 px. */
export async function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const told = (element: Element) =>
      `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> "${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}"`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
    const dialogs = [...document.querySelectorAll("dialog[open]")];
    // Behind a sheet nothing can be reached.
    const roots = dialogs.length > 0 ? dialogs : [document.body];
    const all = roots.flatMap((each) => [...each.querySelectorAll<HTMLElement>("*")]);
    const seen = (element: HTMLElement) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      element.getClientRects().length > 0 &&
      !element.closest(".vh, .skip, [aria-hidden=true], option");
    for (const element of all) {
      if (!seen(element)) continue;
      const style = getComputedStyle(element);
      const own = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const box = element.getBoundingClientRect();
      const cuts = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
      if (cuts && element.textContent?.trim()) {
        if (element.scrollWidth > element.clientWidth + 1) found.push(`cut at the side: ${told(element)}`);
        if (element.scrollHeight > element.clientHeight + 1) found.push(`cut below: ${told(element)}`);
      }
      if (own && parseFloat(style.fontSize) < 16) found.push(`${style.fontSize} letters: ${told(element)}`);
      if (own && box.right > root.clientWidth + 1 && !element.closest("[data-scrolls]"))
        found.push(`reaches over the edge: ${told(element)}`);
      const target = element.matches("a[href], button, input, textarea, select, summary, [role=button]");
      // A link inside a sentence is as high as the sentence.
      const inline = element.matches("a") && style.display === "inline";
      // A box whose label is the target.
      const label = element.matches("input[type=checkbox], input[type=radio]") && element.closest("label");
      const part = label ? label.getBoundingClientRect() : box;
      if (target && !inline && (part.width < 47.5 || part.height < 47.5))
        found.push(`target of ${Math.round(part.width)} × ${Math.round(part.height)}: ${told(element)}`);
    }
    return [...new Set(found)];
  });
}
