import { threadPath } from "../../app/router.tsx";

/** The address of all that a thread changed, begun at one file where `path` names it. */
export const changesPath = (thread: string, path?: string): string =>
  threadPath(thread, path === undefined ? "changes" : `changes/${encodeURIComponent(path)}`);

/** What the part of an address behind `#` says of the changes: at which file to begin; `null` where it names an item. */
export function readChanges(hash: string | null): { file: string | null } | null {
  const found = /^changes(?:\/(.+))?$/.exec(hash ?? "");
  if (found === null) return null;
  try {
    return { file: found[1] === undefined ? null : decodeURIComponent(found[1]) };
  } catch {
    return { file: null };
  }
}
