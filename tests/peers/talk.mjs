// The way the bench talks to a peer: one JSON command a line on standard input, one JSON answer a line on standard output.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

/** Answers each command by the function of its name; the process ends with its input. */
export async function talk(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const command = JSON.parse(line);
      answer = await commands[command.do](command);
    } catch (error) {
      answer = { error: String(error?.stack ?? error) };
    }
    process.stdout.write(JSON.stringify(answer ?? {}) + '\n');
  }
  process.exit(0);
}

/** Seconds that some work took. */
export async function timed(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** SHA-256 over records sorted by id, each with its fields by name: equal on two copies that hold the same. */
export function hashOf(records) {
  const hash = createHash('sha256');
  const sorted = records.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id, fields } of sorted) {
    hash.update(id);
    hash.update(JSON.stringify(fields, Object.keys(fields).sort()));
  }
  return { hash: hash.digest('hex'), count: sorted.length };
}
