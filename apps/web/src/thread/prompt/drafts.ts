import type { Block } from "@skein/client";
import { block as blockSchema } from "@skein/client/protocol";
import { store, stored, type Entry } from "../../lib/device-storage.ts";

/** What was written and attached and not sent yet. */
export type Draft = { readonly text: string; readonly attached: readonly Attached[] };
/**
 * A file that the server has; `bytes` is `null` where its size is not known any more. `place`: where it was given among
 * the files of the draft; absent where it came with a text that was put back.
 */
export type Attached = {
  readonly block: Exclude<Block, { type: "text" }>;
  readonly bytes: number | null;
  readonly place?: number | undefined;
};

export const EMPTY: Draft = { text: "", attached: [] };

const entries = new Map<string, Entry<Draft>>();

/** A thread's draft, kept over a reload. */
export function draftOf(thread: string): Entry<Draft> {
  const entry = entries.get(thread) ?? { name: `draft.${thread}`, read };
  entries.set(thread, entry);
  return entry;
}

/** Puts a text and files into a thread's draft, before what stands there. */
export function putBack(thread: string, { text, attached }: Draft): void {
  const entry = draftOf(thread);
  const now = stored(entry);
  store(entry, {
    text: [text, now.text].filter(Boolean).join("\n\n"),
    attached: [...attached.map(({ block, bytes }) => ({ block, bytes })), ...now.attached],
  });
}

/** What was written as a prompt that is on its way: files that its text names come with the text. */
export const draftOfPrompt = ({ text, blocks }: { text: string; blocks: readonly Block[] }): Draft => ({
  text,
  attached: blocks.flatMap((each) =>
    each.type === "text" || each.type === "link" ? [] : [{ block: each, bytes: null }],
  ),
});

function read(value: unknown): Draft {
  const { text, attached } = (value ?? {}) as Partial<Record<keyof Draft, unknown>>;
  if (typeof text !== "string" || !Array.isArray(attached)) return EMPTY;
  const files = attached.flatMap((each: { block?: unknown; bytes?: unknown; place?: unknown }): Attached[] => {
    const block = blockSchema.safeParse(each.block);
    if (!block.success || block.data.type === "text" || (each.bytes !== null && typeof each.bytes !== "number"))
      return [];
    return [{ block: block.data, bytes: each.bytes, ...(typeof each.place === "number" && { place: each.place }) }];
  });
  return { text, attached: files };
}
