import type { Commit, Item, NoticeEntity, Replica } from "@skein/client";
import { describe } from "./describe.ts";
import type { Reader } from "./reading.ts";
import type { Screen } from "./screen.ts";
import { oneLine } from "./text.ts";

/** Where a printed timeline goes. */
export type Sink = {
  /** Takes text of an answer as it grows. */
  text(text: string): void;
  /** Ends the line of it, if one was begun. */
  endLine(): void;
  /** Takes a line about anything else. */
  line(line: string): void;
};

type Value = Readonly<Record<string, unknown>>;

/** Beyond so many remembered entities, those that the replica has forgotten are forgotten too (G5). */
const REMEMBERED = 2_000;

/**
 * Prints a thread as it grows: each answer's text once, in order, and a line for whatever else becomes known. It looks at
 * what the replica holds after each commit, so live commits, merged ones and snapshots come out the same (P25).
 */
export class Printer implements Reader {
  readonly #sink: Sink;
  readonly #wanted: (kind: string, id: string, value: Value) => boolean;
  /** UTF-16 units of a message's text that were printed. */
  readonly #lengths = new Map<string, number>();
  /** The last line printed of an entity, and of a notice how often it had been told by then and its text. */
  readonly #lines = new Map<string, { line: string; count: number; text: string }>();
  /** The message whose line is not ended yet. */
  #open: string | null = null;

  /** @param wanted which entities are printed; all when absent */
  constructor(sink: Sink, wanted: (kind: string, id: string, value: Value) => boolean = () => true) {
    this.#sink = sink;
    this.#wanted = wanted;
  }

  commit(commit: Commit, replica: Replica): void {
    for (const change of commit.changes) {
      const value = replica.get(change.kind, change.id);
      if (value) this.#entity(change.kind, change.id, value);
      // The text of a message that began before the position one follows from: there is no more of it to be had.
      else if (change.op === "append" && change.kind === "message") this.#text(change.id, change.text);
    }
    this.#bound(replica);
  }

  snapshot(_: Commit, items: readonly Item[], replica: Replica): void {
    for (const { kind, id, value } of items) this.#entity(kind, id, value);
    this.#bound(replica);
  }

  end(): void {
    this.#open = null;
    this.#sink.endLine();
  }

  #entity(kind: string, id: string, value: Value): void {
    if (!this.#wanted(kind, id, value)) return;
    if (kind === "message" && value["role"] === "assistant") this.#answer(id, value);
    else {
      const line = describe(kind, value);
      const key = `${kind} ${id}`;
      const before = this.#lines.get(key);
      if (line === null || before?.line === line) return;
      const { count = 1, text = "" }: Partial<NoticeEntity> = kind === "notice" ? value : {};
      // What an agent repeats without end, or a notice that grows with each token, is not printed as often.
      const grown = before && text !== "" && text.startsWith(before.text);
      if (grown && count < before.count * 2 && text.length < before.text.length * 2) return;
      this.#lines.set(key, { line, count, text });
      this.end();
      this.#sink.line(line);
    }
  }

  #answer(id: string, value: Value): void {
    const text = typeof value["text"] === "string" ? value["text"] : "";
    const printed = this.#lengths.get(id) ?? 0;
    this.#lengths.set(id, text.length);
    if (text.length > printed) this.#text(id, text.slice(printed));
    if (value["status"] === "streaming") return;
    const blocks = value["blocks"];
    const key = `blocks ${id}`;
    if (!Array.isArray(blocks) || this.#lines.has(key)) return;
    this.#lines.set(key, { line: "", count: 1, text: "" });
    this.end();
    for (const { block } of blocks as { block: { type: string; name?: string; mimeType?: string; blob?: string } }[]) {
      const what = [block.type, block.name, block.mimeType, block.blob].filter(Boolean).join(" ");
      this.#sink.line(`[${oneLine(what, 120)}]`);
    }
  }

  #text(id: string, text: string): void {
    if (this.#open !== null && this.#open !== id) this.end();
    this.#open = id;
    this.#sink.text(text);
  }

  #bound(replica: Replica): void {
    if (this.#lengths.size + this.#lines.size <= REMEMBERED) return;
    const held = new Set(replica.timeline().map(({ kind, id }) => `${kind} ${id}`));
    for (const id of this.#lengths.keys()) if (!held.has(`message ${id}`)) this.#lengths.delete(id);
    for (const key of this.#lines.keys()) if (!held.has(key.replace(/^blocks /, "message "))) this.#lines.delete(key);
  }
}

/** Prints every commit as a line of JSON. */
export function jsonReader(screen: Screen): Reader {
  return { commit: (commit) => screen.json(commit), snapshot: (commit) => screen.json(commit) };
}
