import type { ToolEntity } from "@skein/client";
import { changesOf, isKept, isSameText, type Change } from "../diff/change.ts";

/** One tool call that touched a file, in the order of the thread. */
export type Touch = {
  readonly tool: string;
  readonly change: Change;
  /** Whether the file is gone since. */
  readonly deleted: boolean;
};

/** What became of one file. */
export type FileChanges = {
  readonly path: string;
  /**
   * Edits that follow from each other are one change, from the first's text to the last's. Agents that tell only the part
   * they changed give several.
   */
  readonly changes: readonly Change[];
  /** The last tool call that touched it. */
  readonly tool: string;
};

/** The changes of tool calls that were carried out. */
export function touchesOf(tools: readonly { id: string; value: ToolEntity }[]): Touch[] {
  return tools
    .filter(({ value }) => value.status === "completed")
    .flatMap(({ id, value }) =>
      changesOf(value)
        // ACP says in no other way that a file is gone: an empty text is all that is left of it.
        .map((change) => ({ tool: id, change, deleted: value.kind === "delete" && isEmpty(change.after) })),
    );
}

const isEmpty = (text: Change["after"]): boolean =>
  text === "" || (isKept(text) && text.member === undefined && text.bytes === 0);

/** What the thread did to each file, net; a file that is as it was is left out. */
export function netChanges(touches: readonly Touch[]): FileChanges[] {
  const files = new Map<string, { changes: Change[]; tool: string }>();
  for (const { tool, change, deleted } of touches) {
    const { path, before } = change;
    const after = deleted ? null : change.after;
    const file = files.get(path) ?? { changes: [], tool };
    files.set(path, file);
    file.tool = tool;
    const last = file.changes.at(-1);
    if (last && isSameText(last.after, before)) {
      file.changes[file.changes.length - 1] = { path, before: last.before, after };
    } else if (!(last && isSameText(last.before, before) && isSameText(last.after, after))) {
      file.changes.push(deleted ? { ...change, after } : change);
    }
  }
  return [...files]
    .map(([path, { changes, tool }]) => ({
      path,
      tool,
      changes: changes.filter(({ before, after }) => !isSameText(before, after)),
    }))
    .filter(({ changes }) => changes.length > 0)
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** Whether a file is new, gone, or merely another. */
export function fateOf({ changes }: FileChanges): "new" | "deleted" | "changed" {
  if (changes.at(-1)?.after === null) return "deleted";
  return changes[0]?.before === null ? "new" : "changed";
}
