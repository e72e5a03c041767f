// A window under the hand of a program: tauri-driver, asked in plain W3C WebDriver calls, without a package.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long anything may take before the test gives up, milliseconds. */
const PATIENCE = 120_000;

/** The words behind `--name`. */
export function asked(...names) {
  return names.map((name) => {
    const at = process.argv.indexOf(`--${name}`);
    if (at < 0 || !process.argv[at + 1]) throw new Error(`--${name} is missing`);
    return process.argv[at + 1];
  });
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Looks again and again until there is something to see; a failing look is one that saw nothing yet. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  throw new Error(`waited in vain: ${what}${last ? ` (${last.message})` : ""}`);
}

export function must(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** An empty folder for one run, gone at its end. */
export async function folder(run) {
  const path = await mkdtemp(join(tmpdir(), "toso-window-"));
  try {
    return await run(path);
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Runs a program until `run` is done. It is given the program's first line and ends with it. */
export async function running(program, words, options, run) {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"], ...options });
  const ended = once(child, "exit");
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  try {
    return await Promise.race([run(child.stdout), failed]);
  } finally {
    child.kill("SIGTERM");
    await Promise.race([ended, pause(10_000).then(() => child.kill("SIGKILL"))]);
  }
}

/** Opens the window of `profile` and has `run` look at it; it is closed afterwards, whatever came of it. */
export async function withWindow({ driver, window, profile, home, pictures }, run) {
  const [port, native] = [await freePort(), await freePort()];
  const env = { ...process.env, LANG: "C.UTF-8" };
  // What a web view keeps for a person is this run's own.
  for (const name of ["XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"]) env[name] = join(home, name);
  const words = ["--port", String(port), "--native-port", String(native)];
  return running(driver, words, { env, stdio: ["ignore", "ignore", "inherit"] }, async () => {
    const base = `http://127.0.0.1:${port}`;
    await until("the driver answers", async () => (await fetch(`${base}/status`)).ok);
    const options = { application: window, args: ["--profile", profile] };
    const opened = await ask(base, "POST", "/session", {
      capabilities: { alwaysMatch: { "tauri:options": options } },
    });
    const page = new Page(`${base}/session/${opened.sessionId}`, pictures);
    try {
      return await run(page);
    } catch (error) {
      await page.picture("failed").catch(() => {});
      throw error;
    } finally {
      await ask(page.base, "DELETE", "").catch(() => {});
    }
  });
}

async function ask(base, method, path, body) {
  const request = { method, headers: { "content-type": "application/json" } };
  if (method === "POST") request.body = JSON.stringify(body ?? {});
  const answer = await fetch(base + path, request);
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

/** The page in the window. */
export class Page {
  #pictures;
  constructor(base, pictures) {
    this.base = base;
    this.#pictures = pictures;
  }

  /** Runs a function in the page; what it promises is waited for. */
  async run(work, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${work})(...[...arguments].slice(0, -1)))
        .then((value) => done({ value }), (error) => done({ error: JSON.parse(JSON.stringify(error)) ?? String(error) }));`;
    const { value, error } = await ask(this.base, "POST", "/execute/async", { script, args });
    if (error !== undefined) throw Object.assign(new Error(JSON.stringify(error)), { told: error });
    return value;
  }

  /** One call of the app through the window's own door. */
  call(name, input = {}) {
    const invoke = (name, input) => window.__TAURI_INTERNALS__.invoke("call", { name, input });
    return this.run(invoke, name, input);
  }

  title() {
    return ask(this.base, "GET", "/title");
  }

  url() {
    return ask(this.base, "GET", "/url");
  }

  /** The control a person would know by these words: what it says first, or its label. */
  named(name) {
    const word = JSON.stringify(name);
    const begins = `starts-with(normalize-space(.), ${word})`;
    const presses = "self::button or self::a or @role='button' or @role='tab' or @role='radio' or @role='option'";
    const path = [
      `//*[${presses}][@aria-label=${word} or (not(@aria-label) and ${begins})]`,
      `//*[self::input or self::textarea or self::select][@aria-label=${word}]`,
      `//*[@id=//label[${begins}]/@for]`,
      `//label[${begins}]//*[self::input or self::textarea or self::select]`,
    ].join(" | ");
    return this.#shown("xpath", path, name);
  }

  /** What stands under this selector. */
  found(selector) {
    return this.#shown("css selector", selector, selector);
  }

  async #shown(using, value, what) {
    return until(`“${what}” is shown`, async () => {
      for (const element of await ask(this.base, "POST", "/elements", { using, value })) {
        const id = Object.values(element)[0];
        if (await ask(this.base, "GET", `/element/${id}/displayed`)) return id;
      }
      return undefined;
    });
  }

  /** What is drawn anew between the look and the finger is looked for again. */
  #click(find, what) {
    return until(`“${what}” is pressed`, async () => {
      const id = await find();
      await ask(this.base, "POST", `/element/${id}/click`);
      return true;
    });
  }

  async press(name) {
    await this.#click(() => this.named(name), name);
  }

  /** Opens the row of a list that has these words in it. */
  async follow(words) {
    const path = `//main//a[contains(normalize-space(.), ${JSON.stringify(words)})]`;
    await this.#click(() => this.#shown("xpath", path, words), words);
  }

  async type(name, text) {
    const id = await this.named(name);
    await ask(this.base, "POST", `/element/${id}/clear`);
    await ask(this.base, "POST", `/element/${id}/value`, { text });
  }

  /** Waits until these words can be read. */
  async reads(...words) {
    for (const word of words) {
      await until(`“${word}” can be read`, () =>
        this.run((word) => document.body.innerText.includes(word), word),
      );
    }
  }

  text() {
    return this.run(() => document.body.innerText);
  }

  /** A picture of what is drawn, two frames after now: a change just made would be missed. */
  async picture(name) {
    await this.run(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))),
    );
    const png = await ask(this.base, "GET", "/screenshot");
    await mkdir(this.#pictures, { recursive: true });
    await writeFile(join(this.#pictures, `${name}.png`), Buffer.from(png, "base64"));
  }
}
