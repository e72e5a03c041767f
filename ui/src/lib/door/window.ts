import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { type Changed, refusal } from "../app";

/** The door of the Tauri window and the phone. */
export const windowDoor = {
  async call(name: string, input: unknown): Promise<unknown> {
    try {
      return await invoke("call", { name, input });
    } catch (error) {
      throw refusal(error);
    }
  },
  listen(tell: (changed: Changed) => void): () => void {
    const stop = listen<Changed>("changed", (event) => tell(event.payload));
    return () => void stop.then((end) => end());
  },
};
