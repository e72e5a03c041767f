//! The keys under which unfinished forms are kept, and the page each is gone on at.
import { kindName, t } from "./words.svelte";
import { to } from "./route.svelte";

/** `visit/<household>`, `assistance/<household or none>`, `household/new`, `household/<id>` … */
export const formKey = (kind: string, about: string): string => `form/${kind}/${about}`;

const PAGES: Record<string, (about: string) => string> = {
  visit: (about) => to("visit", about),
  assistance: (about) => (about === "none" ? to("assistance") : to("assistance", about)),
  household: (about) => (about === "new" ? to("households", "new") : to("households", about, "edit")),
  team: (about) => to("team", "team", about),
  unit: (about) => to("team", "unit", about),
  member: (about) => (about === "new" ? to("team", "member", "new") : to("team", "member", about, "edit")),
  ocop_product: (about) => (about === "new" ? to("economy", "new") : to("economy", about, "edit")),
  // `<product>.<listing or new>`
  listing: (about) => {
    const [product = "", listing = ""] = about.split(".");
    return listing === "new"
      ? to("economy", product, "listing", "new")
      : to("economy", product, "listing", listing, "edit");
  },
};

/** Where a kept form is gone on with; null for a key that is no form's. */
export function formAddress(key: string): string | null {
  const [form, kind = "", about = ""] = key.split("/");
  return form === "form" && about ? (PAGES[kind]?.(about) ?? null) : null;
}
export const formName = (key: string): string =>
  t("form_of", { kind: kindName(key.split("/")[1] ?? "").toLocaleLowerCase("vi") });
