import type { JsonObject } from "@skein/client/protocol";
import type { DriverEvent, SessionUpdate } from "../../agents/driver.ts";
import { askPermission, askQuestion, withdraw } from "./asks.ts";
import { readBlock, TEXT } from "./blocks.ts";
import { Draft } from "./draft.ts";
import { writeForeign } from "./foreign.ts";
import { BOUNDS, type SetBounds } from "./bounds.ts";
import { addBlock, addText, addUnknown } from "./messages.ts";
import { note, notice, repeatedNotice } from "./notices.ts";
import { removePlan, writePlan, writePlanUpdate } from "./plans.ts";
import { list, object, text, word } from "./read.ts";
import { writeCommands, writeConfig, writeInfo, writeMode, writeUsage } from "./session-updates.ts";
import type { Step, ThreadState } from "./state.ts";
import { addOutput, endTerminal, startTerminal } from "./terminals.ts";
import { writeTool } from "./tools.ts";
import { unknownMembers } from "./unknown.ts";

/** Events that say what an agent did; that a prompt or the agent itself ended is for the thread's runner to judge. */
export type WriterEvent = Exclude<DriverEvent, { type: "turn" | "exited" }>;

/**
 * The writer: what an event changes in its thread. Pure, and total: whatever an agent sends, there is an answer, and
 * the changes come in the agent's order (G8). What puts or changes an item ends the open message first; what is no
 * item (usage, modes, a running process's output) does not.
 */
export function write(state: ThreadState, event: WriterEvent, now: number, bounds: SetBounds): Step {
  return step(state, now, bounds, (draft) => writeEvent(draft, event));
}

/** Makes one step of whatever is done to the draft. */
export function step(state: ThreadState, now: number, bounds: SetBounds, run: (draft: Draft) => void): Step {
  const draft = new Draft(state, now, bounds);
  run(draft);
  return draft.finish();
}

function writeEvent(draft: Draft, event: WriterEvent): void {
  switch (event.type) {
    case "update":
      return writeUpdate(draft, event.update);
    case "foreign":
      return writeForeign(draft, event.session, event.update);
    case "permission":
      return askPermission(draft, event);
    case "question":
      return askQuestion(draft, event);
    case "withdrawn":
      return withdraw(draft, event.request);
    case "terminal":
      return writeTerminal(draft, event);
    case "notice":
      return repeatedNotice(draft, event.level, event.text, event.detail);
    default:
      return event satisfies never;
  }
}

function writeTerminal(draft: Draft, event: Extract<WriterEvent, { type: "terminal" }>): void {
  switch (event.event) {
    case "started": {
      const { command, args, cwd } = event;
      return void startTerminal(draft, event.terminal, { command, args, cwd, tool: null });
    }
    case "output":
      return addOutput(draft, event.terminal, event.text);
    case "exited":
      return endTerminal(draft, event.terminal, "exited", { code: event.code, signal: event.signal });
    default:
      return event satisfies never;
  }
}

/** One ACP `session/update` (https://agentclientprotocol.com/protocol/prompt-turn), stable and unstable variants. */
function writeUpdate(draft: Draft, update: SessionUpdate): void {
  switch (update.sessionUpdate) {
    case "agent_message_chunk":
      return writeChunk(draft, "assistant", update);
    case "agent_thought_chunk":
      return writeChunk(draft, "thought", update);
    case "user_message_chunk":
      return writeChunk(draft, "user", update);
    case "tool_call":
    case "tool_call_update": {
      const toolCallId = text(update["toolCallId"]);
      if (toolCallId !== undefined) return void writeTool(draft, toolCallId, update);
      return lacking(draft, update, "a toolCallId that is a text: which call it is about is not known");
    }
    case "plan":
      return writePlan(draft, update["entries"]);
    case "plan_update":
      return writePlanUpdate(draft, update["plan"]);
    case "plan_removed":
      return removePlan(draft, text(update["planId"]) ?? "");
    case "available_commands_update":
      return writeCommands(draft, update["availableCommands"]);
    case "current_mode_update":
      return writeMode(draft, update["currentModeId"]);
    case "config_option_update":
      return writeConfig(draft, update["configOptions"]);
    case "session_info_update":
      return writeInfo(draft, update);
    case "usage_update":
      return writeUsage(draft, update);
    case "notice":
      return writeNotice(draft, update);
    case "compaction_update":
    case "compaction_summary_chunk":
      return writeCompaction(draft, update);
    case "subagent_update":
      return writeSubagent(draft, update);
    case "session_message":
    case "session_message_chunk":
      return writeSessionMessage(draft, update);
    default:
      return notUnderstood(draft, update);
  }
}

/** The members of a chunk that are understood here. */
const CHUNK: readonly string[] = ["sessionUpdate", "content", "messageId", "_meta"];

