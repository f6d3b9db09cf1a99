import { expect, test } from "bun:test";
import { SkeinError, type Json } from "@skein/client/protocol";
import { TestClock } from "../testing/test-clock.ts";
import { RequestError, RpcPeer, type Reply } from "./rpc-peer.ts";

function setUp() {
  const clock = new TestClock();
  const sent: Json[] = [];
  const requests: { method: string; params: Json | undefined; reply: Reply }[] = [];
  const notifications: { method: string; params: Json | undefined }[] = [];
  const faults: string[] = [];
  const peer = new RpcPeer({
    clock,
    write: (line) => void sent.push(JSON.parse(line) as Json),
    request: (method, params, reply) => void requests.push({ method, params, reply }),
    notification: (method, params) => void notifications.push({ method, params }),
    fault: (text, line) => void faults.push(`${text}: ${line}`),
  });
  const receive = (message: unknown): void | Promise<void> => peer.receive(JSON.stringify(message));
  return { clock, sent, requests, notifications, faults, peer, receive };
}

test("a request is answered by id, whatever the order", async () => {
  const { peer, sent, receive } = setUp();
  const first = peer.ask("a", { x: 1 }, 1000);
  const second = peer.ask("b", {}, 1000);
  expect(sent).toEqual([
    { jsonrpc: "2.0", id: 0, method: "a", params: { x: 1 } },
    { jsonrpc: "2.0", id: 1, method: "b", params: {} },
  ]);
  void receive({ jsonrpc: "2.0", id: 1, result: "second" });
  void receive({ jsonrpc: "2.0", id: 0, result: null });
  expect(await second).toBe("second");
  expect(await first).toBeNull();
});

test("facts: request ids of both sides start at 0 and are separate spaces", async () => {
  const { peer, sent, requests, receive } = setUp();
  const ours = peer.ask("ours", {}, 1000);
  void receive({ jsonrpc: "2.0", id: 0, method: "theirs", params: [1] });
  requests[0]?.reply.result("for them");
  void receive({ jsonrpc: "2.0", id: 0, result: "for us" });
  expect(await ours).toBe("for us");
  expect(sent[1]).toEqual({ jsonrpc: "2.0", id: 0, result: "for them" });
  expect(requests[0]).toMatchObject({ method: "theirs", params: [1] });
});

test("an error is typed and keeps its data", async () => {
  const { peer, receive } = setUp();
  const asked = peer.ask("a", {}, 1000);
  void receive({ jsonrpc: "2.0", id: 0, error: { code: -32000, message: "who?", data: { x: 1 } } });
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ code: -32000, message: "who?", data: { x: 1 } });
});

test.each([[null], ["no"], [{ code: "x" }], [{ message: "" }]])(
  "an error that is none is one all the same: %p",
  async (error) => {
    const { peer, receive } = setUp();
    const asked = peer.ask("a", {}, 1000);
    void receive({ jsonrpc: "2.0", id: 0, error });
    if (error === null) expect(await asked).toBeNull();
    else await expect(asked).rejects.toMatchObject({ code: -32603 });
  },
);

test("a request without an answer fails in time; the answer that comes late is no fault", async () => {
  const { peer, clock, faults, receive } = setUp();
  const asked = peer.ask("slow", {}, 60_000);
  const failed = asked.catch((reason: unknown) => reason);
  await clock.advance(60_000);
  expect(await failed).toMatchObject({ kind: "agent", message: "The agent did not answer slow within 60 s." });
  void receive({ jsonrpc: "2.0", id: 0, result: {} });
  expect(faults).toEqual([]);
  expect(clock.pending).toBe(0);
});

test("G8: who awaits an answer runs before the line behind it is looked at", async () => {
  const { peer, notifications, receive } = setUp();
  const seen: number[] = [];
  const asked = peer.ask("a", {}, 1000).then(() => seen.push(notifications.length));
  await receive({ jsonrpc: "2.0", id: 0, result: {} });
  await receive({ jsonrpc: "2.0", method: "later" });
  await asked;
  expect(seen).toEqual([0]);
});

test.each([
  ["garbage", "a line that is not JSON"],
  ['"text"', "a line that is not a JSON-RPC message"],
  ["[]", "a line that is not a JSON-RPC message"],
  ["null", "a line that is not a JSON-RPC message"],
  ['{"id":1}', "a line that is not a JSON-RPC message"],
  ['{"id":{},"method":"x"}', "a line that is not a JSON-RPC message"],
  ['{"id":7,"result":1}', "an answer to a request that was never made"],
])("what is no message is told: %s", (line, text) => {
  const { peer, faults } = setUp();
  void peer.receive(line);
  expect(faults).toEqual([`${text}: ${line}`]);
});

