import type { DriverEvent } from "../../agents/driver.ts";
import type { PermissionEntity, QuestionEntity } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { closeMessage } from "./messages.ts";
import { repeatedNotice } from "./notices.ts";
import { object, some } from "./read.ts";
import type { Ask, ThreadState } from "./state.ts";
import { writeTool } from "./tools.ts";

/** Permissions and questions that may wait for an answer at once in a thread. */
export const ASKS_OPEN = 256;

type Event<Type> = Extract<DriverEvent, { type: Type }>;

/** A person is asked to allow something; the request may be the first mention of its tool call. */
export function askPermission(draft: Draft, event: Event<"permission">): void {
  const tool = writeTool(draft, event.toolCall.toolCallId, event.toolCall, true);
  if (asksTooMuch(draft.state)) return refused(draft);
  const known = draft.state.tools.get(event.toolCall.toolCallId)?.value;
  const { pos, at } = draft.item();
  const value: PermissionEntity = {
    ...at,
    tool,
    title: known?.title ?? "",
    options: event.options.slice(0, BOUNDS.options).map((option) => ({
      optionId: option.optionId,
      name: cut(option.name, BOUNDS.title),
      kind: option.kind,
    })),
    status: "pending",
    askedAt: draft.now,
  };
  draft.put("permission", `r${pos}`, value);
  ask(draft, `r${pos}`, {
    kind: "permission",
    request: event.request,
    options: value.options.map((option) => option.optionId),
  });
}

/** A person is asked for data, or to visit a page. */
export function askQuestion(draft: Draft, event: Event<"question">): void {
  closeMessage(draft);
  if (asksTooMuch(draft.state)) return refused(draft);
  const { pos, at } = draft.item();
  const schema = event.schema && object(boundedJson(event.schema, BOUNDS.schema));
  const value: QuestionEntity = {
    ...at,
    message: cut(event.message, BOUNDS.notice),
    mode: event.mode,
    ...some("schema", schema),
    ...some("url", event.url === undefined ? undefined : cut(event.url, BOUNDS.word)),
    status: "pending",
    askedAt: draft.now,
  };
  draft.put("question", `q${pos}`, value);
  ask(draft, `q${pos}`, { kind: "question", request: event.request, options: [] });
}

/** Notes what a person answered. Whether it was still open is for the store's guard to say. */
export function answer(draft: Draft, id: string, kind: Ask["kind"], members: Record<string, unknown>): void {
  draft.patch(kind, id, { ...members, status: "answered", answeredAt: draft.now });
  forget(draft, id);
}

/** Undoes an answer that the log refused: the agent waits for one as before. */
export function reopen(draft: Draft, id: string, ask: Ask): void {
  draft.own("asks").set(id, ask);
}

/** Takes back what the agent no longer asks; `request` names one, else all go. */
export function withdraw(draft: Draft, request?: string): void {
  for (const [id, ask] of draft.state.asks) {
    if (request !== undefined && ask.request !== request) continue;
    draft.patch(ask.kind, id, { status: "cancelled" });
    forget(draft, id);
  }
}

/** Whether as much is asked as a thread may: what is asked beyond it is not put to a person, and to be cancelled. */
export function asksTooMuch(state: ThreadState): boolean {
  return state.asks.size >= ASKS_OPEN;
}

function refused(draft: Draft): void {
  const text = `The agent asks for more than ${ASKS_OPEN} things at once: what it asked beyond that was cancelled.`;
  repeatedNotice(draft, "warning", text);
}

function ask(draft: Draft, id: string, ask: Ask): void {
  draft.own("asks").set(id, ask);
}

function forget(draft: Draft, id: string): void {
  if (!draft.state.asks.has(id)) return;
  draft.own("asks").delete(id);
}
