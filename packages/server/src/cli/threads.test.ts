import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import { exported, type Exported } from "./exported.ts";
import { answerOf, jsonLines, Place, scriptedInFile } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

test("send queues and tells the turn; --wait streams it; the agent remembers", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "the first"]);
  const thread = await place.onlyThread();
  const sent = await place.skein(["send", thread, "--json", "the second"]);
  expect(JSON.parse(sent.out)).toEqual({ turn: { id: expect.any(String) } });
  const waited = await place.skein(["send", thread, "--wait", "/recall"]);
  expect(waited).toMatchObject({ code: 0, out: "Demo: you said before:\n\n1. the first\n2. the second\n" });
});

test("one that rests after a failure is listed as failed", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "fail"]);
  expect((await place.skein(["threads"])).out).toMatch(/^\w{16} +failed /m);
});

test("tail --after goes on from a position: with what came before it, the same thread", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "first"]);
  const thread = await place.onlyThread();
  const before = await place.exportJson(thread);
  const replica = new Replica(`thread:${thread}`);
  const changes = [
    { op: "put" as const, kind: "thread", id: thread, value: before.thread },
    ...before.items.map(({ kind, id, ...value }) => ({ op: "put" as const, kind, id, value })),
  ];
  replica.apply({ topic: `thread:${thread}`, epoch: before.epoch, after: null, seq: before.seq, ts: 0, changes });

  await place.skein(["send", thread, "--wait", "second"]);
  const after = await place.exportJson(thread);
  const tail = place.start(["tail", thread, "--after", String(before.seq), "--json"]);
  for (let seen = 0; replica.seq < after.seq; seen++) {
    await tail.out.line((line) => (JSON.parse(line) as Commit).after === replica.seq);
    expect(
      replica.apply(jsonLines(tail.out.text.slice(0, tail.out.text.lastIndexOf("\n")))[seen] as unknown as Commit),
    ).toBe("applied");
  }
  tail.process.kill("SIGINT");
  expect(await tail.process.exited).toBe(130);
  const ids = (items: Exported["items"]): string[] => items.map(({ kind, id, pos }) => `${kind} ${id} ${pos}`);
  expect(ids(exported(thread, replica).items)).toEqual(ids(after.items));
  expect(answerOf(exported(thread, replica))).toBe(answerOf(after));
});

test("tail prints the newest items, then follows", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "first"]);
  const thread = await place.onlyThread();
  const tail = place.start(["tail", thread]);
  await tail.out.line((line) => line === "[prompt] first");
  await place.skein(["send", thread, "second"]);
  await tail.out.line((line) => line === "[prompt] second");
  tail.process.kill("SIGTERM");
  expect(await tail.process.exited).toBe(130);
});

test("export --format md is to be read; the list is a table", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "--answer", "allow", "tour"]);
  const { out } = await place.skein(["export", await place.onlyThread()]);
  expect(out).toStartWith("# Demo: tour\n");
  expect(out).toContain("## Prompt\n\ntour\n");
  expect(out).toContain("- [x] Explain\n");
  expect(out).toContain("```diff\n--- ");
  expect(out).toContain("+- The tour was here.\n```");
  expect(out).toContain("`sh -c ls -la`\n\n```\n");
  const list = await place.skein(["threads"]);
  expect(list.out).toMatch(/^THREAD +STATUS +CHANGED +AGENT +TITLE\n\w{16} +idle +just now +demo +Demo: tour\n$/);
  expect((await place.skein(["agents"])).out).toMatch(/\ndemo +yes /);
  const agents = JSON.parse((await place.skein(["agents", "--json"])).out) as { name: string; found: boolean }[];
  expect(agents).toContainEqual(expect.objectContaining({ name: "demo", found: true }));
});

test("P58: export has the diff of a file however large, and its path and lines where a text is gone", async () => {
  await place.serve();
  const before = "a line of code\n".repeat(20_000);
  const content = [{ type: "diff", path: "/srv/big.ts", oldText: before, newText: `${before}one more\n` }];
  const edit = {
    sessionUpdate: "tool_call",
    toolCallId: "a",
    title: "Edit",
    kind: "edit",
    status: "completed",
    content,
  };
  await place.skein(["run", ...(await scriptedInFile(join(place.root, "script.json"), { update: edit }))]);
  const thread = await place.onlyThread();
  const exportMd = async () => (await place.skein(["export", thread])).out;
  expect(await exportMd()).toContain(
    "**edit** Edit: completed\n\n```diff\n--- /srv/big.ts\n+++ /srv/big.ts\n@@ line 20001 @@\n+one more\n```\n",
  );
  await rm(join(place.data, "blobs"), { recursive: true });
  expect(await exportMd()).toMatch(/--- \/srv\/big.ts\n\+{3} \/srv\/big.ts\n\(lines: \+1 -0; .* 404 /);
});

test("export --format md says what became of a turn below what came of it", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "/crash"]);
  await place.skein(["run", "--agent", "demo", "/fail"]);
  const list = JSON.parse((await place.skein(["threads", "--json"])).out) as { thread: string; title: string }[];
  const shown = async (title: string): Promise<string> =>
    (await place.skein(["export", list.find((each) => each.title.includes(title))!.thread])).out;
  const crashed = await shown("/crash");
  expect(crashed.indexOf("## Prompt\n\n/crash\n")).toBeGreaterThan(0);
  expect(crashed.indexOf("\n> interrupted")).toBeGreaterThan(crashed.indexOf("## Prompt"));
  const failed = await shown("/fail");
  expect(failed.indexOf("\n> failed: ")).toBeGreaterThan(failed.indexOf("## Prompt"));
});

test("export --format md: each turn's end stands before the next prompt", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "/crash"]);
  const thread = await place.onlyThread();
  await place.skein(["send", thread, "--wait", "hello"]);
  const { out } = await place.skein(["export", thread]);
  const order = ["## Prompt\n\n/crash", "\n> interrupted", "## Prompt\n\nhello"].map((text) => out.indexOf(text));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});
