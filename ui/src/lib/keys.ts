//! The staff's keys: `/` goes to the page's search, `j` and `k` down and up its rows, `Enter` opens the row, `Esc` leaves
//! a search. Nothing happens while somebody types, or on top of an open question.
const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type));

const rows = (): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>("main [data-row]")].filter((row) => row.offsetParent !== null);

function step(by: number): void {
  const all = rows();
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function followKeys(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (event.key === "Escape" && target instanceof HTMLInputElement && target.type === "search") {
    target.value = "";
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.blur();
  } else if (typing(target)) {
    return;
  } else if (event.key === "/") {
    const find = document.querySelector<HTMLInputElement>(".page input[type='search']");
    if (find) event.preventDefault();
    find?.focus();
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && target instanceof HTMLElement && target.matches("[data-row]:not(a)")) {
    // A link opens by itself. Of any other row the same press would also push the first button of what opens.
    event.preventDefault();
    target.querySelector<HTMLElement>("a, button, input")?.click();
  }
}
