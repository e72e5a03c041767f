// The frame of the real window: it shows its page, and lets that page do nothing but ask the app.
// Run by `cargo xtask app --check` and `cargo xtask test`.

import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { asked, folder, must, pause, until, withWindow } from "./driver.mjs";

const [driver, window, pictures] = asked("driver", "window", "pictures");

await folder(async (home) => {
  const server = createServer((_, answer) => answer.end("<title>foreign</title>"));
  let visits = 0;
  server.on("request", () => (visits += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const foreign = `http://127.0.0.1:${server.address().port}/`;
  const profile = join(home, "profile");
  await withWindow({ driver, window, profile, home, pictures }, async (page) => {
    await until("the page has its title", async () => (await page.title()).includes("Tổ Số"));
    await page.picture("opens");
    must((await page.call("profile.state")).state === "none", "a new folder holds no profile");
    console.log("the window shows its page and the page reaches the app");

    const refused = async (name, input) => (await page.call(name, input).catch((error) => error)).told?.error;
    const unknown = await refused("no.such.call");
    must(unknown?.code === "unknown_call" && unknown.message && unknown.hint, "an error has code, message and hint");
    must((await refused("space.list"))?.code === "locked", "nothing is told before the profile is opened");
    const space = "00000000-0000-7000-8000-000000000000";
    const path = await refused("file.add", { space, path: "/etc/passwd" });
    must(path?.code === "bad_input", "a page may not name a path");
    console.log("refusals have the app's words, and no path is read");

    for (const command of ["plugin:window|close", "plugin:webview|create_webview_window", "plugin:event|emit"]) {
      const told = await page
        .run((command) => globalThis.__TAURI_INTERNALS__.invoke(command, {}), command)
        .then(() => "", (error) => error.message);
      must(/not allowed/.test(told), `${command} is not allowed: ${told}`);
    }
    console.log("the page may ask the window for nothing else");

    const own = await page.url();
    await page.run((to) => void (location.href = to), foreign);
    await page.run((to) => void globalThis.open(to), foreign);
    await page.run((to) => void fetch(to, { mode: "no-cors" }).catch(() => {}), foreign);
    await page.run((to) => {
      for (const [tag, name] of [["img", "src"], ["iframe", "src"], ["script", "src"], ["link", "href"]]) {
        const element = document.createElement(tag);
        if (tag === "link") element.rel = "stylesheet";
        element[name] = to;
        document.body.append(element);
      }
      const inline = document.createElement("script");
      inline.textContent = "globalThis.inline = true";
      document.body.append(inline);
    }, foreign);
    await pause(1_500);
    must((await page.url()) === own, "the window stays on its own page");
    must(visits === 0, `nothing foreign is asked for, not ${visits} times`);
    must(!(await page.run(() => globalThis.inline)), "no inline script runs");
    console.log("the page goes nowhere else, and loads nothing from elsewhere");
  });
  server.close();
});
