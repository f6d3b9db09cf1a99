import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@skein/client/protocol";
import type { SessionUpdate } from "../../agents/driver.ts";
import { Written } from "../testing/written.ts";
import { endTurn, queueTurn, startTurn } from "./lifecycle.ts";

const FOLDER = join(import.meta.dir, "../../../../../../shared/traces");
const TRACES = [
  "claude-acp-zed",
  "claude-acp-zed-load",
  "codex-acp",
  "codex-acp-load",
  "example-agent",
  "opencode",
  "opencode-load",
];

type Line = {
  dir: "c2a" | "a2c" | "note";
  msg?: { id?: number; method?: string; params?: JsonObject; result?: JsonObject };
};

/** What the recorded agent said, session by session, through the writer. */
function replay(lines: readonly Line[]): { written: Written; updates: SessionUpdate[] }[] {
  const sessions = new Map<string, { written: Written; updates: SessionUpdate[] }>();
  const prompts = new Map<unknown, string>();
  for (const { dir, msg } of lines) {
    const name = msg?.params?.["sessionId"];
    const id = typeof name === "string" ? name : "";
    const session = sessions.get(id) ?? { written: new Written(), updates: [] };
    sessions.set(id, session);
    const { written, updates } = session;
    if (dir === "c2a" && msg?.method === "session/prompt") {
      prompts.set(msg.id, id);
      written.do((draft) => {
        endTurn(draft, { status: "done" });
        queueTurn(draft, { text: "prompt", blocks: [], by: "local", key: "key-0001", first: false });
        startTurn(draft);
      });
    } else if (dir === "a2c" && msg?.method === "session/update") {
      const update = msg.params?.["update"] as SessionUpdate;
      updates.push(update);
      written.update(update);
    } else if (dir === "a2c" && msg?.method === "session/request_permission") {
      const { toolCall, options } = msg.params as unknown as {
        toolCall: { toolCallId: string };
        options: { optionId: string; name: string; kind: string }[];
      };
      written.event({ type: "permission", request: String(msg.id), toolCall, options });
      written.event({ type: "withdrawn", request: String(msg.id) });
    } else if (dir === "a2c" && msg?.result?.["stopReason"] !== undefined) {
      sessions.get(prompts.get(msg.id) ?? "")?.written.do((draft) => endTurn(draft, { status: "done" }));
    }
  }
  return [...sessions.values()];
}

const ROLES: Record<string, string> = {
  agent_message_chunk: "assistant",
  agent_thought_chunk: "thought",
  user_message_chunk: "user",
};

describe("recorded agents", () => {
  for (const name of TRACES) {
    const path = join(FOLDER, `${name}.ndjson`);
    if (!existsSync(path)) {
      console.warn(`skipped: there is no trace ${name} beside the repository`);
      continue;
    }
    test(`G4, G8: ${name}: messages are the joined chunks, tools and plans their last state`, () => {
      const lines = readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "");
      for (const { written, updates } of replay(lines.map((line) => JSON.parse(line) as Line))) {
        const items = written.items();
        for (const [kind, role] of Object.entries(ROLES)) {
          const chunks = updates.filter((update) => update.sessionUpdate === kind);
          const said = chunks.map((update) => (update["content"] as { text?: string }).text ?? "").join("");
          const messages = items.filter((item) => item.kind === "message" && item["role"] === role);
          expect(messages.map((item) => item["text"]).join("")).toBe(said);
          expect(messages.every((item) => item["text"] !== "")).toBe(true);
        }
        const calls = new Map<unknown, JsonObject>();
        for (const update of updates) {
          if (!update.sessionUpdate.startsWith("tool_call")) continue;
          calls.set(update["toolCallId"], { ...calls.get(update["toolCallId"]), ...update });
        }
        for (const [toolCallId, call] of calls) {
          // Another call may have had the same id in an earlier turn.
          const tool = items.findLast((item) => item["toolCallId"] === toolCallId);
          const final = call["status"] === "completed" || call["status"] === "failed";
          expect(tool?.["status"]).toBe(final ? call["status"] : "interrupted");
          // The request for permission, which came after, may have named the call otherwise.
          if (final && call["rawOutput"] !== undefined) expect(tool?.["output"]).toEqual(call["rawOutput"]);
        }
        expect(
          items.filter((item) => ["streaming", "pending", "in_progress", "running"].includes(item["status"] as string)),
        ).toEqual([]);
        expect(items.filter((item) => item.kind === "notice" && "detail" in item)).toEqual([]);
      }
    });
  }
});
