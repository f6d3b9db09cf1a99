import * as z from "zod";
import type { Json, JsonObject } from "@skein/client/protocol";
import type { DriverEvent } from "../driver.ts";
import { RequestError, RPC, type Reply } from "../rpc-peer.ts";
import { readParams } from "./params.ts";

const permissionRequest = z.looseObject({
  toolCall: z.looseObject({ toolCallId: z.string() }),
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })),
});
const questionRequest = z.discriminatedUnion("mode", [
  z.looseObject({ mode: z.literal("form"), message: z.string(), requestedSchema: z.looseObject({}) }),
  z.looseObject({ mode: z.literal("url"), message: z.string(), url: z.string(), elicitationId: z.string().nullish() }),
]);

/** The longest id of an option that a person's answer may name (P67), in UTF-16 units; a longer one is given another. */
const OPTION_ID = 256;

type Pending = { reply: Reply; cancelled: JsonObject } & (
  | { what: "permission"; longIds: ReadonlyMap<string, string> }
  | { what: "question"; elicitation: string | null }
);

/** What an agent asked a person and is not answered yet: permissions and questions, by the names we give them. */
export class Asked {
  /** Set from a cancel to the prompt's end: what is asked then is answered `cancelled` at once, and shown to nobody. */
  cancelling = false;
  readonly #prefix: string;
  readonly #emit: (event: DriverEvent) => void | Promise<void>;
  readonly #pending = new Map<string, Pending>();
  #next = 1;

  /** @param prefix what all names begin with, so that those of an agent started again are others */
  constructor(prefix: string, emit: (event: DriverEvent) => void | Promise<void>) {
    this.#prefix = prefix;
    this.#emit = emit;
  }

  /** `session/request_permission`. @throws RequestError for wrong parameters. */
  permission(params: Json | undefined, reply: Reply): void | Promise<void> {
    const { toolCall, options } = readParams(permissionRequest, params);
    const cancelled: JsonObject = { outcome: { outcome: "cancelled" } };
    if (this.cancelling) return reply.result(cancelled);
    const longIds = new Map<string, string>();
    const named = options.map((option, index) => {
      if (option.optionId.length <= OPTION_ID) return option;
      const optionId = `${this.#prefix}option-${index}`;
      longIds.set(optionId, option.optionId);
      return { ...option, optionId };
    });
    const request = this.#hold({ what: "permission", longIds, reply, cancelled });
    return this.#emit({
      type: "permission",
      request,
      toolCall: toolCall as JsonObject & { toolCallId: string },
      options: named,
    });
  }

  /** `elicitation/create`. @throws RequestError for wrong parameters, and for a mode this version does not know. */
  question(params: Json | undefined, reply: Reply): void | Promise<void> {
    const asked = readParams(questionRequest, params);
    const elicitation = asked.mode === "url" ? (asked.elicitationId ?? null) : null;
    const cancelled: JsonObject = { action: "cancel" };
    if (this.cancelling) return reply.result(cancelled);
    const request = this.#hold({ what: "question", elicitation, reply, cancelled });
    const { message } = asked;
    return this.#emit(
      asked.mode === "form"
        ? { type: "question", request, message, mode: "form", schema: asked.requestedSchema as JsonObject }
        : { type: "question", request, message, mode: "url", url: asked.url },
    );
  }

  /** Unknown and answered requests are ignored: who answers first is decided elsewhere. */
  answerPermission(request: string, optionId: string | null): void {
    const pending = this.#take(request, "permission");
    if (pending?.what !== "permission") return;
    const outcome: JsonObject =
      optionId === null
        ? { outcome: "cancelled" }
        : { outcome: "selected", optionId: pending.longIds.get(optionId) ?? optionId };
    pending.reply.result({ outcome });
  }

  answerQuestion(request: string, answer: { action: string; content?: JsonObject }): void {
    this.#take(request, "question")?.reply.result({ ...answer });
  }

  /** `$/cancel_request`: the agent takes one back. */
  takeBack(id: Json | undefined): void | Promise<void> {
    const found = [...this.#pending].find(([, pending]) => pending.reply.id === id);
    if (!found) return;
    const [request, { reply }] = found;
    this.#pending.delete(request);
    reply.error(new RequestError(RPC.cancelled, "The request was taken back."));
    return this.#emit({ type: "withdrawn", request });
  }

  /** `elicitation/complete`: what was asked for at a URL has been done there. */
  complete(elicitation: Json | undefined): void | Promise<void> {
    for (const [request, pending] of this.#pending) {
      if (pending.what !== "question" || pending.elicitation === null || pending.elicitation !== elicitation) continue;
      this.#pending.delete(request);
      pending.reply.result({ action: "accept" });
      return this.#emit({ type: "withdrawn", request });
    }
  }

  /** Answers all with `cancelled`, and tells that nobody needs to answer them any more. */
  async cancelAll(): Promise<void> {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [, { reply, cancelled }] of pending) reply.result(cancelled);
    for (const [request] of pending) await this.#emit({ type: "withdrawn", request });
  }

  #hold(pending: Pending): string {
    const request = `${this.#prefix}r${this.#next++}`;
    this.#pending.set(request, pending);
    return request;
  }

  #take(request: string, what: Pending["what"]): Pending | undefined {
    const pending = this.#pending.get(request);
    if (pending?.what !== what) return undefined;
    this.#pending.delete(request);
    return pending;
  }
}
