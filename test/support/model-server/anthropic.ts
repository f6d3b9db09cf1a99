import type { Offered, ToolUse } from "./tools.ts";
import type { Prompt, Step } from "./scripts.ts";

/** A request to create a message, as far as it is looked at (https://docs.anthropic.com/en/api/messages). */
export type AnthropicRequest = {
  model?: string;
  stream?: boolean;
  thinking?: { type: string };
  tools?: { name: string; input_schema?: { properties?: Record<string, unknown> } }[];
  messages?: { role: string; content: string | { type: string; text?: string }[] }[];
};

export function offeredBy({ tools = [] }: AnthropicRequest): Offered {
  return new Map(tools.map(({ name, input_schema: schema }) => [name, new Set(Object.keys(schema?.properties ?? {}))]));
}

export function promptsOf({ messages = [] }: AnthropicRequest): Prompt[] {
  const prompts: Prompt[] = [];
  for (const { role, content } of messages) {
    if (role !== "user") continue;
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
    const results = blocks.filter(({ type }) => type === "tool_result").length;
    for (const prompt of prompts) prompt.results += results;
    const text = blocks.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("\n");
    if (text !== "") prompts.push({ text, results: 0 });
  }
  return prompts;
}

const USAGE = { input_tokens: 1200, cache_creation_input_tokens: 0, cache_read_input_tokens: 800, output_tokens: 1 };

/** The whole answer at once. */
export function message(request: AnthropicRequest, id: string, step: Step, uses: readonly ToolUse[]): unknown {
  return {
    ...envelope(request, id),
    content: [
      { type: "text", text: step.say },
      ...uses.map(({ name, args }, at) => ({ type: "tool_use", id: `toolu_${id}_${at}`, name, input: args })),
    ],
    stop_reason: uses.length > 0 ? "tool_use" : "end_turn",
    usage: { ...USAGE, output_tokens: 42 },
  };
}

/** The answer as server-sent events, one delta at a time (https://docs.anthropic.com/en/docs/build-with-claude/streaming). */
export function* events(
  request: AnthropicRequest,
  id: string,
  step: Step,
  uses: readonly ToolUse[],
  pieces: (text: string) => Iterable<string>,
): Generator<string> {
  const event = (type: string, members: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
  let index = 0;
  function* block(start: object, deltas: Iterable<object>): Generator<string> {
    yield event("content_block_start", { index, content_block: start });
    for (const delta of deltas) yield event("content_block_delta", { index, delta });
    yield event("content_block_stop", { index });
    index++;
  }
  function* each(text: string, delta: (piece: string) => object): Generator<object> {
    for (const piece of pieces(text)) yield delta(piece);
  }
  yield event("message_start", { message: { ...envelope(request, id), content: [], usage: USAGE } });
  if (step.think !== undefined && request.thinking && request.thinking.type !== "disabled") {
    yield* block({ type: "thinking", thinking: "", signature: "" }, [
      ...each(step.think, (thinking) => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature: "c2NyaXB0ZWQ=" },
    ]);
  }
  yield* block(
    { type: "text", text: "" },
    each(step.say, (text) => ({ type: "text_delta", text })),
  );
  for (const [at, { name, args }] of uses.entries()) {
    yield* block(
      { type: "tool_use", id: `toolu_${id}_${at}`, name, input: {} },
      each(JSON.stringify(args), (piece) => ({ type: "input_json_delta", partial_json: piece })),
    );
  }
  const stopReason = uses.length > 0 ? "tool_use" : "end_turn";
  yield event("message_delta", {
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: 42 },
  });
  yield event("message_stop", {});
}

const envelope = (request: AnthropicRequest, id: string): object => ({
  id: `msg_${id}`,
  type: "message",
  role: "assistant",
  model: request.model ?? "scripted",
  stop_reason: null,
  stop_sequence: null,
});
