import { expect, test } from "bun:test";
import { isPinned, threadTopic, type Json } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import fc from "fast-check";
import { Written } from "../testing/written.ts";
import { endSession, endTurn, queueTurn, startTurn } from "./lifecycle.ts";

type Act = (written: Written) => void;

const id = fc.constantFrom("a", "b", "c");
const status = fc.constantFrom("pending", "in_progress", "completed", "failed", "odd", undefined);
const tool: fc.Arbitrary<Act> = fc
  .tuple(fc.constantFrom("tool_call", "tool_call_update"), id, status, fc.option(fc.constantFrom("one", null)))
  .map(([sessionUpdate, toolCallId, state, extra]) => (written) => {
    const members = { ...(state === undefined ? {} : { status: state }), ...(extra === null ? {} : { extra }) };
    written.update({ sessionUpdate, toolCallId, title: "T", ...members });
  });
const terminal: fc.Arbitrary<Act> = fc
  .tuple(id, fc.constantFrom("started", "output", "exited"))
  .map(([name, event]) => (written) => {
    if (event === "started")
      written.event({ type: "terminal", terminal: name, event, command: "ls", args: [], cwd: "/" });
    else if (event === "output") written.event({ type: "terminal", terminal: name, event, text: "x" });
    else written.event({ type: "terminal", terminal: name, event, code: 0, signal: null });
  });
const ask: fc.Arbitrary<Act> = id.map((toolCallId) => (written) => {
  const options = [{ optionId: "yes", name: "Yes", kind: "allow_once" }];
  written.event({ type: "permission", request: toolCallId, toolCall: { toolCallId }, options });
});
const remark = (extra: Json) => ({
  sessionUpdate: "agent_message_chunk",
  content: { type: "text", text: "x", extra },
});
const rest: fc.Arbitrary<Act> = fc.constantFrom<Act[]>(
  (written) => void written.text("x"),
  (written) => void written.update(remark("a")),
  (written) => void written.update(remark({ b: null })),
  (written) => void written.event({ type: "withdrawn", request: "a" }),
  (written) => void written.update({ sessionUpdate: "plan", entries: [{ content: "x", status: "pending" }] }),
  (written) => void written.do(endSession),
  (written) => {
    written.do((draft) => endTurn(draft, { status: "done" }));
  },
  (written) => {
    if (written.state.running) return;
    written.do((draft) => {
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
  },
);

test("G2, P41: a replica that lets go of what has ended holds the same as one that comes anew, whatever an agent sends", () => {
  const acts = fc.array(fc.tuple(fc.oneof(tool, tool, terminal, ask, rest), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(acts, (list) => {
      const written = Written.running();
      const windowed = new Replica(threadTopic("aThread"));
      windowed.apply({ ...windowOf(written), changes: puts(written, () => true) });
      for (const [act, trim] of list) {
        const { seq } = written.thread;
        act(written);
        if (written.thread.seq > seq) {
          const applied = { ...windowOf(written), after: seq, changes: [...written.last] };
          expect(windowed.apply(JSON.parse(JSON.stringify(applied)) as typeof applied)).toBe("applied");
        }
        if (trim) windowed.trim(2);
        const expected = puts(written, (pos, value) => isPinned(value) || pos >= windowed.floor);
        for (const { kind, id: name, value } of expected) expect(windowed.get(kind, name)).toEqual(value);
        for (const { pos, value } of windowed.timeline()) {
          if (pos >= windowed.floor || isPinned(value))
            expect(expected.map((each) => each.value)).toContainEqual(value);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

const windowOf = (written: Written) => ({
  topic: threadTopic("aThread"),
  epoch: "e",
  after: null as number | null,
  seq: written.thread.seq,
  ts: 0,
});

function puts(written: Written, which: (pos: number, value: Record<string, unknown>) => boolean) {
  const { entities } = written.thread.dump();
  return entities
    .filter(({ value }) => which(typeof value["pos"] === "number" ? value["pos"] : Number.POSITIVE_INFINITY, value))
    .map((entity) => ({ op: "put" as const, ...entity }));
}
