//! A program of ours as a process: started, asked for its first line, ended by its id.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
/** Where `cargo build` puts the programs. */
const BUILT = resolve(ROOT, process.env["TOSO_BIN"] ?? "target/debug");

export class Program {
  #process: ChildProcess;
  #said = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  /** Starts it and waits for the JSON of its first line. */
  static async start(name: string, words: string[], env: Record<string, string> = {}) {
    const path = join(BUILT, name);
    if (!existsSync(path)) throw new Error(`${path} is not built: cargo build --bin ${name}`);
    const child = spawn(path, words, {
      cwd: ROOT,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: process.env["HOME"] ?? "",
        TZ: "Asia/Ho_Chi_Minh",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const program = new Program(child);
    const first = await new Promise<string>((told, failed) => {
      if (child.stdout) createInterface({ input: child.stdout }).once("line", told);
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`${name} ended with ${code}: ${program.#said}`)));
    });
    return { program, first: JSON.parse(first) as Record<string, string> };
  }

  /** Asks it to end and waits until it has; `kill` gives it no time to tidy up, as a flat battery does. */
  async end(kill = false): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill(kill ? "SIGKILL" : "SIGTERM");
    await ended;
  }
}
