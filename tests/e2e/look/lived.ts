//! One lived-in commune for all stories of a worker that only look at it.
import { test as base } from "@playwright/test";
import { leaveWaiting, live } from "../world/lived.ts";
import { World } from "../world/world.ts";

export const test = base.extend<object, { lived: World }>({
  lived: [
    async ({}, use) => {
      const world = await World.begin();
      try {
        await live(world);
        await leaveWaiting(world, world.lan);
        await use(world);
      } finally {
        await world.end();
      }
    },
    { scope: "worker", timeout: 600_000 },
  ],
});
