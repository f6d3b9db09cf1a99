import { block as blockSchema, type Block } from "@skein/client";
import type { Entry } from "../../lib/device-storage.ts";

/** What was written and attached and not sent yet. */
export type Draft = { readonly text: string; readonly attached: readonly Attached[] };
/** A file that the server has. */
export type Attached = { readonly block: Exclude<Block, { type: "text" }>; readonly bytes: number };

export const EMPTY: Draft = { text: "", attached: [] };

const entries = new Map<string, Entry<Draft>>();

/** A thread's draft, kept over a reload. */
export function draftOf(thread: string): Entry<Draft> {
  const entry = entries.get(thread) ?? { name: `draft.${thread}`, read };
  entries.set(thread, entry);
  return entry;
}

function read(stored: unknown): Draft {
  const { text, attached } = (stored ?? {}) as Partial<Record<keyof Draft, unknown>>;
  if (typeof text !== "string" || !Array.isArray(attached)) return EMPTY;
  const files = attached.flatMap((each: { block?: unknown; bytes?: unknown }): Attached[] => {
    const block = blockSchema.safeParse(each.block);
    if (!block.success || block.data.type === "text" || typeof each.bytes !== "number") return [];
    return [{ block: block.data, bytes: each.bytes }];
  });
  return { text, attached: files };
}
