import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HISTORY } from "./history.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { METHODS, type Method } from "./methods.ts";
import { isFailure, isRequest, readMessage, type RpcId } from "./rpc.ts";
import { protocolSchema, type JsonSchema } from "./schema.ts";
import { NOTIFICATIONS } from "./session.ts";
import { PROTOCOL_VERSION } from "./version.ts";

/** The same for the same contract: members in one order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}

const hash = createHash("sha256")
  .update(JSON.stringify(canonical(protocolSchema())))
  .digest("hex");

describe("the wire contract does not change unnoticed", () => {
  test("P2: the newest line of history.ts is the contract as it is", () => {
    const newest = HISTORY.at(-1);
    if (newest?.hash !== hash || newest.version !== PROTOCOL_VERSION) {
      throw new Error(
        `The wire contract changed. Add a line to packages/client/src/protocol/history.ts:\n\n` +
          `  { version: ${PROTOCOL_VERSION}, hash: "${hash}", note: "what changed" },\n\n` +
          `If a peer of version ${newest?.version ?? 0} would misunderstand the change, raise PROTOCOL_VERSION in ` +
          `version.ts first and write that version into the line. Then bring docs/PROTOCOL.md up to it.`,
      );
    }
  });

  test("P2: versions only rise, and no state of the contract comes twice", () => {
    for (const [index, line] of HISTORY.entries()) {
      const step = line.version - (HISTORY[index - 1]?.version ?? 1);
      expect(step === 0 || step === 1).toBe(true);
      expect(line.note).not.toBe("");
    }
    expect(new Set(HISTORY.map((line) => line.hash)).size).toBe(HISTORY.length);
  });
});

describe("the examples of docs/PROTOCOL.md", () => {
  const text = readFileSync(join(import.meta.dir, "../../../../docs/PROTOCOL.md"), "utf8");
  const examples = text.split("\n## Examples\n")[1]?.split("\n## ")[0] ?? "";
  const lines = examples.split("\n").filter((line) => /^[CS]: /.test(line));
  const messages = lines.map((line) => {
    const json = line.slice(3).replace("LIMITS", JSON.stringify(DEFAULT_LIMITS));
    return { from: line[0], message: readMessage(JSON.parse(json)) };
  });

  test("P70: each message fits its schema, and each answer its question", () => {
    const asked = new Map<RpcId | null, Method>();
    for (const { from, message } of messages) {
      if (isRequest(message)) {
        expect(from).toBe("C");
        asked.set(message.id, message.method as Method);
        METHODS[message.method as Method].params.parse(message.params);
      } else if ("method" in message) {
        expect(from).toBe("S");
        NOTIFICATIONS[message.method as keyof typeof NOTIFICATIONS].parse(message.params);
      } else if (!isFailure(message)) {
        expect(from).toBe("S");
        METHODS[asked.get(message.id)!].result.parse(message.result);
      }
    }
  });

  test("there is one of every method, notification and kind of change", () => {
    const named = new Set(messages.flatMap(({ message }) => ("method" in message ? [message.method] : [])));
    expect([...named].toSorted()).toEqual([...Object.keys(METHODS), ...Object.keys(NOTIFICATIONS)].toSorted());
    for (const op of ["put", "patch", "append", "drop"]) expect(examples).toContain(`"op":"${op}"`);
  });
});

describe("the published JSON Schema", () => {
  const schema = protocolSchema();

  test("P20: says of every schema what a topic and an object look like", () => {
    const subscribe = schema.methods["subscribe"]?.params as { properties: { topic: JsonSchema } };
    expect(subscribe.properties.topic["type"]).toBe("string");
    expect("thread:a_B-1").toMatch(new RegExp(subscribe.properties.topic["pattern"] as string));
    expect("thread:").not.toMatch(new RegExp(subscribe.properties.topic["pattern"] as string));
    const commit = JSON.stringify(schema.notifications["commit"]);
    expect(commit).toContain('"value":{"type":"object"}');
  });

  test("P60, P61: tells commands from other methods, and each takes a key", () => {
    for (const [name, method] of Object.entries(schema.methods)) {
      const takesKey = JSON.stringify(method.params).includes('"key"');
      expect({ name, takesKey }).toEqual({ name, takesKey: method.command });
    }
  });

  test("leaves members with a default out of what a sender must write", () => {
    const prompt = schema.methods["thread.prompt"]?.params as { required: string[] };
    expect(prompt.required.toSorted()).toEqual(["key", "text", "thread"]);
  });

  test("says what each status, order and unknown means, and every member of a commit", () => {
    const missing: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [name, member] of Object.entries(value)) {
        const place = `${path}.${name}`;
        const wanted = path.endsWith(".properties") && ["status", "outcome", "order", "unknown"].includes(name);
        if (wanted && typeof (member as JsonSchema)["description"] !== "string") missing.push(place);
        walk(member, place);
      }
    };
    walk(schema.entities, "entities");
    const { properties } = schema.notifications["commit"] as { properties: Record<string, JsonSchema> };
    for (const name of ["epoch", "after", "seq", "ts", "floor", "changes"])
      if (properties[name]?.["description"] === undefined) missing.push(`commit.${name}`);
    expect(missing).toEqual([]);
  });

  test("survives JSON", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});
