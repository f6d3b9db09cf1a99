import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { HISTORY } from "./history.ts";
import { protocolSchema, type JsonSchema } from "./schema.ts";
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

  test("survives JSON", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});
