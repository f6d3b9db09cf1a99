import { expect, test } from "bun:test";
import { Written } from "../testing/written.ts";
import { endTurn, queueTurn, startTurn } from "./lifecycle.ts";

const options = [{ optionId: "yes", name: "Yes", kind: "allow_once" }];

test("P40: the id of every item but a turn is a letter and its place, whatever its kind; a turn's number is its own", () => {
  const written = Written.running();
  for (let turn = 0; turn < 12; turn++) {
    written.text("answer").update(
      { sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "hm" } },
      { sessionUpdate: "tool_call", toolCallId: `t${turn}`, title: "T" },
      { sessionUpdate: "plan", entries: [{ content: "x", status: "pending" }] },
      // What it does not know of is told by a notice.
      { sessionUpdate: "of_a_later_version" },
    );
    const request = `r${turn}`;
    written.event({ type: "permission", request, toolCall: { toolCallId: `t${turn}` }, options });
    written.event({ type: "question", request: `q${turn}`, message: "Which?", mode: "form" });
    written.event({ type: "terminal", terminal: `x${turn}`, event: "started", command: "ls", args: [], cwd: "/" });
    written.do((draft) => {
      endTurn(draft, { status: "done" });
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
  }
  const items = written.thread.timeline();
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set(["turn", "message", "tool", "plan", "permission", "question", "terminal", "notice"]),
  );
  for (const { kind, id, pos } of items) {
    if (kind !== "turn") expect(id).toMatch(new RegExp(`^[a-z]${pos}$`));
  }
  const turns = items.filter(({ kind }) => kind === "turn").map(({ id }) => id);
  expect(turns).toEqual(Array.from({ length: 13 }, (_, index) => `u${index}`));
});
