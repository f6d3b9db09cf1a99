import type { ToolContent, ToolEntity } from "@skein/client";
import type { Change } from "../diff/use-diff.ts";

/** One tool call that touched a file, in the order of the thread. */
export type Touch = { readonly tool: string; readonly content: Extract<ToolContent, { type: "diff" }> };

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

/** The diffs of tool calls that were carried out. */
export function touchesOf(tools: readonly { id: string; value: ToolEntity }[]): Touch[] {
  return tools
    .filter(({ value }) => value.status === "completed")
    .flatMap(({ id, value }) =>
      value.content.flatMap((content) => (content.type === "diff" ? [{ tool: id, content }] : [])),
    );
}

/** What the thread did to each file, net; a file that is as it was is left out. */
export function netChanges(touches: readonly Touch[]): FileChanges[] {
  const files = new Map<string, { changes: Change[]; tool: string }>();
  for (const { tool, content } of touches) {
    const { path, oldText, newText } = content;
    const file = files.get(path) ?? { changes: [], tool };
    files.set(path, file);
    file.tool = tool;
    const last = file.changes.at(-1);
    const before = oldText ?? null;
    if (last && last.after === before) file.changes[file.changes.length - 1] = { ...last, after: newText };
    else if (!(last && last.before === before && last.after === newText))
      file.changes.push({ path, before, after: newText });
  }
  return [...files]
    .map(([path, { changes, tool }]) => ({
      path,
      tool,
      changes: changes.filter(({ before, after }) => before !== after),
    }))
    .filter(({ changes }) => changes.length > 0)
    .sort((a, b) => a.path.localeCompare(b.path));
}
