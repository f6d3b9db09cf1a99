import type { Json } from "@skein/client/protocol";
import type { Settings } from "../../settings.ts";

/** The bounds that a server's settings give. */
export type SetBounds = Settings["threads"];

/**
 * How much of what an agent sends stands in an entity, besides `SetBounds`. Texts are counted in UTF-16 units; the raw
 * lines have the whole.
 */
export const BOUNDS = {
  /** A longer message goes on in the next one, so that nothing of it is lost. */
  message: 1024 * 1024,
  /** Blocks besides text in one message; further ones go on in the next. */
  messageBlocks: 64,
  toolContents: 256,
  locations: 256,
  /** A notice's text and its detail, as JSON. */
  notice: 16 * 1024,
  /** A text that grows inside a notice: the summary of a compaction, a message between sessions. */
  noticeText: 64 * 1024,
  /** Members that are not known of one thing; one of them, as JSON, of a tool call or a message… */
  unknownMembers: 16,
  unknown: 4096,
  /** …and of what there are many of in these: a block, a location, a plan's entry. */
  partUnknown: 512,
  /** What is not known of all locations, and of all content, of a tool call, as JSON. */
  partsUnknown: 64 * 1024,
  /** The lines that a repeated notice is about. */
  repeats: 2048,
  planEntries: 256,
  planText: 4096,
  commands: 256,
  commandText: 200,
  options: 32,
  title: 200,
  preview: 160,
  promptTitle: 80,
  /** Ids, paths, names of modes and the like. */
  word: 4096,
  /** The session's config options, as JSON. */
  config: 256 * 1024,
  /** Choices that wait for the agent. */
  choices: 64,
  /** The JSON Schema of a question. */
  schema: 64 * 1024,
  /** Tool calls that have ended and whose agent's id is remembered, and those of them whose value is. */
  toolsKnown: 512,
  toolValues: 32,
  /** Terminals that are remembered, those that have ended for as long as there is room. */
  terminalsKnown: 128,
  notesKnown: 128,
  /** Different notices, and other conversations of the agent, that a turn shows; what is beyond counts in one notice. */
  noticesOfTurn: 48,
} as const;

/** The start of a text, at most `units` long; a surrogate pair is not torn apart. */
export function cut(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** The end of a text, at most `units` long; a surrogate pair is not torn apart. */
export function cutStart(text: string, units: number): string {
  if (text.length <= units) return text;
  const from = text.length - units;
  const first = text.charCodeAt(from);
  return text.slice(first >= 0xdc00 && first <= 0xdfff ? from + 1 : from);
}

/** The value if its JSON is short enough, else the start of its JSON and how much is missing. */
export function boundedJson(value: Json, units: number): Json {
  const text = JSON.stringify(value);
  if (text.length <= units) return value;
  const start = cut(text, units - 64);
  return { start, omitted: text.length - start.length };
}
