//! A real hub, a real office and two real phones in a folder that goes away; what people do, the screens do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMUNE, households, MEMBERS, OFFICE_SECRET, OFFICER, PIN, PRODUCTS, VILLAGES } from "./commune.ts";
import { Hub } from "./hub.ts";
import { Person } from "./person.ts";

export type MemberName = keyof typeof MEMBERS;

export class World {
  readonly #home: string;
  readonly #people: Person[] = [];
  readonly office: Person;
  readonly lan: Person;
  readonly pao: Person;
  /** The commune's space, and the teams' in the order of the villages. */
  commune = "";
  readonly teams: string[] = [];
  readonly villages: string[] = [];
  readonly members = {} as Record<MemberName, string>;
  /** Households of the first team by their head's name. */
  readonly house: Record<string, string> = {};
  readonly products: string[] = [];
  /** Where the first product is sold, once the commune was lived in. */
  listing = "";
  /** A digital store that was looked at a month ago, likewise. */
  store = "";
  /** A class whose people stand on a list, likewise. */
  event = "";

  private constructor(
    readonly hub: Hub,
    home: string,
  ) {
    this.#home = home;
    this.office = this.person("Hòa", OFFICE_SECRET);
    this.lan = this.person("Lan", PIN);
    this.pao = this.person("Páo", PIN);
  }

  /** The commune on the first morning: everybody is let in, the households are there and nobody's yet. */
  static async begin(): Promise<World> {
    const home = mkdtempSync(join(tmpdir(), "toso-stories-"));
    const world = new World(await Hub.begin(home, COMMUNE), home);
    try {
      await world.#fill();
      await world.letIn(world.lan, "Lan");
      await world.letIn(world.pao, "Páo");
      return world;
    } catch (error) {
      await world.end();
      throw error;
    }
  }

  /** A file in the folder that goes away with everybody. */
  path(name: string): string {
    return join(this.#home, name);
  }

  /** A device that knows nothing yet. */
  person(name: string, pin: string): Person {
    const person = new Person(this.#home, name, pin);
    this.#people.push(person);
    return person;
  }

  async #fill(): Promise<void> {
    const { office } = this;
    await office.start(false);
    const url = this.hub.url;
    await office.call("enrol.start", {
      url,
      code: this.hub.staffCode,
      name: "Máy văn phòng",
      pin: OFFICE_SECRET,
    });
    await office.sync();
    this.commune = (await office.call("space.list"))[0].id;
    const at = this.commune;
    await office.make(at, "unit", { name: COMMUNE, unit_kind: "xa" }, at);
    for (const { name, kind, team } of VILLAGES) {
      const village = await office.make(at, "unit", { name, unit_kind: kind, parent: at });
      this.villages.push(village);
      this.teams.push(await office.make(at, "team", { name: team, team_kind: "cap_thon", unit: village }));
    }
    const { member } = await office.call("profile.state");
    await office.make(at, "member", { full_name: OFFICER }, member);
    for (const [name, { team, roles: _, ...fields }] of Object.entries(MEMBERS))
      this.members[name as MemberName] = await office.make(at, "member", {
        ...fields,
        team: this.teams[team],
      });
    // The hub opens a team's space when it learns of the team.
    await office.sync();
    for (const team of [0, 1] as const) {
      for (const fields of households(team)) {
        const space = this.teams[team] ?? "";
        const id = await office.make(space, "household", { ...fields, village: this.villages[team] });
        if (team === 0) this.house[fields.head_name] = id;
      }
    }
    for (const fields of PRODUCTS)
      this.products.push(
        await office.make(this.teams[0] ?? "", "ocop_product", { ...fields, village: this.villages[0] }),
      );
    await office.sync();
  }

  /** A one-time code for a member's phone, as the office makes it. */
  async invite(name: MemberName): Promise<{ code: string; qr: string }> {
    const { team: place, roles } = MEMBERS[name];
    const team = this.teams[place];
    return this.office.call("member.invite", {
      member: this.members[name],
      roles,
      teams: [team],
    });
  }

  /** Invited, asked, the check number compared, approved. */
  async letIn(person: Person, name: MemberName): Promise<void> {
    const { code } = await this.invite(name);
    await person.start(false);
    const asked = await person.call("enrol.start", {
      url: this.hub.url,
      code,
      name: `Máy của ${person.name}`,
      pin: person.pin,
    });
    await this.office.call("device.approve", {
      device: asked.device_id,
      check_number: asked.check_number,
    });
    await person.call("enrol.state");
    await person.sync();
  }

  /** Everybody in turn, until each holds what the others gave. */
  async syncAll(): Promise<void> {
    for (const person of [this.lan, this.pao, this.office, this.lan, this.pao]) await person.sync();
  }

  /** Ends every process, then the folder goes. */
  async end(): Promise<void> {
    await Promise.all([...this.#people.map((person) => person.stop()), this.hub.stop()]);
    rmSync(this.#home, { recursive: true, force: true });
  }
}
