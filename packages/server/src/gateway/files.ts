import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { holdsInOrder, type Result } from "@skein/client/protocol";

/** As many as a person looks through. */
const MAX_SHOWN = 50;
/** Entries looked at before the search ends with what it has. */
const MAX_READ = 20_000;
/** Nobody names these in a prompt, and they are large. */
const LEFT_OUT = new Set([".git", "node_modules"]);

/**
 * Files below a directory whose path holds the text's characters in their order (P75): breadth first, so that what is
 * near is found in large trees too. Links are not followed: nothing outside of the directory is told of.
 */
export async function findFiles(root: string, text: string, maxRead: number = MAX_READ): Promise<Result<"files.find">> {
  const found: { path: string; rank: number }[] = [];
  let waiting: string[] = [""];
  let read = 0;
  while (waiting.length > 0 && read < maxRead) {
    const below: string[] = [];
    for (const directory of waiting) {
      const entries = await entriesOf(join(root, directory));
      for (const entry of entries) {
        if (++read > maxRead) break;
        const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!LEFT_OUT.has(entry.name)) below.push(path);
        } else if (entry.isFile()) {
          const rank = rankOf(path, text);
          if (rank !== null) found.push({ path, rank });
        }
      }
      if (read > maxRead) break;
    }
    waiting = below;
  }
  found.sort((a, b) => a.rank - b.rank || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  return {
    files: found.slice(0, MAX_SHOWN).map(({ path }) => path),
    more: found.length > MAX_SHOWN || read > maxRead,
  };
}

async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // Not there any more, or not ours to read: nothing to offer from it.
    if (error instanceof Error && "syscall" in error) return [];
    throw error;
  }
}

/** Lower is better: the name begins with the text, holds it, the path holds it, or its characters; `null`: none of these. */
function rankOf(path: string, text: string): number | null {
  const given = text === text.toLowerCase() ? path.toLowerCase() : path;
  const name = given.slice(given.lastIndexOf("/") + 1);
  if (name.startsWith(text)) return 0;
  if (name.includes(text)) return 1;
  if (given.includes(text)) return 2;
  return holdsInOrder(path, text) ? 3 : null;
}
