import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import { exported, type Exported } from "./exported.ts";
import { jsonLines, Place } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const COMMANDS = "serve run threads tail send cancel answer export agents doctor demo-agent".split(" ");

async function onlyThread(): Promise<string> {
  const { out } = await place.skein(["threads", "--json"]);
  const threads = JSON.parse(out) as { thread: string }[];
  expect(threads.length).toBe(1);
  return threads[0]!.thread;
}

async function exportJson(thread: string): Promise<Exported> {
  const { code, out } = await place.skein(["export", thread, "--format", "json"]);
  expect(code).toBe(0);
  return JSON.parse(out) as Exported;
}

const answerOf = ({ items }: Exported): string =>
  items
    .filter(({ kind, role }) => kind === "message" && role === "assistant")
    .map(({ text }) => text as string)
    .join("");

describe("help", () => {
  test("through the launcher, on Node: the version, and the exit code of what it runs", async () => {
    expect(await place.launch(["--version"]).ended()).toEqual({ code: 0, out: "0.1.0\n", err: "" });
    const wrong = await place.launch(["frob"]).ended();
    expect(wrong.code).toBe(2);
    expect(wrong.err).toBe("error: unknown command 'frob'\nTry \"skein help\".\n");
  });

  test("every command has a help page with examples, and stands in the list", async () => {
    const list = await place.skein(["--help"]);
    expect(list.code).toBe(0);
    for (const name of COMMANDS) {
      const page = await place.skein([name, "--help"]);
      expect(page.code).toBe(0);
      expect(page.out).toStartWith(`Usage: skein ${name}`);
      expect(page.out).toMatch(/Examples?:\n {2}skein /);
      expect(list.out).toContain(`\n  ${name} `);
      expect((await place.skein(["help", name])).out).toBe(page.out);
    }
    expect((await place.skein(["help", "exit-codes"])).out).toContain("130  interrupted");
  });

  test("a faulty command line ends with 2, says what is wrong, and what to do", async () => {
    const cases: [string[], string][] = [
      [["tial"], "Did you mean tail?"],
      [["run", "--answer", "maybe", "x"], "Expected one of: allow, reject, ask."],
      [["serve", "--port", "70000"], "Expected a number from 0 to 65535."],
      [["export"], "missing required argument 'thread'"],
      [["tail", "../etc"], '"skein threads" lists them'],
      [["run", "--exec", "'open", "x"], "a quote is left open"],
      [["run", "--agent", "demo", ""], "There is no prompt."],
      [["threads", "--frob"], "unknown option '--frob'"],
      [["help", "frob"], "there is no help about 'frob'"],
    ];
    for (const [args, says] of cases) {
      const { code, out, err } = await place.skein(args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
      expect(err).toContain(says);
    }
  });
});

describe("run", () => {
  test("without a server: one of its own, the answer on stdout, all else on stderr, nothing left behind", async () => {
    const { code, out, err } = await place.skein(["run", "--agent", "demo", "hello"]);
    expect(code).toBe(0);
    expect(out).toStartWith("Hello! I am Skein's **demo agent**");
    expect(out).not.toContain("[");
    expect(err).toContain("[plan] 2/2 done");
    // oxlint-disable-next-line no-control-regex -- no colours in a pipe
    expect(err).not.toMatch(/\u001b/);
    expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
    expect(answerOf(await exportJson(await onlyThread()))).toBe(out);
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
    const whole = await exportJson(thread);
    expect(exported(thread, replica).items).toEqual(whole.items);
    expect(whole.items.map(({ pos }) => pos)).toEqual(whole.items.map(({ pos }) => pos).toSorted((a, b) => a - b));
    expect(whole.items.filter(({ kind }) => kind === "tool").map(({ toolKind, status }) => [toolKind, status])).toEqual(
      [
        ["edit", "completed"],
        ["execute", "completed"],
      ],
    );
    expect(await readFile(join(place.cwd, "skein-demo.md"), "utf8")).toContain("- The tour was here.");
  });

  test("in a pipe what the agent asks is rejected, and how to allow it is said", async () => {
    const { code, err } = await place.skein(["run", "--agent", "demo", "edit", "a", "line"]);
    expect(code).toBe(0);
    expect(err).toContain(
      "rejected, for there is nobody to ask (to allow such things: --answer allow): Edit skein-demo.md",
    );
    expect(await Bun.file(join(place.cwd, "skein-demo.md")).exists()).toBe(false);
    expect((await place.skein(["run", "--agent", "demo", "/ask"])).err).toContain("declined");
  });

  test("--answer ask in a pipe waits for another program; who answers late is told who was first", async () => {
    await place.serve();
    const run = place.start(["run", "--agent", "demo", "--answer", "ask", "edit a line"]);
    const hint = await run.err.line((line) => line.startsWith("waiting for an answer"));
    const thread = hint.split(" ")[6]!;
    const asked = JSON.parse((await place.skein(["answer", thread, "--json"])).out) as { id: string; kind: string }[];
    expect(asked).toMatchObject([{ kind: "permission", status: "pending" }]);
    expect((await place.skein(["answer", thread, "frob"])).err).toContain("allow, always, reject");
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

  test("a turn with more items than a window holds is followed to its end", async () => {
    const agent = join(import.meta.dir, "../../../../test/support/scripted-agent.ts");
    const steps = Array.from({ length: 450 }, (_, call) => ({
      update: { sessionUpdate: "tool_call", toolCallId: `c${call}`, title: `Call ${call}`, status: "completed" },
    }));
    const exec = `"${process.execPath}" '${agent}'`;
    const { code, out, err } = await place.skein([
      "run",
      "--exec",
      exec,
      JSON.stringify([...steps, { text: "the end" }]),
    ]);
    expect({ code, out }).toEqual({ code: 0, out: "the end\n" });
    expect(err.match(/Call \d+: completed/g)).toHaveLength(450);
    const { items } = await exportJson(await onlyThread());
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
    const { items } = await exportJson(await onlyThread());
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
      [["tail", "nosuchthread"], 5, '"skein threads" lists'],
      [["export", "nosuchthread"], 5, "nosuchthread"],
      [["cancel", "nosuchthread"], 5, "nosuchthread"],
      [["send", "nosuchthread", "hello"], 5, "nosuchthread"],
      [["answer", "nosuchthread", "allow"], 5, "nosuchthread"],
    ];
    for (const [args, code, says] of cases) {
      const result = await place.skein(args);
      expect({ args, code: result.code }).toEqual({ args, code });
      expect(result.err).toContain(says);
    }
  });

  test("Ctrl-C cancels the turn; the thread says so", async () => {
    const run = place.start(["run", "--agent", "demo", "/long 1000000"]);
    await run.out.line((line) => line.startsWith("Demo line 3 "));
    run.process.kill("SIGINT");
    const { code, err } = await run.ended();
    expect(code).toBe(130);
    expect(err).toContain("cancelling; once more to leave at once");
    const whole = await exportJson(await onlyThread());
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
});

describe("on a terminal", () => {
  test("the person is asked, with what it is about and the agent's own options, and sees progress", async () => {
    let answered = false;
    const { code, out } = await place.inTerminal(["run", "--agent", "demo", "edit asked"], (shown, type) => {
      if (answered || !shown.endsWith("Which? ")) return;
      answered = true;
      type("x1");
      type("1");
    });
    expect(code).toBe(0);
    expect(out).toContain("+- asked");
    expect(out).toContain("1  Allow\r\n");
    expect(out).toContain("3  Reject\r\n");
    expect(out).toContain("Ctrl-C to cancel");
    expect(await readFile(join(place.cwd, "skein-demo.md"), "utf8")).toContain("- asked");
  });

  test("a form is filled in line by line", async () => {
    const answers = ["Ada\r", "mauve\r", "blue\r", "y\r"];
    let seen = 0;
    const { code, out } = await place.inTerminal(["run", "--agent", "demo", "/ask"], (shown, type) => {
      const questions = shown.match(/(?:Your name|A colour|Ask again some day\?)[^\n]*: /g)?.length ?? 0;
      if (questions > seen) {
        seen = questions;
        type(answers.shift() ?? "");
      }
    });
    expect(code).toBe(0);
    expect(out).toContain('{"name":"Ada","colour":"blue","again":true}');
  });

  test("what an agent writes cannot command the terminal", async () => {
    const { out } = await place.inTerminal(["run", "--agent", "demo", "say \u001b]0;owned\u0007 \u009b2J"], () => {});
    expect(out).toContain("]0;owned");
    expect(out).not.toContain("\u001b]0;");
    expect(out).not.toContain("\u009b");
  });
});

describe("threads", () => {
  test("send queues and tells the turn; --wait streams it; the agent remembers", async () => {
    await place.serve();
    await place.skein(["run", "--agent", "demo", "the first"]);
    const thread = await onlyThread();
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
    const thread = await onlyThread();
    const before = await exportJson(thread);
    const replica = new Replica(`thread:${thread}`);
    const changes = [
      { op: "put" as const, kind: "thread", id: thread, value: before.thread },
      ...before.items.map(({ kind, id, ...value }) => ({ op: "put" as const, kind, id, value })),
    ];
    replica.apply({ topic: `thread:${thread}`, epoch: before.epoch, after: null, seq: before.seq, ts: 0, changes });

    await place.skein(["send", thread, "--wait", "second"]);
    const after = await exportJson(thread);
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
    const thread = await onlyThread();
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
    const { out } = await place.skein(["export", await onlyThread()]);
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

  test("whoever reads stdout may stop reading", async () => {
    const main = join(import.meta.dir, "..", "main.ts");
    const head = `set -o pipefail; "${process.execPath}" '${main}' run --agent demo '/long 100000' | head -1`;
    const { stdout, exitCode } = Bun.spawnSync(["bash", "-c", head], { cwd: place.cwd, env: place.env });
    expect(stdout.toString()).toStartWith("Demo line 1 of 100000");
    expect(exitCode).toBe(0);
  });
});

describe("serve", () => {
  test("says in one line where it is, is found by others, and goes at SIGTERM", async () => {
    const { child, url, token, pid } = await place.serve();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(token).toBe((await readFile(join(place.data, "token"), "utf8")).trim());
    expect((await stat(join(place.data, "token"))).mode & 0o777).toBe(0o600);
    expect(pid).toBe(child.process.pid);
    const second = await place.skein(["serve", "--port", "0"]);
    expect(second.code).toBe(3);
    expect(second.err).toContain(`A server already runs on ${place.data}: ${url}, process ${pid}.`);
    expect((await place.skein(["threads"], { env: { SKEIN_URL: url, SKEIN_TOKEN: token } })).code).toBe(0);
    child.process.kill("SIGTERM");
    expect(await child.process.exited).toBe(0);
    expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
  });

  test("through the launcher it goes at SIGTERM too", async () => {
    const child = place.launch(["serve", "--port", "0"]);
    expect(await child.out.line()).toMatch(/^Skein is ready at http:\/\/127\.0\.0\.1:\d+$/);
    child.process.kill("SIGTERM");
    expect(await child.process.exited).toBe(0);
  });

  test("a taken port is told with what to do; another machine's network needs a word", async () => {
    const taken = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    taken.listen(0, "127.0.0.1", resolve);
    await promise;
    const { port } = taken.address() as { port: number };
    const { code, err } = await place.skein(["serve", "--port", String(port)]);
    taken.close();
    expect(code).toBe(3);
    expect(err).toContain(`Port ${port} on 127.0.0.1 is taken. Use --port with another`);
    const open = await place.skein(["serve", "--port", "0", "--host", "0.0.0.0"]);
    expect(open.code).toBe(3);
    expect(open.err).toContain("--allow-plain-http");
  });

  test("what a killed server left in server.json counts for nothing", async () => {
    const { child, url } = await place.serve();
    child.process.kill("SIGKILL");
    await child.process.exited;
    expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(true);
    expect((await place.skein(["run", "--agent", "demo", "hello"])).code).toBe(0);
    // A process of ours may have its number by now; nobody at the address is Skein.
    await writeFile(join(place.data, "server.json"), JSON.stringify({ url, pid: process.pid }));
    expect((await place.skein(["threads"])).code).toBe(0);
  });

  test("a server that cannot be reached, and one that does not let in", async () => {
    const { url } = await place.serve();
    const gone = await place.skein(["threads"], { env: { SKEIN_URL: "http://127.0.0.1:1", SKEIN_TOKEN: "x" } });
    expect(gone.code).toBe(3);
    expect(gone.err).toContain("Cannot reach the server at http://127.0.0.1:1");
    expect((await place.skein(["threads"], { env: { SKEIN_URL: url, SKEIN_TOKEN: "wrong" } })).code).toBe(4);
    const without = await place.skein(["threads"], { env: { SKEIN_URL: url } });
    expect(without.code).toBe(2);
    expect(without.err).toContain("SKEIN_TOKEN is not");
  });
});

describe("doctor", () => {
  const faults = async (): Promise<[number, string[]]> => {
    const { code, out } = await place.skein(["doctor", "--json"]);
    const findings = JSON.parse(out) as { check: string; status: string; remedy?: string }[];
    return [
      code,
      findings.filter(({ status }) => status === "fault").map(({ check, remedy }) => `${check}: ${remedy}`),
    ];
  };

  test("finds nothing at fault on a new machine, nor beside a running server", async () => {
    expect(await faults()).toEqual([0, []]);
    expect(await Bun.file(join(place.data, "skein.sqlite")).exists()).toBe(false);
    await place.serve();
    expect(await faults()).toEqual([0, []]);
    const { out } = await place.skein(["doctor"]);
    expect(out).toMatch(/ok +sign-in +the server knows you as/);
  });

  test("says what is at fault and what to do", async () => {
    await mkdir(place.data, { recursive: true, mode: 0o700 });
    await writeFile(join(place.data, "token"), "secret\n");
    await chmod(join(place.data, "token"), 0o644);
    await writeFile(join(place.data, "skein.sqlite"), "no database at all, but long enough to look at".repeat(100));
    await writeFile(join(place.data, "agents.json"), "{");
    const [code, said] = await faults();
    expect(code).toBe(1);
    expect(said.map((fault) => fault.split(":")[0]!)).toEqual(["token", "database", "agents"]);
    expect(said[0]).toContain(`chmod 600 '${join(place.data, "token")}'`);
    expect(said[1]).toContain(".recover");
  });
});
