//! The commune's hub. Stopping it is the story's "no network": every device then finds nobody at its address.
import { join } from "node:path";
import { Program } from "./program.ts";

export class Hub {
  readonly #data: string;
  #program: Program | undefined;
  url = "http://127.0.0.1:0";

  private constructor(
    data: string,
    /** Enrols the first staff device. */
    readonly staffCode: string,
  ) {
    this.#data = data;
  }

  static async begin(home: string, name: string): Promise<Hub> {
    const data = join(home, "hub");
    const { program, first } = await Program.start("toso-hub", ["init", "--data", data, "--name", name]);
    await program.end();
    const hub = new Hub(data, first["staff_code"] ?? "");
    await hub.start();
    return hub;
  }

  /** Serves where it served before. */
  async start(): Promise<void> {
    const listen = this.url.replace("http://", "");
    const { program, first } = await Program.start("toso-hub", [
      "serve",
      "--data",
      this.#data,
      "--listen",
      listen,
    ]);
    this.#program = program;
    this.url = first["listening"] ?? "";
  }

  async stop(): Promise<void> {
    await this.#program?.end();
    this.#program = undefined;
  }
}
