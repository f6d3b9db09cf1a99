import { setTimeout as sleep } from "node:timers/promises";
import * as anthropic from "./model-server/anthropic.ts";
import * as gemini from "./model-server/gemini.ts";
import { answerTo, type Prompt, type Step } from "./model-server/scripts.ts";
import { asOffered, type Offered, type ToolUse } from "./model-server/tools.ts";

export type ModelServer = {
  url: string;
  /** The prompts of each request that was answered by a script, in order. */
  readonly asked: readonly (readonly string[])[];
  stop(): Promise<void>;
};

/** Milliseconds between two pieces of an answer, unless its script has a pause of its own. */
const PAUSE_MS = 2;

/**
 * A model without a model: answers agents from scripts, so that real ones can be driven without an account. Speaks
 * Anthropic's Messages and Gemini's generateContent, whole and streamed. Its files are in `directory()`.
 */
export function startModelServer(directory: () => string): ModelServer {
  const asked: string[][] = [];
  let answers = 0;

  /** The script's answer; a request that offers no tools is the agent's own, for a title or such. */
  function decide(prompts: readonly Prompt[], offered: Offered): { id: string; step: Step; uses: readonly ToolUse[] } {
    const id = `${++answers}`.padStart(6, "0");
    if (offered.size === 0) return { id, step: { say: "A scripted conversation" }, uses: [] };
    asked.push(prompts.map(({ text }) => text));
    return { id, ...answerTo(prompts, directory(), (call) => asOffered(call, offered)) };
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST") return Response.json({});
    if (pathname.endsWith("/count_tokens")) return Response.json({ input_tokens: 1200 });
    if (pathname.endsWith(":countTokens")) return Response.json({ totalTokens: 1200 });
    if (pathname.endsWith("/messages")) {
      const body = (await request.json()) as anthropic.AnthropicRequest;
      const { id, step, uses } = decide(anthropic.promptsOf(body), anthropic.offeredBy(body));
      if (body.stream !== true) return Response.json(anthropic.message(body, id, step, uses));
      return stream(anthropic.events(body, id, step, uses, pieces), step);
    }
    const method = /:(generateContent|streamGenerateContent)$/.exec(pathname)?.[1];
    if (method !== undefined) {
      const body = (await request.json()) as gemini.GeminiRequest;
      const { id, step, uses } = decide(gemini.promptsOf(body), gemini.offeredBy(body));
      if (method === "generateContent") return Response.json(gemini.content(body, id, step, uses));
      return stream(gemini.events(id, step, uses, pieces), step);
    }
    return Response.json(
      { type: "error", error: { type: "not_found_error", message: "not scripted" } },
      { status: 404 },
    );
  }

  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 60, fetch: answer });
  return { url: `http://127.0.0.1:${server.port}`, asked, stop: async () => server.stop(true) };
}

/** Sends events one at a time, until the end or until the agent hangs up. */
function stream(events: Generator<string>, { pauseMs = PAUSE_MS }: Step): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = events.next();
      if (done) controller.close();
      else {
        await sleep(pauseMs);
        controller.enqueue(encoder.encode(value));
      }
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-cache" } });
}

/** Pieces of at most eight code points. */
function* pieces(text: string): Generator<string> {
  const points = Array.from(text);
  for (let at = 0; at < points.length; at += 8) yield points.slice(at, at + 8).join("");
}
