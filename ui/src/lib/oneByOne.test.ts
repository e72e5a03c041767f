import { expect, test } from "vitest";
import { oneByOne } from "./oneByOne";

/** A store that is read slowly: an answer holds what stood when the question was asked, and comes when it is let. */
function slow() {
  let stands = 0;
  let shown = -1;
  const open: (() => void)[] = [];
  const look = oneByOne(async () => {
    const answer = stands;
    await new Promise<void>((done) => open.push(done));
    shown = answer;
  });
  const settle = () => new Promise((done) => setTimeout(done));
  return {
    look,
    write: () => (stands += 1),
    answers: async () => {
      open.shift()?.();
      await settle();
    },
    get asked() {
      return open.length;
    },
    get shown() {
      return shown;
    },
  };
}

test("an answer that was asked for before a change does not cover the one after it", async () => {
  const store = slow();
  void store.look();
  store.write();
  const after = store.look();
  expect(store.asked).toBe(1);
  await store.answers();
  expect([store.shown, store.asked]).toEqual([0, 1]);
  await store.answers();
  await after;
  expect([store.shown, store.asked]).toEqual([1, 0]);
});

test("whoever asks meanwhile shares one more look, and each sees what they wrote", async () => {
  const store = slow();
  void store.look();
  const all = [1, 2, 3].map(() => {
    store.write();
    return store.look();
  });
  await store.answers();
  await store.answers();
  await Promise.all(all);
  expect([store.shown, store.asked]).toEqual([3, 0]);
  // At rest again: the next one asks at once.
  void store.look();
  expect(store.asked).toBe(1);
});

test("a look that fails is told to who asked for it, and holds up nobody", async () => {
  let fails = true;
  const look = oneByOne(async () => {
    await Promise.resolve();
    if (fails) throw new Error("offline");
  });
  const first = look();
  const second = look();
  await expect(first).rejects.toThrow("offline");
  await expect(second).rejects.toThrow("offline");
  fails = false;
  await expect(look()).resolves.toBeUndefined();
});

test("who asks in the moment between two looks starts no second one beside", async () => {
  let running = 0;
  let most = 0;
  const look = oneByOne(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done));
    running -= 1;
  });
  const first = look();
  const second = look();
  await first;
  await Promise.all([look(), second]);
  expect(most).toBe(1);
});
