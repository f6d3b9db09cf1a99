import { countLines, type Json, type JsonObject, type ToolContent } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import { readBlock } from "./blocks.ts";
import { keepText } from "./blobs.ts";
import type { Draft } from "./draft.ts";
import { object, some, text, word } from "./read.ts";
import { unknownOfPart } from "./unknown.ts";

/** The members of ACP's tool content that are understood here. */
const CONTENT: readonly string[] = ["type", "content"];
const DIFF: readonly string[] = ["type", "path", "oldText", "newText"];
const TERMINAL: readonly string[] = ["type", "terminalId"];

/**
 * A tool call's content as entities hold it: at most `toolOutputUnits` of text, the rest in blobs; and of what is not
 * known of it at most `BOUNDS.partsUnknown`. While the call `runs`, the rest of a text has no blob yet.
 * `terminalOf` gives the entity of a terminal named in it.
 */
export function readContent(
  draft: Draft,
  items: readonly Json[],
  terminalOf: (terminal: string) => string,
  runs: boolean,
): ToolContent[] {
  const content: ToolContent[] = [];
  let room = draft.bounds.toolOutputUnits;
  let roomForUnknown: number = BOUNDS.partsUnknown;
  for (const item of items.slice(0, BOUNDS.toolContents)) {
    const read = readItem(draft, item, terminalOf);
    const unknown = unknownSizeOf(read);
    roomForUnknown -= unknown;
    if (unknown > 0 && roomForUnknown < 0) forgetUnknown(read);
    const size = sizeOf(read);
    if (size <= room) {
      content.push(read);
      room -= size;
    } else if (read.type === "diff") {
      // What is smaller and comes after it may still fit.
      content.push(keptDiff(draft, read));
    } else {
      content.push(...(runs ? start(read, room) : split(draft, read, room)));
      room = 0;
    }
  }
  return content;
}

/** A tool call's input or output: what is too large is a blob of its JSON, named in its place. */
export function readRaw(draft: Draft, value: Json): Json {
  const json = JSON.stringify(value);
  return json.length <= draft.bounds.toolOutputUnits ? value : keepText(draft, json);
}

function readItem(draft: Draft, value: Json, terminalOf: (terminal: string) => string): ToolContent {
  const item = object(value);
  switch (item?.["type"]) {
    case "content":
      return { type: "block", block: readBlock(draft, item["content"]), ...unknownOfPart(item, CONTENT) };
    case "diff":
      return diff(item) ?? unknown(value);
    case "terminal": {
      const terminal = word(item["terminalId"]);
      if (terminal === undefined) return unknown(value);
      return { type: "terminal", terminal: terminalOf(terminal), ...unknownOfPart(item, TERMINAL) };
    }
    default:
      return unknown(value);
  }
}

function unknown(value: Json): ToolContent {
  return { type: "unknown", value: boundedJson(value, BOUNDS.notice) };
}

function diff(item: JsonObject): ToolContent | undefined {
  const path = word(item["path"]);
  const newText = text(item["newText"]);
  if (path === undefined || newText === undefined) return undefined;
  return { type: "diff", path, oldText: text(item["oldText"]) ?? null, newText, ...unknownOfPart(item, DIFF) };
}

/** UTF-16 units of text that an item holds. */
function sizeOf(item: ToolContent): number {
  if (item.type === "diff") return (item.oldText?.length ?? 0) + item.newText.length;
  if (item.type !== "block") return 0;
  return item.block.type === "text" || item.block.type === "resource" ? item.block.text.length : 0;
}

/** UTF-16 units of what is not known of an item, as JSON; 0 in almost all cases. */
function unknownSizeOf(item: ToolContent): number {
  return unknownsOf(item).reduce<number>((sum, unknown) => sum + JSON.stringify(unknown).length, 0);
}

function unknownsOf(item: ToolContent): unknown[] {
  const all = [item["unknown"], item.type === "block" ? item.block["unknown"] : undefined];
  return all.filter((unknown) => unknown !== undefined);
}

function forgetUnknown(item: ToolContent): void {
  delete item["unknown"];
  if (item.type === "block") delete item.block["unknown"];
}

/** A diff that does not fit: its file and what it does to it stay, each of its texts is a blob (P58). */
function keptDiff(draft: Draft, item: Extract<ToolContent, { type: "diff" }>): ToolContent {
  const { path, oldText = null, newText, unknown } = item;
  const old = oldText === null ? null : keepText(draft, oldText);
  const diff = { path, old, ...countLines(oldText, newText) };
  return { type: "blob", ...keepText(draft, newText), mimeType: "text/plain", diff, ...some("unknown", unknown) };
}

/** What fits of a text that does not. */
function start(item: ToolContent, room: number): ToolContent[] {
  if (item.type !== "block" || (item.block.type !== "text" && item.block.type !== "resource")) return [item];
  return [{ ...item, block: { ...item.block, text: room > 0 ? cut(item.block.text, room) : "" } }];
}

/** A text that does not fit: what does, then a blob of the rest. */
function split(draft: Draft, item: ToolContent, room: number): ToolContent[] {
  if (item.type !== "block" || (item.block.type !== "text" && item.block.type !== "resource")) return [item];
  const kept = room > 0 ? cut(item.block.text, room) : "";
  const rest: ToolContent = {
    type: "blob",
    ...keepText(draft, item.block.text.slice(kept.length)),
    mimeType: "text/plain",
  };
  const isEmpty = kept === "" && unknownsOf(item).length === 0;
  return isEmpty ? [rest] : [{ ...item, block: { ...item.block, text: kept } }, rest];
}
