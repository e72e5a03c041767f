//! What is dragged between the columns: a page has one mouse, so there is one.
import type { House } from "../../lib/households";

let houses = $state.raw<readonly House[]>([]);
let column = $state<string | null>(null);
let over = $state<string | null | undefined>(undefined);

export const dragged = {
  /** Households under way; none when nothing is dragged. */
  get houses() {
    return houses;
  },
  /** The member from whose column they come, null for nobody's. */
  get column() {
    return column;
  },
  /** The member over whose column they are, null for nobody's, undefined for none. */
  get over() {
    return over;
  },
  set over(member: string | null | undefined) {
    over = member;
  },
  from(member: string | null, what: readonly House[]) {
    column = member;
    houses = what;
    over = undefined;
  },
  end() {
    houses = [];
    over = undefined;
  },
};
