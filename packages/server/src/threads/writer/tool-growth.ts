import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject, ToolContent, ToolEntity } from "@skein/client/protocol";
import { cut, type SetBounds } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { list, object, text } from "./read.ts";
import type { KnownTool, Said } from "./state.ts";

/**
 * What an agent resends whole while its call runs: its content, input and output. Written each time, that costs the
 * square of it. So text that grows is appended, and what else is large is written once it has doubled; the newest state
 * is held, and written whole when the call's status changes or a person is asked about it.
 */

/** JSON that is written each time it changes, in UTF-16 units. */
const SMALL = 2048;
/** What the calls of a thread may hold together, in UTF-16 units of JSON; beyond it, it is written at once. */
const HELD = 32 * 1024 * 1024;

/** The newest state of what the agent resends, with what it says now. */
export function saidBy(known: KnownTool, update: JsonObject): Said {
  const content = list(update["content"]);
  const { rawInput = null, rawOutput = null } = update;
  return {
    ...known.said,
    ...(content === undefined ? {} : { content }),
    ...(rawInput === null ? {} : { rawInput }),
    ...(rawOutput === null ? {} : { rawOutput }),
  };
}

/** Whether what a call holds, together with the others', is more than may be held. */
export function holdsTooMuch(draft: Draft, said: Said): boolean {
  const own = unitsOf(said);
  if (own <= draft.bounds.toolOutputUnits) return false;
  let all = own;
  for (const known of draft.state.tools.values()) all += unitsOf(known.said);
  return all > HELD;
}

/** Whether a new input or output is to wait: it is the one that stands there, and has not doubled since. */
export function waits(standing: Json | undefined, next: Json, bounds: SetBounds): boolean {
  const json = JSON.stringify(next);
  if (json.length <= SMALL) return false;
  if (json.length > bounds.toolOutputUnits) return true;
  const before = standing === undefined ? "" : JSON.stringify(standing);
  const same = before.slice(0, Math.floor(before.length / 2));
  return json.length < 2 * before.length && json.length >= before.length && json.startsWith(same);
}

/** What content has grown by: `null` where it is other content, `""` where it is the same. */
export function growthOf(before: readonly Json[] | undefined, next: readonly Json[]): string | null {
  if (before === undefined || before.length !== next.length) return null;
  const last = next.length - 1;
  if (!next.every((item, index) => index === last || isDeepStrictEqual(item, before[index]))) return null;
  const [old, grown] = [textOf(before[last]), textOf(next[last])];
  if (old === undefined || grown === undefined) return isDeepStrictEqual(before[last], next[last]) ? "" : null;
  if (old.text === "" || !grown.text.startsWith(old.text) || !isDeepStrictEqual(old.rest, grown.rest)) return null;
  return grown.text.slice(old.text.length);
}

/** Whether the last text of what was said stands in the content as it was said, so that what it grows by may follow. */
export function isWhole(content: readonly ToolContent[], said: readonly Json[]): boolean {
  const last = content.at(-1);
  const units = last?.type === "block" && last.block.type === "text" ? last.block.text.length : -1;
  return content.length === said.length && textOf(said.at(-1))?.text.length === units;
}

/** Appends what there is room for. */
export function grow(draft: Draft, known: KnownTool, value: ToolEntity, more: string): KnownTool {
  const { live = "" } = value;
  // What was cut once has a hole behind it, which the call's end fills.
  const room = Math.floor(draft.bounds.toolOutputUnits / 4) - live.length;
  const piece = known.isCut || room <= 0 ? "" : cut(more, room);
  if (piece !== "") draft.append("tool", known.id, "live", live.length, piece);
  const grown = piece === "" ? value : { ...value, live: live + piece };
  return { ...known, value: grown, isCut: known.isCut === true || piece.length < more.length };
}

type GrowingText = { text: string; rest: JsonObject };

function textOf(item: Json | undefined): GrowingText | undefined {
  const given = object(item);
  const block = object(given?.["content"]);
  const read = text(block?.["text"]);
  if (given?.["type"] !== "content" || block?.["type"] !== "text" || read === undefined) return undefined;
  return { text: read, rest: { ...given, content: { ...block, text: "" } } };
}

function unitsOf(said: Said | undefined): number {
  if (said === undefined) return 0;
  const texts = said.content?.map((item) => textOf(item)?.text.length ?? JSON.stringify(item).length) ?? [];
  return [said.rawInput, said.rawOutput].reduce<number>(
    (sum, value) => sum + (value === undefined ? 0 : JSON.stringify(value).length),
    texts.reduce((sum, units) => sum + units, 0),
  );
}
