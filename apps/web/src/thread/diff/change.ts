import { fileEdit, type KeptText, type ToolContent, type ToolEntity } from "@skein/client/protocol";

/** What happened to a file: its text before and after, in place or in a blob (P58); `null` stands for no file. */
export type Change = {
  readonly path: string;
  readonly before: string | null | KeptText;
  readonly after: string | null | KeptText;
  /** Lines, where they are known without the texts. */
  readonly counts?: { readonly added: number; readonly removed: number };
};

const known = new WeakMap<ToolContent, Change | null>();

/** The change that a part of a tool call's content is, the same for the same part; `undefined` where it is none. */
export function changeOf(content: ToolContent): Change | undefined {
  const found = known.get(content);
  if (found !== undefined) return found ?? undefined;
  const made = fileEdit(content);
  known.set(content, made ?? null);
  return made;
}

export function changesOf({ content }: Pick<ToolEntity, "content">): Change[] {
  return content.flatMap((each) => changeOf(each) ?? []);
}

/** Whether a text is in a blob. */
export const isKept = (text: Change["before"]): text is KeptText => text !== null && typeof text !== "string";

/** Whether two texts are known to be the same; one in place and one in a blob are not. */
export function isSameText(one: Change["before"], other: Change["before"]): boolean {
  if (!isKept(one) || !isKept(other)) return one === other;
  return one.blob === other.blob && one.member === other.member;
}

/** Bytes to be loaded before a change can be shown. */
export function bytesToLoad({ before, after }: Change): number {
  const kept = [before, after].filter(isKept);
  return [...new Map(kept.map(({ blob, bytes }) => [blob, bytes])).values()].reduce((sum, bytes) => sum + bytes, 0);
}