test("an answer under another id's likeness settles nothing and is told; the request goes on to its answer, or its end", async () => {
  const { peer, faults, receive, clock } = setUp();
  const answered = peer.ask("a", {}, 1000);
  const never = peer.ask("b", {}, 1000).catch((reason: unknown) => reason);
  await receive({ jsonrpc: "2.0", id: "0", result: "wrong" });
  await receive({ jsonrpc: "2.0", id: "1", error: { code: 1, message: "wrong" } });
  await receive({ jsonrpc: "2.0", id: 0, result: "right" });
  expect(await answered).toBe("right");
  await clock.advance(1000);
  expect(await never).toMatchObject({ message: "The agent did not answer b within 1 s." });
  expect(faults.map((fault) => fault.split(": ")[0])).toEqual([
    'an answer under "0" to the request 0, which goes on waiting for its own',
    'an answer under "1" to the request 1, which goes on waiting for its own',
  ]);
});

test("only the start of garbage is told", () => {
  const { peer, faults } = setUp();
  void peer.receive("x".repeat(100_000));
  expect(faults[0]?.length).toBeLessThan(600);
});

test("a request is answered once", () => {
  const { sent, requests, receive } = setUp();
  void receive({ jsonrpc: "2.0", id: "q", method: "m" });
  requests[0]?.reply.error(new RequestError(-32601, "no"));
  requests[0]?.reply.result("yes");
  expect(sent).toEqual([{ jsonrpc: "2.0", id: "q", error: { code: -32601, message: "no" } }]);
});

test("a line over the bound fails the request it belongs to", async () => {
  const { peer, sent, faults } = setUp();
  const asked = peer.ask("a", {}, 1000).catch((reason: unknown) => reason);
  void peer.receiveOverlong('{"jsonrpc":"2.0","id":5,"method":"fs/write_text_file","params":{"content":"xxx', 20);
  void peer.receiveOverlong('{"jsonrpc":"2.0","id":0,"result":{"content":"xxx', 30);
  void peer.receiveOverlong('{"jsonrpc":"2.0","method":"session/update","params":{"id":1,', 40);
  expect(sent[1]).toMatchObject({ id: 5, error: { code: -32600 } });
  expect(await asked).toMatchObject({
    code: -32600,
    message: "The line of 30 bytes is over the bound and was skipped.",
  });
  expect(faults.map((fault) => fault.slice(0, 21))).toEqual([
    "a line of 20 bytes, w",
    "a line of 30 bytes, w",
    "a line of 40 bytes, w",
  ]);
});

/** JSON of arrays in each other. */
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

test.each([257, 100_000])("a line nested %i deep is told, and fails the request it belongs to", async (levels) => {
  const { peer, sent, requests, notifications, faults } = setUp();
  const asked = peer.ask("a", {}, 1000).catch((reason: unknown) => reason);
  await peer.receive(`{"jsonrpc":"2.0","id":5,"method":"x","params":${nested(levels)}}`);
  await peer.receive(`{"jsonrpc":"2.0","result":${nested(levels)},"id":0}`);
  await peer.receive(`{"jsonrpc":"2.0","method":"session/update","params":${nested(levels)}}`);
  expect(sent[1]).toMatchObject({ id: 5, error: { code: -32600 } });
  const message = "The line is nested deeper than 256 levels and was skipped.";
  expect(await asked).toMatchObject({ code: -32600, message });
  expect([...requests, ...notifications]).toEqual([]);
  expect(faults.map((fault) => fault.split(":")[0])).toEqual(Array(3).fill("a line nested deeper than 256 levels"));
});

test("a line nested to the bound is taken, and brackets in a text are no nesting", async () => {
  const { peer, notifications, faults } = setUp();
  await peer.receive(`{"jsonrpc":"2.0","method":"x","params":${nested(255)}}`);
  await peer.receive(JSON.stringify({ jsonrpc: "2.0", method: "x", params: { text: nested(10_000) } }));
  expect(notifications).toHaveLength(2);
  expect(faults).toEqual([]);
});

test("closing fails what waits, and what is asked later", async () => {
  const { peer, sent, clock } = setUp();
  const before = peer.ask("a", {}, 1000);
  const failed = before.catch((reason: unknown) => reason);
  peer.close(new SkeinError("agent", "gone"));
  expect(await failed).toMatchObject({ message: "gone" });
  await expect(peer.ask("b", {}, 1000)).rejects.toMatchObject({ message: "gone" });
  peer.notify("c", {});
  expect(sent).toHaveLength(1);
  expect(clock.pending).toBe(0);
});
