import { isDeepStrictEqual } from "node:util";
import { shownContent, type Json, type JsonObject, type ToolEntity } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import { difference } from "./difference.ts";
import type { Draft } from "./draft.ts";
import { closeMessage } from "./messages.ts";
import { repeatedNotice } from "./notices.ts";
import { amount, list, object, some, text, word } from "./read.ts";
import type { KnownTool, Said } from "./state.ts";
import { addOutput, endTerminal, endTerminals, startTerminal } from "./terminals.ts";
import { readContent, readRaw } from "./tool-content.ts";
import { grow, growthOf, holdsTooMuch, isWhole, saidBy, waits } from "./tool-growth.ts";
import { firstMembers, unknownMembers, unknownOfPart } from "./unknown.ts";

/** The members of ACP's tool calls that are understood here; of `_meta`, what is, and the raw lines have all of it. */
const KNOWN: readonly string[] =
  "sessionUpdate toolCallId title name kind status content locations rawInput rawOutput _meta".split(" ");
/** Tool calls that may be open at once in a thread. */
export const TOOLS_OPEN = 1024;
const LOCATION: readonly string[] = ["path", "line"];
const STATUSES: ReadonlySet<unknown> = new Set(["pending", "in_progress", "completed", "failed"]);

/**
 * Takes in what an agent says of a tool call: ACP's `tool_call`, `tool_call_update`, or the call named in a permission
 * request; any of them may be the first mention. What it leaves out stays as it was; what it repeats makes no change.
 * `asked`: a person is asked about it, and is to see all that was said of it. Returns the entity's id.
 */
export function writeTool(draft: Draft, toolCallId: string, update: JsonObject, asked = false): string {
  closeMessage(draft);
  const known = knownCall(draft, toolCallId, update) ?? open(draft, toolCallId, update);
  const meta = object(update["_meta"]);
  reportTerminal(draft, known, toolCallId, update, meta);
  const members = read(draft, known, update);
  const after = resent(draft, known, toolCallId, update, members, asked);
  reportOutput(draft, members, after, meta);
  change(draft, toolCallId, after, members);
  settleTerminals(draft, toolCallId);
  return known.id;
}

/** Ends the calls that are still open when what they belonged to ended. */
export function interruptTools(draft: Draft): void {
  const interrupted = new Set<string>();
  for (const [toolCallId, known] of draft.state.tools) {
    if (hasEnded(known)) continue;
    interrupt(draft, toolCallId, known);
    interrupted.add(toolCallId);
  }
  if (interrupted.size === 0) return;
  endTerminals(draft, "interrupted", ({ tool }) => tool !== null && interrupted.has(tool));
}

function interrupt(draft: Draft, toolCallId: string, known: KnownTool): void {
  const members: Partial<ToolEntity> = { status: "interrupted" };
  change(draft, toolCallId, resent(draft, known, toolCallId, {}, members, false), members);
}

/** Makes room for one more open call: every snapshot holds all that are open, so there is a bound to them. */
function makeRoom(draft: Draft): void {
  const { tools, toolsEnded, toolsForgotten } = draft.state;
  if (tools.size - toolsEnded.size - toolsForgotten.size < TOOLS_OPEN) return;
  for (const [toolCallId, known] of tools) {
    if (hasEnded(known)) continue;
    interrupt(draft, toolCallId, known);
    settleTerminals(draft, toolCallId);
    break;
  }
  const text = `More than ${TOOLS_OPEN} tool calls were open at once: those that were open longest count as interrupted.`;
  repeatedNotice(draft, "warning", text);
}

/**
 * The call that is meant, if it is known. Some agents (the example of ACP's SDK) count their calls anew in each turn:
 * what begins a call under the id of one that ended in an earlier turn is another.
 */
function knownCall(draft: Draft, toolCallId: string, update: JsonObject): KnownTool | undefined {
  const known = draft.state.tools.get(toolCallId);
  const begins = update["sessionUpdate"] !== "tool_call_update";
  return known && begins && hasEnded(known) && known.turn !== draft.state.turn ? undefined : known;
}

/** Makes room for the call in the timeline; its members follow as a change, joined to this one in the log. */
function open(draft: Draft, toolCallId: string, update: JsonObject): KnownTool {
  makeRoom(draft);
  const { pos, at } = draft.item();
  const id = `t${pos}`;
  const value: ToolEntity = {
    ...at,
    toolCallId: cut(toolCallId, BOUNDS.word),
    title: cut(text(update["title"]) ?? word(update["name"]) ?? "", BOUNDS.word),
    kind: word(update["kind"]) ?? "other",
    status: "pending",
    content: [],
    locations: [],
    startedAt: draft.now,
  };
  draft.put("tool", id, value);
  return remembered(draft, toolCallId, { id, turn: draft.state.turn, value });
}

