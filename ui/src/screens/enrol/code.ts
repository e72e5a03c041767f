//! The one-time code as it is read out: 13 characters of Crockford's alphabet, in fours.
export const CODE_LENGTH = 13;
const ALPHABET = /[0-9A-HJKMNP-TV-Z]/;

/** What was typed as a code has it: upper case, I and L for 1, O for 0, nothing else kept. */
export const codeOf = (typed: string, length = CODE_LENGTH): string =>
  [...typed.toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0")]
    .filter((letter) => ALPHABET.test(letter))
    .join("")
    .slice(0, length);

/** `7K3M9QXA2F8TV` → `7K3M-9QXA-2F8T-V`. */
export const grouped = (code: string): string => code.replace(/(.{4})(?=.)/g, "$1-");

/** The address as it is asked at: a hub speaks https unless it was written otherwise. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  return text === "" || /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
}

/** Whether a text is what stands in the QR of an invitation. */
export const isInvitation = (text: string): boolean => /^\s*toso:\d+\?/.test(text);

/** Where an invitation leads: shown before anything is asked there, for a link may come from anybody. */
export function hubOf(text: string): string {
  const address = /[?&]u=([^&]*)/.exec(text.trim())?.[1] ?? "";
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
