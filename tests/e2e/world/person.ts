//! Somebody with a device: a profile folder and `toso serve` on it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Disk, putBack, read } from "./disk.ts";
import { Program } from "./program.ts";

/** What a call answered when it was refused. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly body: unknown,
  ) {
    super(`${code}: ${JSON.stringify(body)}`);
  }
}

export type Json = any;

export class Person {
  readonly #folder: string;
  #program: Program | undefined;
  #url = "http://127.0.0.1:0";
  #token = "";

  constructor(
    home: string,
    /** What stories call them. */
    readonly name: string,
    /** Six digits on a member's phone, a passphrase at the office. */
    readonly pin: string,
  ) {
    this.#folder = join(home, name);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Starts the app; `opened` unlocks the profile as `TOSO_PIN` does at a terminal. */
  async start(opened = true): Promise<void> {
    const words = ["--profile", this.#folder, "serve", "--listen", this.#url.replace("http://", "")];
    const { program, first } = await Program.start("toso", words, opened ? { TOSO_PIN: this.pin } : {});
    this.#program = program;
    this.#url = first["listening"] ?? "";
    this.#token = first["token"] ?? "";
  }

  /** Writes a carried file or takes one, at a terminal; the app is not open meanwhile. */
  async carry(what: "export" | "import", file: string): Promise<void> {
    await this.stop();
    const words = ["--profile", this.#folder, what, file];
    const { program } = await Program.start("toso", words, { TOSO_PIN: this.pin });
    await program.end();
    await this.start();
  }

  /** What lies on this device's disk; the app is not open meanwhile. */
  async disk(): Promise<Disk> {
    await this.stop();
    const disk = read(this.#folder);
    await this.start();
    return disk;
  }

  /** The disk is as it was, down to its files' own numbers, as an image put back has it: the app cannot see that. */
  async turnBack(disk: Disk): Promise<void> {
    await this.stop();
    putBack(this.#folder, disk);
    await this.start();
  }

  async stop(kill = false): Promise<void> {
    await this.#program?.end(kill);
    this.#program = undefined;
  }

  /** Address of the app's page, without what lets one in. */
  get url(): string {
    return this.#url;
  }

  /** The address a person is given to open. */
  get link(): string {
    return `${this.#url}/#token=${this.#token}`;
  }

  async call(name: string, input: unknown = {}): Promise<Json> {
    const answer = await fetch(`${this.#url}/call`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name, input }),
    });
    const body: Json = await answer.json();
    if (!answer.ok) throw new Refused(body?.error?.code ?? String(answer.status), body);
    return body;
  }

  /** Makes a record and answers its id. */
  async make(space: string, kind: string, fields: object, id?: string): Promise<string> {
    return (await this.call("record.create", { space, kind, fields, ...(id ? { id } : {}) })).id;
  }

  /** Exchanges with the hub until this device and the hub hold the same; one the page began is waited for. */
  async sync(): Promise<void> {
    for (let more = true; more;) {
      try {
        more = (await this.call("sync.run")).later;
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "sync_running") throw error;
        await setTimeout(50);
      }
    }
  }
}
