// A real hub on a free port, made anew, and the office that runs it from a terminal.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { must, running } from "./driver.mjs";

const start = promisify(execFile);
const COMMUNE = "Xã Mường Lống";
/** The office is nobody real, so its passphrase may stand here. */
const PASSPHRASE = "mat khau van phong";

/** The office's device: the same calls as the screens ask, from a terminal. */
class Office {
  constructor(toso, profile, url) {
    this.url = url;
    this.run = async (...words) => {
      const env = { ...process.env, TOSO_PIN: PASSPHRASE };
      const { stdout } = await start(toso, ["--profile", profile, ...words], { env });
      return JSON.parse(stdout);
    };
  }

  call(name, input = {}) {
    return this.run("call", name, JSON.stringify(input));
  }

  /** A team and a member of it; answers their ids. */
  async begin(team, member) {
    await this.run("sync");
    const [commune] = await this.call("space.list");
    const make = (kind, fields, id) => this.call("record.create", { space: commune.id, kind, fields, id });
    await make("unit", { name: COMMUNE, unit_kind: "xa" }, commune.id);
    const village = await make("unit", { name: "Bản Huồi Tụ", unit_kind: "ban", parent: commune.id });
    const made = await make("team", { name: team, team_kind: "cap_thon", unit: village.id });
    const person = await make("member", { full_name: member, team: made.id });
    await this.run("sync");
    return { team: made.id, member: person.id };
  }

  /** A one-time code for the member's device. */
  async invite({ team, member }) {
    return (await this.call("member.invite", { member, roles: ["member"], teams: [team] })).code;
  }

  /** Lets the waiting device in, if it shows this number. */
  async approve(number) {
    const waiting = (await this.call("device.list")).filter((device) => device.state === "pending");
    must(waiting.length === 1, "one device waits");
    await this.call("device.approve", { device: waiting[0].device, check_number: number });
  }
}

/** Makes a hub in `home`, enrols the office with it and has `run` use both; then the hub ends. */
export async function withCommune({ hub, toso, home }, run) {
  const data = join(home, "hub");
  const made = JSON.parse((await start(hub, ["init", "--data", data, "--name", COMMUNE])).stdout);
  const words = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
  // Only what goes wrong is of interest here.
  const env = { ...process.env, TOSO_LOG: "warn" };
  return running(hub, words, { env }, async (out) => {
    const [line] = await once(createInterface(out), "line");
    const url = JSON.parse(line).listening;
    const office = new Office(toso, join(home, "office"), url);
    const enrolled = await office.run("enrol", "--hub", url, "--code", made.staff_code, "--name", "Máy văn phòng");
    must(enrolled.state === "active", "the first staff device is let in at once");
    return run(office);
  });
}
