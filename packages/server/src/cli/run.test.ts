import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { Step } from "../../../../test/support/scripted-agent.ts";
import { exported } from "./exported.ts";
import { answerOf, jsonLines, Place, scripted, scriptedInFile } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

test("without a server: one of its own, the answer on stdout, all else on stderr, nothing left behind", async () => {
  const { code, out, err } = await place.skein(["run", "--agent", "demo", "hello"]);
  expect(code).toBe(0);
  expect(out).toStartWith("Hello! I am Skein's **demo agent**");
  expect(out).not.toContain("[");
  expect(err).toContain("[plan] 2/2 done");
  // oxlint-disable-next-line no-control-regex -- no colours in a pipe
  expect(err).not.toMatch(/\u001b/);
  expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
  expect(answerOf(await place.exportJson(await place.onlyThread()))).toBe(out);
});

test("--json: the thread, every commit, the turn; what the commits add up to is what is exported", async () => {
  const { code, out } = await place.skein(["run", "--agent", "demo", "--answer", "allow", "--json", "tour"]);
  expect(code).toBe(0);
  const [first, ...rest] = jsonLines(out);
  const last = rest.pop();
  const thread = first?.["thread"] as string;
  expect(first).toEqual({ thread: expect.stringMatching(/^[A-Za-z0-9]{16}$/) });
  expect(last?.["turn"]).toMatchObject({ status: "done", stopReason: "end_turn" });
  const replica = new Replica(`thread:${thread}`);
  for (const commit of rest) expect(replica.apply(commit as unknown as Commit)).toBe("applied");
  const whole = await place.exportJson(thread);
  expect(exported(thread, replica).items).toEqual(whole.items);
  expect(whole.items.map(({ pos }) => pos)).toEqual(whole.items.map(({ pos }) => pos).toSorted((a, b) => a - b));
  expect(whole.items.filter(({ kind }) => kind === "tool").map(({ toolKind, status }) => [toolKind, status])).toEqual([
    ["edit", "completed"],
    ["execute", "completed"],
  ]);
  expect(await readFile(join(place.cwd, "skein-demo.md"), "utf8")).toContain("- The tour was here.");
});

test("in a pipe what the agent asks is rejected, and how to allow it is said", async () => {
  const { code, err } = await place.skein(["run", "--agent", "demo", "edit", "a", "line"]);
  expect(code).toBe(0);
  expect(err).toContain("Rejected: no terminal to ask on. Pass --answer allow to permit. (Edit skein-demo.md)");
  expect(await Bun.file(join(place.cwd, "skein-demo.md")).exists()).toBe(false);
  expect((await place.skein(["run", "--agent", "demo", "/ask"])).err).toContain("Declined");
});

test("--answer ask in a pipe waits for another program; who answers late is told who was first", async () => {
  await place.serve();
  const run = place.start(["run", "--agent", "demo", "--answer", "ask", "edit a line"]);
  const hint = await run.err.line((line) => line.startsWith("waiting for an answer"));
  const thread = hint.split(" ")[6]!;
  const asked = JSON.parse((await place.skein(["answer", thread, "--json"])).out) as { id: string; kind: string }[];
  expect(asked).toMatchObject([{ kind: "permission", status: "pending" }]);
  const wrong = await place.skein(["answer", thread, "frob"]);
  expect(wrong).toMatchObject({
    code: 2,
    err: expect.stringContaining('"frob" is none of the choices. The choices:\n  1  Allow\n'),
  });
  expect((await place.skein(["answer", thread, "allow"])).code).toBe(0);
  expect((await run.ended()).code).toBe(0);
  const late = await place.skein(["answer", thread, "reject", "--request", asked[0]!.id]);
  expect(late.code).toBe(6);
  expect(late.err).toContain("was answered already: [permission] Edit skein-demo.md: Allow (by local)");
  expect((await place.skein(["answer", thread, "allow"])).code).toBe(5);
  expect(await Bun.file(join(place.cwd, "skein-demo.md")).exists()).toBe(true);
});

test("the prompt may come on stdin; --exec starts any ACP agent", async () => {
  const main = join(import.meta.dir, "..", "main.ts");
  const exec = `"${process.execPath}" '${main}' demo-agent`;
  const { code, out } = await place.skein(["run", "--exec", exec, "-"], { stdin: "good\nday" });
  expect(code).toBe(0);
  expect(out).toContain("You said: “good day”");
});

test("a command line given is more to the point than an agent named in the environment", async () => {
  const { code, out } = await place.skein(["run", ...scripted({ text: "scripted" })], { env: { SKEIN_AGENT: "demo" } });
  expect({ code, out }).toEqual({ code: 0, out: "scripted\n" });
});

