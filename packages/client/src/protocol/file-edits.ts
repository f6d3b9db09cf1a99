import type { ToolContent } from "./thread.ts";

/** A text that stands in a blob of so many `bytes`, or in a blob of JSON as a member of its object. */
export type KeptText = {
  readonly blob: string;
  readonly bytes: number;
  readonly member?: "oldText" | "newText";
};

/** What a tool call says of a file: its text before, `null` for no file, and after. Counts are of lines. */
export type FileEdit = {
  readonly path: string;
  readonly before: string | null | KeptText;
  readonly after: string | KeptText;
  /** Given where a text is in a blob and was counted. */
  readonly counts?: { readonly added: number; readonly removed: number };
};

/** The edit of a file that a part of a tool call's content is, wherever its texts are (P58); `undefined` if it is none. */
export function fileEdit(content: ToolContent): FileEdit | undefined {
  if (content.type === "diff") {
    return { path: content.path, before: content.oldText ?? null, after: content.newText };
  }
  if (content.type !== "blob") return undefined;
  const { blob, bytes, diff, path } = content;
  if (diff) {
    const { added, removed, old } = diff;
    return { path: diff.path, before: old, after: { blob, bytes }, counts: { added, removed } };
  }
  if (path === undefined) return undefined;
  const [before, after] = (["oldText", "newText"] as const).map((member) => ({ blob, bytes, member }));
  return before && after && { path, before, after };
}

/**
 * A text of an edit, wherever it is. `load` gives a blob's text (`GET /v1/blobs/<blob>`, UTF-8).
 * @throws what `load` does; SyntaxError where a blob is not what was kept there.
 */
export async function textOfEdit(
  text: string | null | KeptText,
  load: (blob: string) => Promise<string>,
): Promise<string | null> {
  if (text === null || typeof text === "string") return text;
  const whole = await load(text.blob);
  if (text.member === undefined) return whole;
  const member = (JSON.parse(whole) as Record<string, unknown>)[text.member];
  return typeof member === "string" ? member : null;
}
