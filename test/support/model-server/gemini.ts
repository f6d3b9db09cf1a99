import type { Offered, ToolUse } from "./tools.ts";
import type { Prompt, Step } from "./scripts.ts";

type Declaration = {
  name: string;
  parameters?: { properties?: Record<string, unknown> };
  parametersJsonSchema?: { properties?: Record<string, unknown> };
};

/** A request to generate content, as far as it is looked at (https://ai.google.dev/api/generate-content). */
export type GeminiRequest = {
  contents?: { role?: string; parts?: { text?: string; functionResponse?: unknown }[] }[];
  tools?: { functionDeclarations?: Declaration[] }[];
  generationConfig?: { responseMimeType?: string };
};

export function offeredBy({ tools = [] }: GeminiRequest): Offered {
  const declarations = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  return new Map(
    declarations.map(({ name, parameters, parametersJsonSchema }) => [
      name,
      new Set(Object.keys((parametersJsonSchema ?? parameters)?.properties ?? {})),
    ]),
  );
}

export function promptsOf({ contents = [] }: GeminiRequest): Prompt[] {
  const prompts: Prompt[] = [];
  for (const { role, parts = [] } of contents) {
    if (role === "model") continue;
    const results = parts.filter((part) => part.functionResponse !== undefined).length;
    for (const prompt of prompts) prompt.results += results;
    const text = parts.map((part) => part.text ?? "").join("\n");
    if (text.trim() !== "") prompts.push({ text, results: 0 });
  }
  return prompts;
}

/** The whole answer at once. Asked for JSON, it decides what such side requests ask: the simple model, the user's turn. */
export function content(request: GeminiRequest, id: string, step: Step, uses: readonly ToolUse[]): unknown {
  if (request.generationConfig?.responseMimeType === "application/json") {
    const text = JSON.stringify({ reasoning: "scripted", model_choice: "flash", next_speaker: "user" });
    return chunk(id, [{ text }], "STOP");
  }
  return chunk(id, [{ text: step.say }, ...callsOf(uses)], "STOP");
}

/** The answer as server-sent events, one piece at a time. */
export function* events(
  id: string,
  step: Step,
  uses: readonly ToolUse[],
  pieces: (text: string) => Iterable<string>,
): Generator<string> {
  const event = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`;
  if (step.think !== undefined) yield event(chunk(id, [{ text: `**Weighing**\n${step.think}`, thought: true }]));
  for (const text of pieces(step.say)) yield event(chunk(id, [{ text }]));
  if (uses.length > 0) yield event(chunk(id, callsOf(uses)));
  yield event(chunk(id, [{ text: "" }], "STOP"));
}

const callsOf = (uses: readonly ToolUse[]): object[] =>
  uses.map(({ name, args }) => ({ functionCall: { name, args } }));

const chunk = (id: string, parts: readonly object[], finishReason?: string): object => ({
  candidates: [{ index: 0, content: { role: "model", parts }, ...(finishReason ? { finishReason } : {}) }],
  usageMetadata: { promptTokenCount: 2000, candidatesTokenCount: 42, totalTokenCount: 2042 },
  modelVersion: "scripted",
  responseId: id,
});
