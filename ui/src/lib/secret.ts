//! What a new PIN is told about. The app only warns: the person decides.

/** A PIN somebody beside one would guess first: one digit, a run, a pair over and over. */
export function weak(pin: string): boolean {
  if (/^(\d)\1+$/.test(pin) || /^(\d\d)\1+$/.test(pin) || /^(\d{3})\1$/.test(pin)) return true;
  return "01234567890".includes(pin) || "09876543210".includes(pin);
}
