import { fileEdit, lineEdits, textOfEdit, type ToolContent } from "@skein/client/protocol";
import { oneLine } from "./text.ts";

/** The lines in which two texts differ. */
export function diff(change: {
  path?: string | undefined;
  oldText?: string | null | undefined;
  newText?: string | undefined;
}): string {
  const { path = "", oldText, newText } = change;
  const [before, after] = [linesOf(oldText), linesOf(newText)];
  const edits = lineEdits(before, after).flatMap((edit) => [
    `@@ line ${edit.before + 1} @@`,
    ...before.slice(edit.before, edit.before + edit.removed).map((line) => `-${line}`),
    ...after.slice(edit.after, edit.after + edit.added).map((line) => `+${line}`),
  ]);
  return [`--- ${path}`, `+++ ${path}`, ...edits].join("\n");
}

const linesOf = (text: string | null | undefined): string[] => (text ? text.replace(/\n$/, "").split("\n") : []);

/**
 * The diff of a part of a tool call's content, `undefined` where it is no edit of a file. Of one whose texts are in blobs
 * (P58) that cannot be had, the file and the lines counted.
 * @param load Gives a blob's text.
 */
export async function diffOf(
  content: ToolContent,
  load: (blob: string) => Promise<string>,
): Promise<string | undefined> {
  const edit = fileEdit(content);
  if (edit === undefined) return undefined;
  const { path, before, after, counts } = edit;
  try {
    const [oldText, newText] = await Promise.all([textOfEdit(before, load), textOfEdit(after, load)]);
    return diff({ path, oldText, newText: newText ?? "" });
  } catch (error) {
    const lines = counts ? `lines: +${counts.added} -${counts.removed}; ` : "";
    const why = oneLine(error instanceof Error ? error.message : String(error));
    return `--- ${path}\n+++ ${path}\n(${lines}the texts are not to be had: ${why})`;
  }
}