function writeChunk(draft: Draft, role: "assistant" | "thought" | "user", update: SessionUpdate): void {
  const messageId = word(update["messageId"]) ?? null;
  const content = object(update["content"]);
  const piece = content?.["type"] === "text" ? text(content["text"]) : undefined;
  // Qwen tells a turn's usage in the `_meta` of an empty chunk.
  const usage = object(object(update["_meta"])?.["usage"]);
  if (usage && draft.state.running) draft.set({ usage });
  if (piece === undefined) addBlock(draft, role, messageId, readBlock(draft, update["content"]));
  else addText(draft, role, messageId, piece);
  const ofChunk = unknownMembers(update, CHUNK, BOUNDS.unknown);
  const ofText = piece === undefined || !content ? undefined : unknownMembers(content, TEXT, BOUNDS.unknown);
  if (ofChunk || ofText) addUnknown(draft, role, messageId, { ...ofChunk, ...ofText });
}

const LEVELS = { error: "error", warning: "warning" } as const;

function writeNotice(draft: Draft, update: SessionUpdate): void {
  const severity = text(update["severity"]);
  const level = severity === "error" || severity === "warning" ? LEVELS[severity] : "info";
  const lines = [text(update["title"]), text(update["description"])].filter(
    (line) => line !== undefined && line !== "",
  );
  if (lines.length === 0) lacking(draft, update, "a title or a description that is a text");
  else notice(draft, level, lines.join("\n"));
}

/** The conversation so far is being put into fewer words by its agent. */
function writeCompaction(draft: Draft, update: SessionUpdate): void {
  const key = `compaction:${text(update["compactionId"]) ?? ""}`;
  if (update.sessionUpdate === "compaction_summary_chunk") {
    const head = draft.state.notes.has(key) ? {} : { head: compactionHead("in_progress") };
    return note(draft, key, "info", { ...head, more: blockText(update["content"]) });
  }
  const status = word(update["status"]) ?? "in_progress";
  const error = text(update["error"]);
  const summary = list(update["summary"]);
  note(draft, key, status === "failed" ? "error" : "info", {
    head: compactionHead(status) + (error === undefined || error === "" ? "" : ` ${error}`),
    ...(summary ? { body: summary.map(blockText).join("") } : {}),
  });
}

function compactionHead(status: string): string {
  switch (status) {
    case "in_progress":
      return "The agent is summing up the conversation so far.";
    case "completed":
      return "The agent summed up the conversation so far.";
    case "failed":
      return "The agent could not sum up the conversation so far.";
    case "cancelled":
      return "Summing up the conversation so far was cancelled.";
    default:
      return `Summing up the conversation so far: ${status}.`;
  }
}

function writeSubagent(draft: Draft, update: JsonObject): void {
  const session = text(update["sessionId"]) ?? "";
  const state = object(update["state"]);
  const doing = text(state?.["state"]) ?? text(state?.["type"]);
  const known = draft.state.notes.get(`subagent:${session}`);
  const title = text(update["title"]);
  note(draft, `subagent:${session}`, "info", {
    head: title === undefined && known ? known.head : `Subagent: ${title ?? (session || "unnamed")}`,
    ...(doing === undefined ? {} : { body: doing }),
  });
}

/** A message from one session of an agent to another. */
function writeSessionMessage(draft: Draft, update: SessionUpdate): void {
  const key = `session-message:${text(update["messageId"]) ?? ""}`;
  const [from, to] = [text(update["senderSessionId"]), text(update["recipientSessionId"])];
  const ends = (from === undefined ? "" : ` from ${from}`) + (to === undefined ? "" : ` to ${to}`);
  const head = ends === "" && draft.state.notes.has(key) ? {} : { head: `Message between sessions${ends}:` };
  if (update.sessionUpdate === "session_message_chunk") {
    return note(draft, key, "info", { ...head, more: blockText(update["content"]) });
  }
  const content = list(update["content"]);
  note(draft, key, "info", { ...head, ...(content ? { body: content.map(blockText).join("") } : {}) });
}

function blockText(value: unknown): string {
  return text(object(value)?.["text"]) ?? "";
}

/** Nothing an agent says is dropped: what this version does not know is shown as it came first, with how often. */
function notUnderstood(draft: Draft, update: SessionUpdate): void {
  const text = `The agent sent an update of a kind this version does not know: ${update.sessionUpdate}.`;
  repeatedNotice(draft, "info", text, update);
}

/** An update of a known kind, but without what it would be about. */
function lacking(draft: Draft, update: SessionUpdate, what: string): void {
  repeatedNotice(draft, "warning", `The agent sent a ${update.sessionUpdate} without ${what}.`, update);
}
