import type { SessionUpdate } from "../../agents/driver.ts";
import { BOUNDS, cut } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { countOf, note, repeatedNotice } from "./notices.ts";
import { object, text, word } from "./read.ts";

/**
 * What an agent says in another conversation of its own, as some do for a subagent: one notice for each of them in a
 * turn, which grows by what is said there and by a line for each tool call. What else comes is named once.
 */
export function writeForeign(draft: Draft, session: string, update: SessionUpdate): void {
  const ofTurn = `conversation:${draft.state.turn ?? ""}:`;
  const key = `${ofTurn}${cut(session, BOUNDS.word)}`;
  const known = draft.state.notes.get(key);
  if (known === undefined && countOf(draft.state.notes, ofTurn) >= BOUNDS.noticesOfTurn) {
    const text = `The agent spoke in more than ${BOUNDS.noticesOfTurn} other conversations in this turn: those beyond are not shown.`;
    return repeatedNotice(draft, "warning", text);
  }
  const subagent = draft.state.notes.get(`subagent:${session}`);
  const head = known
    ? {}
    : { head: `${subagent?.head ?? `Another conversation of the agent, ${cut(session, BOUNDS.title)}`}:` };
  const body = known?.body ?? "";
  note(draft, key, "info", { ...head, more: pieceOf(update, body) });
}

function pieceOf(update: SessionUpdate, body: string): string {
  const { sessionUpdate } = update;
  const chunk = text(object(update["content"])?.["text"]);
  if (chunk !== undefined && sessionUpdate.endsWith("_chunk")) return chunk;
  const what = sessionUpdate === "tool_call" ? (word(update["title"]) ?? sessionUpdate) : sessionUpdate;
  const line = `[${cut(what, BOUNDS.title)}]\n`;
  if (sessionUpdate !== "tool_call" && body.includes(line)) return "";
  return body === "" || body.endsWith("\n") ? line : `\n${line}`;
}
