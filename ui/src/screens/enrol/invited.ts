//! What is gathered on the way to `enrol.start`.
export interface Invited {
  /** The text of a QR; then neither address nor code is asked. */
  qr: string | null;
  url: string;
  code: string;
}
export interface Owner {
  /** What the device is called; staff see it before they approve. */
  name: string;
  /** Staff open the app with a passphrase, members with a PIN. */
  staff: boolean;
}
