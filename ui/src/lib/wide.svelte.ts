//! Whether there is room for the staff's side bar and tables.
const query = window.matchMedia("(min-width: 900px)");
const paper = window.matchMedia("print");
let desk = $state(query.matches);
query.addEventListener("change", () => {
  // A narrow sheet of paper is no narrow window: what is printed stays as it stands.
  if (!paper.matches) desk = query.matches;
});

export const wide = {
  get desk() {
    return desk;
  },
};
