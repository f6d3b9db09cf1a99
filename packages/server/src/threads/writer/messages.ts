import type { Block, JsonObject, MessageEntity } from "@skein/client/protocol";
import { BOUNDS, cut } from "./bounds.ts";
import { difference } from "./difference.ts";
import type { Draft } from "./draft.ts";
import type { OpenMessage } from "./state.ts";
import { some } from "./read.ts";
import { firstMembers, withoutNulls } from "./unknown.ts";

type Role = MessageEntity["role"];

/** Adds text to the open message, or opens one. An empty chunk opens nothing. */
export function addText(draft: Draft, role: Role, messageId: string | null, text: string): void {
  if (text === "") return;
  let message = continued(draft, role, messageId);
  let rest = (message?.torn ?? "") + text;
  const torn = /[\ud800-\udbff]$/.test(rest) ? rest.slice(-1) : "";
  rest = rest.slice(0, rest.length - torn.length);
  let continues = false;
  while (rest !== "") {
    message = continued(draft, role, messageId);
    if (message === null) {
      const piece = cut(rest, BOUNDS.message);
      open(draft, role, messageId, piece, [], continues);
      rest = rest.slice(piece.length);
      continue;
    }
    if (message.torn !== "") draft.set({ message: { ...message, torn: "" } });
    const room = BOUNDS.message - message.length;
    // Where a surrogate pair does not fit whole, nothing of it does.
    const piece = room > 0 ? cut(rest, room) : "";
    if (piece === "") {
      draft.set({ message: { ...message, torn: "" } });
      closeMessage(draft);
      continues = true;
      continue;
    }
    draft.append("message", message.id, "text", message.length, piece);
    const start = message.start.length < BOUNDS.preview ? message.start + cut(piece, BOUNDS.preview) : message.start;
    draft.set({ message: { ...message, length: message.length + piece.length, start, torn: "" } });
    rest = rest.slice(piece.length);
  }
  if (torn === "") return;
  message = continued(draft, role, messageId);
  if (message === null) open(draft, role, messageId, "", [], continues);
  const opened = draft.state.message;
  if (opened !== null) draft.set({ message: { ...opened, torn } });
}

/** Puts a block where the open message's text has come to, or opens a message with it. */
export function addBlock(draft: Draft, role: Role, messageId: string | null, block: Block): void {
  let message = continued(draft, role, messageId);
  if (message !== null && message.blocks.length >= BOUNDS.messageBlocks) {
    closeMessage(draft);
    message = null;
  }
  if (message === null) {
    open(draft, role, messageId, "", [{ at: 0, block }], false);
    return;
  }
  message = joined(draft, message);
  const blocks = [...message.blocks, { at: message.length, block }];
  draft.patch("message", message.id, { blocks });
  draft.set({ message: { ...message, blocks } });
}

/**
 * Notes what was said with a chunk and is not known here, in the open message, if the chunk went into it: of each name
 * what came last, since the text's pieces are one.
 */
export function addUnknown(draft: Draft, role: Role, messageId: string | null, said: JsonObject): void {
  const { message } = draft.state;
  if (message === null || !isOf(message, role, messageId)) return;
  const unknown = firstMembers(Object.entries({ ...message.unknown, ...withoutNulls(said) }));
  const patch = difference(message.unknown ?? {}, unknown);
  if (!patch) return;
  draft.patch("message", message.id, { unknown: patch });
  draft.set({ message: { ...message, unknown } });
}

/** Ends the open message, if there is one. */
export function closeMessage(draft: Draft, status: "complete" | "interrupted" = "complete"): void {
  if (draft.state.message === null) return;
  const message = joined(draft, draft.state.message);
  draft.patch("message", message.id, { status, endedAt: draft.now });
  draft.set({ message: null });
  if (message.role !== "thought" && !message.continues) preview(draft, message.start);
}

/** The message with half a surrogate pair that nothing followed: the text is the agent's, unit for unit (G4). */
function joined(draft: Draft, message: OpenMessage): OpenMessage {
  const { torn, length } = message;
  if (torn === "") return message;
  draft.append("message", message.id, "text", length, torn);
  const whole = { ...message, length: length + torn.length, torn: "" };
  draft.set({ message: whole });
  return whole;
}

/** Shows the start of a message on the thread's card. */
export function preview(draft: Draft, text: string): void {
  const line = cut(text.replaceAll(/\s+/g, " ").trim(), BOUNDS.preview);
  if (line !== "") draft.card({ preview: line });
}

/** The open message if this goes on with it; another one is closed. */
function continued(draft: Draft, role: Role, messageId: string | null): OpenMessage | null {
  const message = draft.state.message;
  if (message === null) return null;
  if (isOf(message, role, messageId)) return message;
  closeMessage(draft);
  return null;
}

function isOf(message: OpenMessage, role: Role, messageId: string | null): boolean {
  return message.role === role && message.messageId === messageId;
}

function open(
  draft: Draft,
  role: Role,
  messageId: string | null,
  text: string,
  blocks: OpenMessage["blocks"],
  continues: boolean,
): void {
  const { pos, at } = draft.item();
  const id = `m${pos}`;
  const value: MessageEntity = {
    ...at,
    role,
    text,
    ...some("blocks", blocks.length > 0 ? blocks : undefined),
    // What comes after the turn's end is whole at every moment, so that a crash finds nothing open (G7).
    status: draft.state.running ? "streaming" : "complete",
    ...some("messageId", messageId ?? undefined),
    startedAt: draft.now,
  };
  draft.put("message", id, value);
  const start = cut(text, BOUNDS.preview);
  draft.set({ message: { id, role, messageId, length: text.length, start, continues, torn: "", blocks } });
}
