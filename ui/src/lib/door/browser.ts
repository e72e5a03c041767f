import { type Changed, own, refusal } from "../app";
import { token } from "./token";

const authorization = { Authorization: `Bearer ${token}` };

/** Letters of a request that outlives its page: half the bytes allowed, as each may take several. */
const KEPT_ALIVE = 16_000;

/** The door of a browser on the same machine, before `toso serve`. */
export const browserDoor = {
  async call(name: string, input: unknown): Promise<unknown> {
    let answer: Response;
    const body = JSON.stringify({ name, input });
    try {
      answer = await fetch("/call", {
        method: "POST",
        headers: { ...authorization, "Content-Type": "application/json" },
        body,
        // A form's last letters go out while the page closes; browsers carry 64 KiB of such at most.
        keepalive: name === "draft.put" && body.length < KEPT_ALIVE,
      });
    } catch {
      throw own("app_gone");
    }
    const told: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw refusal(told);
    return told;
  },
  /** Server-sent events, read by hand: an EventSource cannot bring the token. Comes back by itself. */
  listen(tell: (changed: Changed) => void): () => void {
    const stop = new AbortController();
    void (async () => {
      while (!stop.signal.aborted) {
        try {
          await read(stop.signal, tell);
        } catch {
          // The app is away or restarts; what changed meanwhile is looked at anew.
        }
        if (stop.signal.aborted) return;
        await new Promise((after) => setTimeout(after, 1000));
      }
    })();
    return () => stop.abort();
  },
};

async function read(signal: AbortSignal, tell: (changed: Changed) => void): Promise<void> {
  const answer = await fetch("/changed", { headers: authorization, signal });
  if (!answer.ok || !answer.body) throw own("wrong_token");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trim());
      if (data.length > 0) tell(JSON.parse(data.join("\n")) as Changed);
    }
  }
}