test("a turn with more items than a window holds is followed to its end", async () => {
  const steps = Array.from({ length: 450 }, (_, call) => ({
    update: { sessionUpdate: "tool_call", toolCallId: `c${call}`, title: `Call ${call}`, status: "completed" },
  }));
  const { code, out, err } = await place.skein(["run", ...scripted(...steps, { text: "the end" })]);
  expect({ code, out }).toEqual({ code: 0, out: "the end\n" });
  expect(err.match(/Call \d+: completed/g)).toHaveLength(450);
  const { items } = await place.exportJson(await place.onlyThread());
  expect(items.filter(({ kind }) => kind === "tool")).toHaveLength(450);
});

test("P42, P45: a thread of more bytes than a window and its pages may have is followed, and exported whole", async () => {
  const agent = join(import.meta.dir, "../../../../test/support/scripted-agent.ts");
  const outputs = Array.from({ length: 24 }, (_, call) => `${call} `.padEnd(250_000, "x"));
  const calls = outputs.map((text, call) => {
    const content = [{ type: "content", content: { type: "text", text } }];
    const update = { sessionUpdate: "tool_call", toolCallId: `c${call}`, title: `Call ${call}`, content };
    return { update: { ...update, status: "completed" } };
  });
  const script = join(place.root, "script.json");
  await writeFile(script, JSON.stringify({ prompts: [[...calls, { text: "the end" }]] }));
  await place.serve();
  const exec = `"${process.execPath}" '${agent}' '${script}'`;
  expect(await place.skein(["run", "--exec", exec, "go"])).toMatchObject({ code: 0, out: "the end\n" });
  const { items } = await place.exportJson(await place.onlyThread());
  const tools = items.filter(({ kind }) => kind === "tool");
  const texts = tools.map(({ content }) => (content as { block: { text: string } }[])[0]?.block.text);
  expect(texts).toEqual(outputs);
  expect(items.map(({ kind }) => kind).filter((kind) => kind !== "tool")).toEqual(["turn", "message", "message"]);
});

test("exit codes tell how it ended", async () => {
  await place.serve();
  const cases: [string[], number, string][] = [
    [["run", "--agent", "demo", "/refuse"], 1, "[turn] ended: refusal"],
    [["run", "--agent", "demo", "/fail"], 1, "Demo failure, as you asked"],
    [["run", "--agent", "demo", "/crash"], 1, "[turn] interrupted"],
    [["run", "--agent", "frob", "hello"], 5, 'There is no agent "frob"'],
    [["run", "--exec", "skein-no-such-program", "hello"], 1, "was not found"],
    ...[["tail"], ["export"], ["cancel"], ["send", "hello"], ["answer", "allow"]].map(
      ([command = "", ...more]): [string[], number, string] => [
        [command, "nosuchthread", ...more],
        5,
        "There is no thread nosuchthread",
      ],
    ),
  ];
  for (const [args, code, says] of cases) {
    const result = await place.skein(args);
    expect({ args, code: result.code }).toEqual({ args, code });
    expect(result.err).toContain(says);
    const isLost = says.startsWith("There is no thread");
    expect(result.err.includes('"skein threads" lists the threads there are.')).toBe(isLost);
  }
});

test("a prompt that the server would refuse begins no thread; one of just the size allowed does", async () => {
  const settings = JSON.stringify({ limits: { promptBytes: 3000, frameBytes: 4100 } });
  await Bun.write(join(place.data, "settings.json"), settings);
  await place.serve();
  const cases: [string, string][] = [
    ["é".repeat(1501), "The prompt has 3002 bytes; the server takes 3000. Shorten it, or put it into a file"],
    ["\u0001".repeat(1000), "The prompt, as it is sent, has 6514 bytes; the server takes 4100. Shorten it, or"],
  ];
  for (const [stdin, says] of cases) {
    const { code, out, err } = await place.skein(["run", "--agent", "demo", "-"], { stdin });
    expect({ code, out, err }).toMatchObject({ code: 1, out: "", err: expect.stringContaining(says) });
    expect(err).not.toContain("[thread]");
  }
  expect((await place.skein(["threads", "--json"])).out.trim()).toBe("[]");
  const fitting = await place.skein(["run", "--agent", "demo", "-"], { stdin: "é".repeat(1500) });
  expect(fitting).toMatchObject({ code: 0, out: expect.stringContaining("You said") });
  const thread = await place.onlyThread();
  for (const [stdin, says] of cases) expect((await place.skein(["send", thread, "-"], { stdin })).err).toContain(says);
});

