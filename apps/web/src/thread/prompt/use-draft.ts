import { DEFAULT_LIMITS, type Block, type ThreadEntity } from "@skein/client";
import { useConnection } from "@skein/client/react";
import { useStored, type Entry } from "../../lib/device-storage.ts";
import { bytes } from "../lib/words.ts";
import type { Draft } from "./drafts.ts";
import { mentions } from "./trigger.ts";
import { upload, useUploads, type Upload } from "./uploads.ts";

/** A prompt that is being written: its text and files, and what keeps it from being sent. */
export type WrittenDraft = Draft & {
  readonly uploads: readonly Upload[];
  /** Whether there is nothing to send. */
  readonly empty: boolean;
  /** Whether what there is cannot be sent now. */
  readonly blocked: boolean;
  /** What is wrong with it, in words. */
  readonly fault: string | null;
  readonly setText: (text: string) => void;
  /** Sends files to the server and attaches them. */
  readonly attach: (files: readonly File[]) => void;
  readonly remove: (index: number) => void;
};

/** @param accepts What the agent takes besides text, as far as is known. */
export function useDraft(entry: Entry<Draft>, accepts: ThreadEntity["accepts"]): WrittenDraft {
  const limits = useConnection().hello?.limits ?? DEFAULT_LIMITS;
  const [{ text, attached }, setDraft] = useStored(entry);
  const uploads = useUploads(entry);
  const keep = (draft: Draft): void => setDraft(draft.text === "" && draft.attached.length === 0 ? null : draft);

  const size = new TextEncoder().encode(text).byteLength;
  const tooLong = size > limits.promptBytes;
  const empty = text.trim() === "" && attached.length === 0;
  return {
    text,
    attached,
    uploads,
    empty,
    blocked: empty || tooLong || uploads.length > 0,
    fault: tooLong ? `${bytes(size)} of ${bytes(limits.promptBytes)}` : null,
    setText: (next) => keep({ text: next, attached }),
    attach: (files) => upload(entry, files, accepts, limits),
    remove: (index) => keep({ text, attached: attached.filter((_, at) => at !== index) }),
  };
}

/** What a prompt carries besides its text: the files attached, and those that it names, below a directory. */
export function blocksOf({ text, attached }: Draft, cwd: string): Block[] {
  const named = mentions(text).map((path) => ({
    type: "link" as const,
    uri: `file://${encodeURI(path.startsWith("/") ? path : `${cwd}/${path}`)}`,
    name: path,
  }));
  return [...attached.map(({ block }) => block), ...named];
}
