//! What waits for the office's word: edits that came too late after a hand-over, and the last work of a lost phone.
import type { World } from "./world.ts";

/** Households go to the other team; Lan changed their phone numbers on a phone that met nobody since. */
export async function comeLate(world: World, names: readonly string[]): Promise<void> {
  const { lan, office } = world;
  for (const name of names) {
    const id = world.house[name];
    await lan.call("record.save", { id, patch: { phone: "0933333333" } });
    await office.call("hand_over.set", { id, to: world.teams[1] });
    await office.call("record.save", { id, patch: { phone: "0944444444" } });
  }
  await lan.sync();
  await office.sync();
}

/**
 * A phone is revoked before it gave its last work, a household; answers which. Páo's, unless said otherwise. What the
 * phone held before is given first: an exchange its page began would else be set aside too, in a pack of its own.
 */
export async function setAside(world: World, name: string, of = world.pao): Promise<string> {
  const { office } = world;
  await of.sync();
  const id = await of.make(world.teams[0] ?? "", "household", {
    head_name: name,
    village: world.villages[0],
  });
  const devices: { device: string; name: string }[] = await office.call("device.list");
  const lost = devices.find((device) => device.name === `Máy của ${of.name}`);
  await office.call("device.revoke", { device: lost?.device, reason: "mất máy" });
  await of.sync();
  return id;
}
