//! A folder as the image of a disk keeps it.
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes of each file, by its path inside the folder. */
export type Disk = ReadonlyMap<string, Buffer>;

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

export function read(folder: string): Disk {
  return new Map(files(folder).map((path) => [path, readFileSync(path)]));
}

/** Files that are there stay the same files with other bytes; those of later are gone. */
export function putBack(folder: string, disk: Disk): void {
  for (const path of files(folder)) if (!disk.has(path)) rmSync(path);
  for (const [path, bytes] of disk) {
    writeFileSync(path, bytes, { flag: existsSync(path) ? "r+" : "w" });
    truncateSync(path, bytes.length);
  }
}
