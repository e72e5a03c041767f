//! Where the person is: `#/ho/<id>/sua?…`. Back leaves one level, as the phone's own back does.
export interface Route {
  path: string[];
  query: URLSearchParams;
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

let here = $state.raw<Route>(read());
/** How many pages of this app lie behind, so that back never leaves it by surprise. */
let depth = 0;

window.addEventListener("hashchange", () => {
  here = read();
});
window.addEventListener("popstate", (event) => {
  depth = (event.state as { depth?: number } | null)?.depth ?? 0;
});

export const route = {
  get path() {
    return here.path;
  },
  get query() {
    return here.query;
  },
};

/** The address of a page, for links. */
export function to(...parts: (string | Record<string, string>)[]): string {
  const last = parts.at(-1);
  const pairs = typeof last === "object" ? Object.entries(last) : [];
  const query = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  const path = parts.filter((part): part is string => typeof part === "string").map(encodeURIComponent);
  return `#/${path.join("/")}${query ? `?${query}` : ""}`;
}

/** Goes there. With `replace`, the page left is not come back to. */
export function go(address: string, replace = false): void {
  if (replace) {
    history.replaceState({ depth }, "", address);
  } else {
    depth += 1;
    history.pushState({ depth }, "", address);
  }
  here = read();
  scrollTo(0, 0);
}

/** One level back, or to `otherwise` when the app was opened on this very page. */
export function back(otherwise = "#/"): void {
  if (depth > 0) history.back();
  else go(otherwise, true);
}

/** Links inside the page go through `go`, so that depth is known. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
    return;
  const link = (event.target as Element | null)?.closest?.("a[href^='#/']");
  if (!link) return;
  event.preventDefault();
  go(link.getAttribute("href") ?? "#/");
}
