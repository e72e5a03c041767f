//! What somebody may type or paste, by accident or not.
import type { Locator } from "@playwright/test";

export interface Hostile {
  name: string;
  text: string;
  /** Pasted this often, one after the other, in one go. */
  times?: number;
}

export const HOSTILE: readonly Hostile[] = [
  { name: "a script", text: "<script>alert(1)</script>" },
  { name: "a picture with a script", text: "<img src=https://evil.example/x onerror=alert(1)>" },
  { name: "a drawing with a script", text: "<svg/onload=alert(1)>{{constructor}}${alert(1)}" },
  { name: "a link that is a script", text: "javascript:alert(document.domain)" },
  { name: "marks that turn the line", text: "Lò \u202egnohk\u202c \u2066Văn\u2069\u200f Ún" },
  { name: "a NUL and other controls", text: "Lò\u0000 Văn\u0007\u001b[31m Ún\u007f" },
  { name: "decomposed letters", text: "Vừ Thị Mỷ Hoà".normalize("NFD") },
  { name: "half a letter", text: "Lò \ud83d Văn \udc00 Ún" },
  { name: "letters without width", text: "L\u200bò\u200d Vă\u2060n\ufeff Ún" },
  { name: "a word of 400 letters", text: "ư", times: 400 },
  { name: "a text of 10 MB", text: "<b>Ấ ", times: (10 << 20) / 8 },
];

/** Pastes as a person does: the page hears of it. Half letters stay half. */
export async function paste(field: Locator, { text, times = 1 }: Hostile): Promise<void> {
  const units = [...Array(text.length).keys()].map((n) => text.charCodeAt(n));
  await field.evaluate(
    (element, { units, times }) => {
      const input = element as HTMLInputElement | HTMLTextAreaElement;
      const whole = String.fromCharCode(...units).repeat(times);
      input.focus();
      input.select();
      // Ten megabytes through the editor's own undo history take it a minute.
      if (whole.length > 100_000) {
        input.value = whole;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      } else document.execCommand("insertText", false, whole);
    },
    { units, times },
  );
}
