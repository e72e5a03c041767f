//! Whether there is room for the staff's side bar and tables.
const query = window.matchMedia("(min-width: 900px)");
let desk = $state(query.matches);
query.addEventListener("change", () => (desk = query.matches));

export const wide = {
  get desk() {
    return desk;
  },
};
