/**
 * An agent for the measurements of the web app: speaks just enough ACP on its stdio. A prompt's text is a task as JSON:
 * `{"items": n}` makes n items of every kind as fast as they are read, `{"chunks": n, "perSecond": r}` streams Markdown.
 */
import { readMessages, writeOut } from "../../test/support/ndjson-stdio.ts";

type Task = { items: number } | { chunks: number; perSecond: number };

const send = (message: object): void => writeOut(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (value: object): void =>
  send({ method: "session/update", params: { sessionId: "bench", update: value } });
const say = (sessionUpdate: string, text: string): void => update({ sessionUpdate, content: { type: "text", text } });

const PARAGRAPH =
  "The log of a topic is the one truth: what is **committed** is sent, and what is sent was committed. A client that was " +
  "away is brought up to date by `after`, in one commit or in many, and ends in the same state.\n\n";
const CODE = "```ts\nexport const next = (seq: number): number => seq + 1; // one after the other\n```\n\n";
const LIST = "1. first the *store*,\n2. then the hub,\n3. then every client.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n";

let calls = 0;

/** Four items: an answer, a thought, a search, an edit with its diff. */
function four(index: number): void {
  say(
    "agent_message_chunk",
    `${PARAGRAPH}${index % 3 === 0 ? CODE : index % 3 === 1 ? LIST : ""}That was number ${index}.`,
  );
  say("agent_thought_chunk", `Thought ${index}: what comes next follows from what was found.`);
  for (const [kind, content] of [
    ["search", { type: "content", content: { type: "text", text: `src/file-${index}.ts:12: found\n`.repeat(4) } }],
    [
      "edit",
      {
        type: "diff",
        path: `/srv/src/file-${index}.ts`,
        oldText: `const a = ${index};\n`,
        newText: `const a = ${index + 1};\n`,
      },
    ],
  ] as const) {
    const toolCallId = `call-${++calls}`;
    update({ sessionUpdate: "tool_call", toolCallId, title: `${kind} ${index}`, kind, status: "in_progress" });
    update({ sessionUpdate: "tool_call_update", toolCallId, status: "completed", content: [content] });
  }
}

async function make(items: number): Promise<void> {
  for (let index = 0; index < items / 4; index++) {
    four(index);
    if (index % 50 === 0) await Bun.sleep(0);
  }
}

/**
 * The text goes round: paragraphs, lists, tables and code, cut into pieces of 8 characters, as a model's are. Each second
 * ends with a mark of its own, `second 1.`, so that one can tell how far a reader has come.
 */
async function stream(chunks: number, perSecond: number): Promise<void> {
  const text = (PARAGRAPH + LIST + PARAGRAPH + CODE).repeat(Math.ceil((chunks * 8) / 500));
  const startedAt = performance.now();
  for (let index = 0; index < chunks; index++) {
    const wait = startedAt + (index * 1000) / perSecond - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    say("agent_message_chunk", text.slice(index * 8, index * 8 + 8));
    if ((index + 1) % perSecond === 0) say("agent_message_chunk", `\n\nsecond ${(index + 1) / perSecond}.\n\n`);
  }
}

for await (const { id, method, params } of readMessages()) {
  if (method === "initialize") send({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
  else if (method === "session/new") send({ id, result: { sessionId: "bench" } });
  else if (method === "session/prompt") {
    const { prompt } = params as { prompt: { text?: string }[] };
    const task = JSON.parse(prompt[0]?.text ?? "") as Task;
    await ("items" in task ? make(task.items) : stream(task.chunks, task.perSecond));
    send({ id, result: { stopReason: "end_turn" } });
  } else if (id !== undefined && method !== undefined) send({ id, result: {} });
}
process.exit(0);
