//! Where the person is: `#/ho/<id>/sua?…`. Back leaves one level, as the phone's own back does.
import { toast } from "./toast.svelte";

export interface Route {
  path: string[];
  query: URLSearchParams;
}

/** A part of an address somebody typed or cut short is no reason to show nothing at all. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Only `#/…` is a page: the token comes behind the same `#`, and is still there when this is first read. */
function read(): Route {
  const hash = location.hash.startsWith("#/") ? location.hash.slice(2) : "";
  const [path = "", query = ""] = hash.split("?");
  return { path: path.split("/").filter(Boolean).map(plain), query: new URLSearchParams(query) };
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
  /** How many pages lie behind this one; what a form put behind itself is the difference since it began. */
  get depth() {
    return depth;
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

/** The browser goes back on its own time; what is said after it is said on the page come to. */
function gone(pages: number): Promise<void> {
  return new Promise((there) => {
    addEventListener("popstate", () => there(), { once: true });
    history.go(-pages);
  });
}

/** One level back, or to `otherwise` when the app was opened on this very page. */
export async function back(otherwise = "#/"): Promise<void> {
  if (depth > 0) await gone(1);
  else go(otherwise, true);
}

/** Ends a form of several pages: they are taken back, and `address` stands in place of the first. */
export async function finish(pages: number, address: string): Promise<void> {
  if (pages > 0) await gone(pages);
  go(address, true);
}

/**
 * The ways on from this page for what has to wait first, a save: nobody who went elsewhere meanwhile is pulled from
 * where they are.
 */
export function onward(): { go: typeof go; back: typeof back; finish: typeof finish } {
  const [at, address] = [here, location.hash];
  const still = () => here === at && location.hash === address;
  return {
    go: (...to) => {
      if (still()) go(...to);
      toast.follow();
    },
    back: async (...to) => {
      if (still()) await back(...to);
      toast.follow();
    },
    finish: async (...to) => {
      if (still()) await finish(...to);
      toast.follow();
    },
  };
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
