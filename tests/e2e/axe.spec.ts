//! Every page, with data in it, in both languages and both themes: no rule of axe is broken.
import { axeWalk, LANGUAGES } from "./look/axe.ts";
import { test } from "./look/lived.ts";
import { memberPlaces, officePlaces } from "./look/places.ts";
import { DESK, PHONE } from "./look/window.ts";

test.describe.configure({ mode: "parallel" });

for (const language of LANGUAGES) {
  test(`the member's pages, ${language}`, async ({ browser, lived: world }) => {
    const listing = `#/economy/${world.products[0]}/listing/${world.listing}/edit`;
    const places = [...memberPlaces(world), { name: "sửa gian hàng", address: listing }];
    await axeWalk(browser, world.lan, places, PHONE, [language]);
  });

  test(`the office's pages, ${language}`, async ({ browser, lived: world }) => {
    await axeWalk(browser, world.office, officePlaces(world), DESK, [language]);
  });
}

test("the locked door, and the door of a device that nobody knows yet", async ({ browser, lived: world }) => {
  const stranger = world.person("mới", "246802");
  await stranger.start(false);
  await world.pao.call("profile.lock");
  const enrol = ["#/", "#/enrol/scan", "#/enrol/hand", "#/enrol/restore"];
  await axeWalk(
    browser,
    stranger,
    enrol.map((address) => ({ name: address, address })),
    PHONE,
  );
  await axeWalk(browser, world.pao, [{ name: "mở khóa", address: "#/" }], PHONE);
  await world.pao.call("profile.unlock", { pin: world.pao.pin });
});

test("practice, whose head is of another colour", async ({ browser, lived: world }) => {
  const learner = world.person("tập thử", "246803");
  await learner.start(false);
  await learner.call("practice.start");
  const { items } = await learner.call("household.list", { scope: "all" });
  const places = ["#/", `#/households/${items[0].id}`, "#/me", "#/sync"];
  await axeWalk(
    browser,
    learner,
    places.map((address) => ({ name: `tập thử ${address}`, address })),
    PHONE,
  );
});
