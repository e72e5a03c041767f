//! The keys under which unfinished forms are kept, and the page each is gone on at.
import { faceOf } from "./face";
import { kindName, t } from "./words.svelte";
import { to } from "./route.svelte";

/** `visit/<household>`, `assistance/<household or none>`, `household/new`, `household/<id>`, `citizen/<household>.<id or new>`,
 *  `edit/<household>.<id>` for a visit or help written down before … */
export const formKey = (kind: string, about: string): string => `form/${kind}/${about}`;

function page(about: string, part: string): string {
  const [household = "", record = ""] = about.split(".");
  return to("households", household, part, record);
}
const PAGES: Record<string, (about: string) => string> = {
  visit: (about) => to("visit", about),
  assistance: (about) => (about === "none" ? to("assistance") : to("assistance", about)),
  household: (about) => (about === "new" ? to("households", "new") : to("households", about, "edit")),
  team: (about) => to("team", "team", about),
  unit: (about) => to("team", "unit", about),
  member: (about) => (about === "new" ? to("team", "member", "new") : to("team", "member", about, "edit")),
  citizen: (about) => page(about, "person"),
  edit: (about) => page(about, "record"),
  ocop_product: (about) => (about === "new" ? to("economy", "new") : to("economy", about, "edit")),
  // `<product>.<certificate or new>`
  ocop_certificate: (about) => {
    const [product = "", certificate = ""] = about.split(".");
    return to("economy", product, "certificate", certificate);
  },
  ocop_subject: (about) => to("economy", "subjects", about),
  // `new`, `<household>.new` or the store
  digital_store: (about) => {
    const [household = "", fresh] = about.split(".");
    if (fresh === "new") return to("stores", "new", { household });
    return about === "new" ? to("stores", "new") : to("stores", about, "edit");
  },
  store_check: (about) => to("stores", about, "check"),
  event: (about) => (about === "new" ? to("events", "new") : to("events", about, "edit")),
  event_attendance: (about) => to("events", about.split(".")[0] ?? "", "people", "new"),
  // `<product>.<listing or new>`
  listing: (about) => {
    const [product = "", listing = ""] = about.split(".");
    return listing === "new"
      ? to("economy", product, "listing", "new")
      : to("economy", product, "listing", listing, "edit");
  },
};

/** A line of the team's books: `new`, `<household>.new` or the record. */
function line(kind: string, about: string): string {
  const [household = "", fresh] = about.split(".");
  if (fresh === "new") return to("books", kind, "new", { household });
  return about === "new" ? to("books", kind, "new") : to("books", kind, about, "edit");
}

/** Where a kept form is gone on with; null for a key that is no form's. */
export function formAddress(key: string): string | null {
  const [form, kind = "", about = ""] = key.split("/");
  if (form !== "form" || about === "") return null;
  return PAGES[kind]?.(about) ?? (faceOf(kind) ? line(kind, about) : null);
}
export function formName(key: string): string {
  const kind = key.split("/")[1] ?? "";
  return kind === "edit" ? t("form_edit") : t("form_of", { kind: kindName(kind).toLocaleLowerCase("vi") });
}
/** The household a kept form is about, whose name tells one from another; null for others. */
export function formAbout(key: string): string | null {
  const [, kind = "", about = ""] = key.split("/");
  const household = about.split(".")[0] ?? "";
  return kind !== "ocop_product" && /^[0-9a-f-]{36}$/.test(household) ? household : null;
}
