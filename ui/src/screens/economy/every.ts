//! All records of a kind that this device holds.
export { every, type Item } from "../../lib/every";
