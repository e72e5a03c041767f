//! The question before anything of a person is written down. It is never answered beforehand.
import { empty, type Fields } from "../../lib/form/kinds";
import { today } from "../../lib/format";

/** The answer, its day, and what proves it. */
export const CONSENT = ["consent", "consent_on", "consent_method"];
/** The one answer that opens the other fields. */
export const YES = "dong_y";

/** An answer is of today until another day is put down. */
export function dateAnswer(fields: Fields): void {
  fields["consent_on"] = empty(fields["consent"]) ? null : today();
}
