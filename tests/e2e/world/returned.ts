//! Work that does not count any more: Lan helps at the office for a day, and what she wrote there comes too late.
import type { World } from "./world.ts";

export const NOT_TAKEN = "Vừ Thị Súa";
export const NEW_MEMBER = "Lò Thị Phóng";
export const NEW_NAME = "Tổ Bản Nà Hin 1";

/** A member she entered and a team she gave another name, without a signal; the office's file reaches her before she sends. */
export async function returnSome(world: World): Promise<void> {
  const { lan, office, teams } = world;
  const { device_id: device } = await lan.call("profile.state");
  await office.call("device.rights", { device, roles: ["staff"], teams: [] });
  await lan.sync();
  await lan.make(world.commune, "member", {
    full_name: NEW_MEMBER,
    team: teams[0],
    phone: "0987654321",
  });
  await lan.call("record.save", { id: teams[0], patch: { name: NEW_NAME } });
  await office.call("device.rights", { device, roles: ["member", "lead"], teams: [teams[0]] });
  await office.sync();
  const file = world.path("quyen.toso");
  await office.carry("export", file);
  await lan.carry("import", file);
  await lan.sync();
}

/**
 * Her disk is put back to an hour ago and the app cannot see it: what she writes next stands where the commune holds
 * something else already, and is not taken in this exchange. The hub is out of reach afterwards.
 */
export async function notTaken(world: World): Promise<void> {
  const { lan } = world;
  const [team, village] = [world.teams[0] ?? "", world.villages[0]];
  const make = (head_name: string) => lan.make(team, "household", { head_name, village });
  await make("Vừ A Dê");
  await lan.sync();
  const before = await lan.disk();
  await make("Vừ A Sùng");
  await lan.sync();
  await lan.turnBack(before);
  await make(NOT_TAKEN);
  await lan.sync();
  await world.hub.stop();
}
