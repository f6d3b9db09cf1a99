/**
 * An ACP agent whose every answer follows from its prompt: `seed N` in the prompt's text picks what it says. A checker
 * knows from `scriptOf` alone what every client must end up with.
 *
 *     bun test/support/seeded-agent.ts
 */
import { readMessages, writeOut } from "./ndjson-stdio.ts";

export type Said = { as: "assistant" | "thought"; chunks: string[] } | { as: "tool"; id: string; output: string };

/** mulberry32: a small generator with 32 bits of state (public domain, by Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = ["skein ", "thread\n", "🧶", "wound ", "ü", "日本", "`code` ", "as one ", "\u2028", "</p>"];

/** What the agent says to `seed N`, in order. Chunks are cut anywhere, also within a surrogate pair. */
export function scriptOf(seed: number): Said[] {
  const random = seeded(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: 2 + pick(4) }, (_, index): Said => {
    const kind = pick(4);
    if (kind === 3) return { as: "tool", id: `call-${seed}-${index}`, output: `result ${pick(1000)}` };
    const text = Array.from({ length: 5 + pick(60) }, () => WORDS[pick(WORDS.length)]).join("");
    const chunks: string[] = [];
    for (let at = 0; at < text.length;) {
      const end = at + 1 + pick(8);
      chunks.push(text.slice(at, end));
      at = end;
    }
    return { as: kind === 2 ? "thought" : "assistant", chunks };
  });
}

/** The items that a script becomes: neighbouring texts of one role are one message. */
export function itemsOf(script: readonly Said[]): { kind: string; role?: string; text: string }[] {
  const items: { kind: string; role?: string; text: string }[] = [];
  for (const said of script) {
    if (said.as === "tool") {
      items.push({ kind: "tool", text: said.output });
      continue;
    }
    const last = items.at(-1);
    const text = said.chunks.join("");
    if (last?.kind === "message" && last.role === said.as) last.text += text;
    else items.push({ kind: "message", role: said.as, text });
  }
  return items;
}

export function seededAgent(): { command: string; args: string[] } {
  return { command: process.execPath, args: [import.meta.path] };
}

function send(message: object): void {
  writeOut(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

async function play(session: string, seed: number): Promise<void> {
  const update = (value: object): void =>
    send({ method: "session/update", params: { sessionId: session, update: value } });
  for (const said of scriptOf(seed)) {
    if (said.as === "tool") {
      update({ sessionUpdate: "tool_call", toolCallId: said.id, title: "Look", kind: "read", status: "pending" });
      await Bun.sleep(1);
      const content = [{ type: "content", content: { type: "text", text: said.output } }];
      update({ sessionUpdate: "tool_call_update", toolCallId: said.id, status: "completed", content });
      continue;
    }
    const sessionUpdate = said.as === "thought" ? "agent_thought_chunk" : "agent_message_chunk";
    for (const [index, text] of said.chunks.entries()) {
      update({ sessionUpdate, content: { type: "text", text } });
      // Some chunks come together and some alone, as a model's do.
      if (index % 7 === 0) await Bun.sleep(1);
    }
  }
}

if (import.meta.main) {
  for await (const { id, method, params } of readMessages()) {
    const given = (params ?? {}) as { sessionId?: string; prompt?: { text?: string }[] };
    if (method === "initialize") {
      send({ id, result: { protocolVersion: 1, agentCapabilities: { loadSession: true } } });
    } else if (method === "session/new") {
      send({ id, result: { sessionId: crypto.randomUUID() } });
    } else if (method === "session/prompt") {
      const seed = Number(/seed (\d+)/.exec(given.prompt?.[0]?.text ?? "")?.[1] ?? 0);
      // Not awaited: a cancel, and the end of stdin, are heard while it plays.
      void play(given.sessionId ?? "", seed).then(() => send({ id, result: { stopReason: "end_turn" } }));
    } else if (id !== undefined && method !== undefined) {
      send({ id, result: {} });
    }
  }
  process.exit(0);
}