test("Ctrl-C cancels the turn; the thread says so", async () => {
  const run = place.start(["run", "--agent", "demo", "/long 1000000"]);
  await run.out.line((line) => line.startsWith("Demo line 3 "));
  run.process.kill("SIGINT");
  const { code, err } = await run.ended();
  expect(code).toBe(130);
  expect(err).toContain("cancelling; once more to leave at once");
  const whole = await place.exportJson(await place.onlyThread());
  expect(whole.items.find(({ kind }) => kind === "turn")?.["status"]).toBe("cancelled");
});

test("with its server gone, it can still be ended", async () => {
  const { child } = await place.serve();
  const run = place.start(["run", "--agent", "demo", "/long 1000000"]);
  await run.out.line((line) => line.startsWith("Demo line 3 "));
  child.process.kill("SIGKILL");
  await run.err.line((line) => line.includes("connection lost"));
  run.process.kill("SIGTERM");
  const { code, err } = await run.ended();
  expect(code).toBe(130);
  expect(err).toContain("not connected: leaving; the turn is left as it is");
});

test("a server that does not come back is waited for as long as --timeout says", async () => {
  const { child } = await place.serve();
  const run = place.start(["run", "--timeout", "1", "--agent", "demo", "/long 1000000"]);
  await run.out.line((line) => line.startsWith("Demo line 3 "));
  child.process.kill("SIGTERM");
  const { code, err } = await run.ended();
  expect(code).toBe(3);
  expect(err).toContain("skein: The server has been away for 1 s: giving up. What runs there is left as it is.");
});

test("output that came raw alone is shown by run and by export", async () => {
  const call = { sessionUpdate: "tool_call", toolCallId: "a", title: "List", kind: "execute", status: "completed" };
  const large = { output: "line\n".repeat(100_000), metadata: {} };
  const { code, err } = await place.skein([
    "run",
    ...(await scriptedInFile(
      join(place.root, "script.json"),
      { update: { ...call, rawOutput: { stdout: "a.txt\nb.txt\n", exit_code: 0 } } },
      { update: { ...call, toolCallId: "b", rawOutput: large } },
    )),
  ]);
  expect(code).toBe(0);
  expect(err).toContain("[execute] List: completed: a.txt b.txt");
  const { out } = await place.skein(["export", await place.onlyThread()]);
  expect(out).toContain("**execute** List: completed\n\n```\na.txt\nb.txt\n```\n");
  expect(out).toContain(`\`\`\`\n${large.output}\`\`\`\n`);
});

test("a turn that another program cancels ends with 130 here", async () => {
  await place.serve();
  const run = place.start(["run", "--agent", "demo", "--json", "/long 1000000"]);
  const { thread } = JSON.parse(await run.out.line()) as { thread: string };
  await run.out.line((line) => line.includes("Demo line 3 "));
  const cancelled = await place.skein(["cancel", thread, "--json"]);
  expect(JSON.parse(cancelled.out)).toMatchObject({ turn: expect.any(String) });
  expect((await run.ended()).code).toBe(130);
  expect(JSON.parse((await place.skein(["cancel", thread, "--json"])).out)).toMatchObject({ turn: null });
});

test("P3: what an agent says and nobody knows is kept, from its stdout to the export", async () => {
  const said = (text: string, more: object): Step => ({
    update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text, ...more } },
  });
  const { code, out } = await place.skein([
    "run",
    ...scripted(
      { update: { sessionUpdate: "telepathy", n: 1 } },
      { update: { sessionUpdate: "telepathy", n: 2 } },
      said("to", { annotations: { audience: ["user"] } }),
      said("gether", { annotations: { audience: ["user"], priority: 1 } }),
      {
        update: {
          sessionUpdate: "tool_call",
          toolCallId: "a",
          title: "Read",
          status: "completed",
          locations: [{ path: "/a", line: 1, column: 2 }],
          content: [{ type: "diff", path: "/a", newText: "", _meta: { kind: "add" } }],
        },
      },
    ),
  ]);
  expect({ code, out }).toEqual({ code: 0, out: "together\n" });
  const { items } = await place.exportJson(await place.onlyThread());
  expect(items.filter(({ kind, role }) => kind !== "turn" && role !== "user")).toMatchObject([
    { kind: "notice", count: 2, detail: { n: 1 } },
    { kind: "message", text: "together", unknown: { annotations: { audience: ["user"], priority: 1 } } },
    {
      kind: "tool",
      locations: [{ path: "/a", line: 1, unknown: { column: 2 } }],
      content: [{ type: "diff", unknown: { _meta: { kind: "add" } } }],
    },
  ]);
});
