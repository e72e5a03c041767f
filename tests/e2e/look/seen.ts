//! What stood on the screen when a story failed, on one line: where only the output can be read, it is the picture.
import { readFileSync } from "node:fs";
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

const MOST = 600;

/** The words of the page in the snapshot Playwright writes, without its marks. */
export function words(context: string): string {
  const snapshot = /```yaml\n([\s\S]*?)```/.exec(context)?.[1] ?? "";
  const page = /- main[\s\S]*/.exec(snapshot)?.[0] ?? snapshot;
  return page
    .split("\n")
    .map((line) => line.replace(/\[[a-z]+(=[^\]]*)?\]/g, "").replace(/^\s*-\s*/, ""))
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "" && !/^(generic|\/url|img|text)?:?$/.test(line))
    .join(" | ")
    .slice(0, MOST);
}

export default class Seen implements Reporter {
  printsToStdio = () => false;
  onTestEnd(test: TestCase, { attachments }: TestResult): void {
    for (const { name, path } of attachments) {
      if (name !== "error-context" || !path) continue;
      console.log(`seen: ${test.title}: ${words(readFileSync(path, "utf8"))}`);
    }
  }
}