function read(draft: Draft, known: KnownTool, update: JsonObject): Partial<ToolEntity> {
  const meta = object(update["_meta"]);
  const claude = object(meta?.["claudeCode"]);
  const locations = list(update["locations"]);
  const parent = text(claude?.["parentToolUseId"]);
  return {
    ...some("title", titleOf(update)),
    ...some("name", word(update["name"]) ?? word(claude?.["toolName"])),
    ...some("kind", word(update["kind"])),
    ...some("status", statusOf(known, update["status"])),
    ...some("locations", locations && readLocations(locations)),
    ...some("parent", parent === undefined ? undefined : draft.state.tools.get(parent)?.id),
    ...some("unknown", unknownOf(known, update)),
  };
}

/** Adds to `members` what is to be written now of content, input and output; the rest is held in what is returned. */
function resent(
  draft: Draft,
  known: KnownTool,
  toolCallId: string,
  update: JsonObject,
  members: Partial<ToolEntity>,
  asked: boolean,
): KnownTool {
  const said = saidBy(known, update);
  const { value } = known;
  const turns = value === null || hasEnded(known) || (members.status !== undefined && members.status !== value.status);
  const whole = turns || asked || holdsTooMuch(draft, said);
  const isGiven = (name: keyof Said): boolean => given(update[name]) || known.owes?.includes(name) === true;
  const owes: (keyof Said)[] = [];
  let after = known;
  if (isGiven("content") && said.content) {
    const growth = whole ? null : growthOf(known.said?.content, said.content);
    if (growth === null || value === null) {
      members.content = readContent(draft, said.content, (each) => terminalOf(draft, toolCallId, each), !whole);
      after = { ...after, isCut: !isWhole(members.content, said.content) };
    } else if (growth !== "") after = grow(draft, after, value, growth);
    if (!whole) owes.push("content");
  }
  for (const [raw, name] of RAW) {
    const next = said[raw];
    if (!isGiven(raw) || next === undefined) continue;
    if (!whole && waits(value?.[name], next, draft.bounds)) owes.push(raw);
    else members[name] = readRaw(draft, next);
  }
  if (value === null) return known;
  const ends = isFinal(members.status ?? value.status);
  return remembered(draft, toolCallId, { ...after, said: ends ? undefined : said, owes });
}

const RAW = [
  ["rawInput", "input"],
  ["rawOutput", "output"],
] as const;

/** What is not known of a call, with what was said of it before; a known status takes the place of one that was not. */
function unknownOf(known: KnownTool, update: JsonObject): JsonObject | undefined {
  const { status } = update;
  const said = unknownMembers(update, KNOWN, BOUNDS.unknown);
  const { status: before, ...others } = known.value?.unknown ?? {};
  const kept = given(status) ? (STATUSES.has(status) ? undefined : boundedJson(status, BOUNDS.unknown)) : before;
  const all = firstMembers(Object.entries({ ...some("status", kept), ...others, ...said }));
  return Object.keys(all).length > 0 || known.value?.unknown ? all : undefined;
}

const given = (value: Json | undefined): value is Json => value !== undefined && value !== null;

function titleOf(update: JsonObject): string | undefined {
  const title = text(update["title"]);
  return title === undefined || title === "" ? undefined : cut(title, BOUNDS.word);
}

function statusOf(known: KnownTool, value: unknown): ToolEntity["status"] | undefined {
  if (!STATUSES.has(value)) return undefined;
  const status = value as ToolEntity["status"];
  // One that has ended may end otherwise, e.g. after it was interrupted with its turn, but never runs again: a replica may
  // have let go of it, and would then lack what a newcomer's snapshot holds (P41, P43).
  return hasEnded(known) && !isFinal(status) ? undefined : status;
}

function readLocations(locations: readonly Json[]): ToolEntity["locations"] {
  let room: number = BOUNDS.partsUnknown;
  return locations.slice(0, BOUNDS.locations).flatMap((value) => {
    const location = object(value);
    const path = word(location?.["path"]);
    if (location === undefined || path === undefined) return [];
    const { unknown } = unknownOfPart(location, LOCATION);
    if (unknown) room -= JSON.stringify(unknown).length;
    return [{ path, ...some("line", amount(location["line"])), ...some("unknown", room < 0 ? undefined : unknown) }];
  });
}

/** Whether a call has ended; only of those is the value ever forgotten. */
function hasEnded({ value }: KnownTool): boolean {
  return value === null || isFinal(value.status);
}

function isFinal(status: ToolEntity["status"]): boolean {
  return status === "completed" || status === "failed" || status === "interrupted";
}

/** The entity of a terminal named in a call's content; one that we do not run is made for it. */
function terminalOf(draft: Draft, toolCallId: string, terminal: string): string {
  const known = draft.state.terminals.get(terminal);
  if (known) return known.id;
  const tool = draft.state.tools.get(toolCallId)?.value ?? null;
  return startTerminal(draft, terminal, {
    command: tool?.title ?? "",
    args: [],
    cwd: draft.state.thread.cwd,
    tool: toolCallId,
  });
}

