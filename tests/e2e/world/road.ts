//! The way between a phone and the hub, which can be cut at any byte: after it is cut nothing goes until it is mended.
import { connect, createServer, type Server, type Socket } from "node:net";

export class Road {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Bytes the phone may still give; null on a good road. */
  #left: number | null = null;
  /** What each piece of the phone's takes longer, milliseconds. */
  #wait = 0;
  url = "";

  private constructor(port: number) {
    this.#server = createServer((phone) => {
      if (this.#left !== null && this.#left <= 0) return phone.destroy();
      const hub = connect(port, "127.0.0.1");
      for (const [one, other] of [
        [phone, hub],
        [hub, phone],
      ] as const) {
        this.#open.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
      hub.pipe(phone);
      phone.on("data", (bytes) => {
        const passes = this.#left === null ? bytes : bytes.subarray(0, Math.max(0, this.#left));
        if (this.#left !== null) this.#left -= bytes.length;
        const goes = () =>
          hub.write(passes, () => {
            if (this.#left !== null && this.#left <= 0) this.#hangUp();
            phone.resume();
          });
        phone.pause();
        if (this.#wait > 0) setTimeout(goes, this.#wait);
        else goes();
      });
      return undefined;
    });
  }

  static async to(hub: string): Promise<Road> {
    const road = new Road(Number(new URL(hub).port));
    await new Promise<void>((ready) => road.#server.listen(0, "127.0.0.1", ready));
    const address = road.#server.address();
    road.url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    return road;
  }

  #hangUp(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Cut once the phone gave so many bytes more; at once without. */
  cut(after = 0): void {
    this.#left = after;
    if (after === 0) this.#hangUp();
  }

  mend(): void {
    this.#left = null;
  }

  slow(wait: number): void {
    this.#wait = wait;
  }

  end(): void {
    this.#hangUp();
    this.#server.close();
  }
}