/** `_meta.terminal_info`, as codex-acp and claude-agent-acp send it: a process that the agent runs by itself. */
function reportTerminal(
  draft: Draft,
  known: KnownTool,
  toolCallId: string,
  update: JsonObject,
  meta: JsonObject | undefined,
): void {
  const info = object(meta?.["terminal_info"]) ?? outputOf(meta);
  const terminal = word(info?.["terminal_id"]);
  if (terminal === undefined || draft.state.terminals.has(terminal)) return;
  const input = object(update["rawInput"]);
  startTerminal(draft, terminal, {
    command: word(input?.["command"]) ?? titleOf(update) ?? known.value?.title ?? "",
    args: [],
    cwd: word(info?.["cwd"]) ?? draft.state.thread.cwd,
    tool: toolCallId,
  });
}

/** `_meta.terminal_output_delta` (codex-acp) or `terminal_output` (others), both to be added, and `terminal_exit`. */
function reportOutput(
  draft: Draft,
  members: Partial<ToolEntity>,
  known: KnownTool,
  meta: JsonObject | undefined,
): void {
  const output = outputOf(meta);
  const terminal = word(output?.["terminal_id"]);
  if (terminal !== undefined) {
    addOutput(draft, terminal, text(output?.["data"]) ?? "");
    const id = draft.state.terminals.get(terminal)?.id;
    const content = members.content ?? (known.value ? shownContent(known.value) : []);
    // Output that no content of the call points to would be seen nowhere.
    if (id !== undefined && !content.some((item) => item.type === "terminal" && item.terminal === id)) {
      members.content = [...content, { type: "terminal", terminal: id }];
    }
  }
  const exit = object(meta?.["terminal_exit"]);
  const ended = word(exit?.["terminal_id"]);
  if (ended === undefined) return;
  endTerminal(draft, ended, "exited", {
    code: amount(exit?.["exit_code"]) ?? null,
    signal: word(exit?.["signal"]) ?? null,
  });
}

function outputOf(meta: JsonObject | undefined): JsonObject | undefined {
  return object(meta?.["terminal_output_delta"]) ?? object(meta?.["terminal_output"]);
}

/** Writes what differs from what stands in the log. */
function change(draft: Draft, toolCallId: string, known: KnownTool, members: Partial<ToolEntity>): void {
  const ends = members.status !== undefined && isFinal(members.status);
  if (known.value === null) {
    // Its value was forgotten, so what may be a repeat is written again: that changes nothing that anyone sees.
    if (Object.keys(members).length > 0) draft.patch("tool", known.id, { ...members });
    return;
  }
  const isJoined = members.content !== undefined && known.value.live !== undefined;
  if (!isJoined && Object.keys(members).every((name) => isDeepStrictEqual(known.value?.[name], members[name]))) return;
  const value: ToolEntity = { ...known.value, ...members };
  if (isJoined) delete value.live;
  if (value.unknown && Object.keys(value.unknown).length === 0) delete value.unknown;
  if (ends && known.value.endedAt === undefined) value.endedAt = draft.now;
  const patch = difference(known.value, value);
  if (patch === undefined) return;
  if (patch === null) draft.put("tool", known.id, value);
  else draft.patch("tool", known.id, patch);
  remembered(draft, toolCallId, { ...known, value });
}

/** A terminal that an agent only reports ends with its call, also where its output came after the call's end. */
function settleTerminals(draft: Draft, toolCallId: string): void {
  const status = draft.state.tools.get(toolCallId)?.value?.status ?? "completed";
  if (!isFinal(status)) return;
  endTerminals(draft, status === "interrupted" ? "interrupted" : "exited", (each) => each.tool === toolCallId);
}

function remembered(draft: Draft, toolCallId: string, known: KnownTool): KnownTool {
  const tools = draft.own("tools");
  // Another call under a known id is the newest.
  if (tools.get(toolCallId)?.id !== known.id) {
    tools.delete(toolCallId);
    if (draft.state.toolsEnded.has(toolCallId)) draft.own("toolsEnded").delete(toolCallId);
    if (draft.state.toolsForgotten.has(toolCallId)) draft.own("toolsForgotten").delete(toolCallId);
  }
  tools.set(toolCallId, known);
  if (hasEnded(known) && !draft.state.toolsEnded.has(toolCallId)) draft.own("toolsEnded").set(toolCallId, true);
  if (draft.state.toolsEnded.size > BOUNDS.toolValues) {
    const oldest = takeFirst(draft.own("toolsEnded"));
    const tool = oldest === undefined ? undefined : tools.get(oldest);
    if (oldest !== undefined && tool !== undefined) {
      tools.set(oldest, { ...tool, value: null });
      draft.own("toolsForgotten").set(oldest, true);
    }
  }
  // A call that is still open is never forgotten: its end has to be written.
  if (draft.state.toolsEnded.size + draft.state.toolsForgotten.size > BOUNDS.toolsKnown) {
    const oldest = takeFirst(draft.own("toolsForgotten"));
    if (oldest !== undefined) tools.delete(oldest);
  }
  return known;
}

function takeFirst(ids: Map<string, true>): string | undefined {
  const first = ids.keys().next();
  if (first.done) return undefined;
  ids.delete(first.value);
  return first.value;
}
