import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { scriptedAgent, type Step } from "../../../../../test/support/scripted-agent.ts";
import { isAlive, WatchedAgent } from "../testing/watched-agent.ts";

let agent: WatchedAgent;
beforeEach(async () => void (agent = await WatchedAgent.open(scriptedAgent())));
afterEach(() => agent.remove());

const terminalId = "$terminal";
const create = (params: Record<string, unknown>): Step => ({ ask: "terminal/create", params });
const exited: Step = { ask: "terminal/wait_for_exit", params: { terminalId } };
const output: Step = { ask: "terminal/output", params: { terminalId } };
const release: Step = { ask: "terminal/release", params: { terminalId } };

/** The command line's output as the events told it. */
const told = (): string =>
  agent
    .all("terminal")
    .map((event) => (event.event === "output" ? event.text : ""))
    .join("");

test("a command runs in the thread's directory with the environment asked for, and its output is told", async () => {
  const env = [{ name: "COLOUR", value: "hot pink" }];
  await agent.prompt([
    create({ command: "/bin/sh", args: ["-c", 'echo "$COLOUR $HOME"; pwd -P; exit 3'], env }),
    exited,
    output,
  ]);
  const text = `hot pink ${process.env["HOME"]}\n${agent.cwd}\n`;
  expect(agent.answer).toEqual({ output: text, truncated: false, exitStatus: { exitCode: 3, signal: null } });
  expect(JSON.parse(agent.said.at(-2)!)).toEqual({ exitCode: 3, signal: null });
  const events = agent.all("terminal");
  expect(events[0]).toMatchObject({ event: "started", command: "/bin/sh", cwd: agent.cwd });
  expect(told()).toBe(text);
  expect(events.at(-1)).toMatchObject({ event: "exited", code: 3, signal: null });
  expect(new Set(events.map(({ terminal }) => terminal))).toEqual(
    new Set([(JSON.parse(agent.said[0]!) as { terminalId: string }).terminalId]),
  );
});

test("without arguments the command may be a whole command line", async () => {
  await agent.prompt([create({ command: "echo one && echo two | tr a-z A-Z" }), exited, output]);
  expect(agent.answer).toMatchObject({ output: "one\nTWO\n" });
});

test("arguments reach the command as they are", async () => {
  const args = ["%s|", "a b", "$HOME", "", "'", "*"];
  await agent.prompt([create({ command: "printf", args }), exited, output]);
  expect(agent.answer).toMatchObject({ output: "a b|$HOME||'|*|" });
});

test("stdout and stderr come in the order they were written", async () => {
  const script = "for n in 1 2 3 4 5 6 7 8 9; do echo out $n; echo err $n >&2; done";
  await agent.prompt([create({ command: "/bin/sh", args: ["-c", script] }), exited, output]);
  const text = Array.from({ length: 9 }, (_, n) => `out ${n + 1}\nerr ${n + 1}\n`).join("");
  expect(agent.answer).toMatchObject({ output: text });
  expect(told()).toBe(text);
});

test("G4: characters cut by a chunk's border come out whole", async () => {
  const script = String.raw`printf '\360\237'; sleep 0.05; printf '\247\266\303'; sleep 0.05; printf '\251\n'`;
  await agent.prompt([create({ command: "/bin/sh", args: ["-c", script] }), exited, output]);
  expect(agent.answer).toMatchObject({ output: "🧶é\n" });
  expect(told()).toBe("🧶é\n");
});

test("outputByteLimit keeps the end, cut at a character's border", async () => {
  await agent.prompt([create({ command: "printf", args: ["ab🧶cd"], outputByteLimit: 5 }), exited, output]);
  expect(agent.answer).toMatchObject({ output: "cd", truncated: true });
  expect(told()).toBe("ab🧶cd");
});

test("G5: a flood of output is told as it comes and kept only to the bound", async () => {
  await agent.prompt([create({ command: "/bin/sh", args: ["-c", "yes skein | head -c 20000000"] }), exited, output]);
  const { output: kept, truncated } = agent.answer as { output: string; truncated: boolean };
  expect({ bytes: kept.length, truncated }).toEqual({ bytes: 1024 * 1024, truncated: true });
  expect(told().length).toBe(20_000_000);
}, 30_000);

test("a command that is not there ends with 127 and says so", async () => {
  await agent.prompt([create({ command: "skein-no-such-program", args: ["x"] }), exited, output]);
  expect(agent.answer).toMatchObject({ output: expect.stringContaining("not found"), exitStatus: { exitCode: 127 } });
});

test("kill ends a command and all it started; the terminal stays readable until it is released", async () => {
  const script = "sleep 1000 & echo $!; trap '' HUP; wait";
  agent.send([
    create({ command: "/bin/sh", args: ["-c", script] }),
    { wait: "cancel" },
    { ask: "terminal/kill", params: { terminalId } },
    exited,
    output,
    release,
    output,
  ]);
  await agent.event("terminal", ({ event }) => event === "output");
  const child = Number(told());
  expect(isAlive(child)).toBe(true);
  agent.session.cancel();
  await agent.event("turn");
  const [, , waited, read, , gone] = agent.said.map((text) => JSON.parse(text) as unknown);
  expect(waited).toEqual({ exitCode: null, signal: "SIGTERM" });
  expect(read).toEqual({ output: `${child}\n`, truncated: false, exitStatus: { exitCode: null, signal: "SIGTERM" } });
  expect(gone).toMatchObject({ error: { code: -32002 } });
  while (isAlive(child)) await Bun.sleep(5);
});

test("what a command left running is ended when its terminal is released", async () => {
  await agent.prompt([create({ command: "sleep 1000 >/dev/null & echo $!" }), exited]);
  const child = Number(told());
  expect(isAlive(child)).toBe(true);
  await agent.prompt([release]);
  while (isAlive(child)) await Bun.sleep(5);
});

test("something that holds the output open does not keep the command's end from being told", async () => {
  await agent.prompt([create({ command: "sleep 1000 & echo $!" }), exited, output]);
  expect(agent.answer).toMatchObject({ exitStatus: { exitCode: 0 } });
  expect(agent.all("terminal").at(-1)).toMatchObject({ event: "exited", code: 0 });
});

test("closing the session ends all terminals, and tells it before the agent's end", async () => {
  agent.send([
    create({ command: "/bin/sh", args: ["-c", "echo $$; exec sleep 1000"] }),
    { ...exited, wait: false },
    { wait: "cancel" },
  ]);
  await agent.event("terminal", ({ event }) => event === "output");
  const pid = Number(told());
  await agent.session.close();
  expect(agent.events.slice(-2)).toMatchObject([
    { type: "terminal", event: "exited", signal: "SIGTERM" },
    { type: "exited" },
  ]);
  expect(isAlive(pid)).toBe(false);
});

test("errors say what is wrong", async () => {
  const refused = async (step: Step): Promise<unknown> => {
    await agent.prompt([step]);
    return (agent.answer as { error: unknown }).error;
  };
  await mkdir(join(agent.cwd, "sub"));
  expect(await refused({ ask: "terminal/output", params: { terminalId: "none" } })).toMatchObject({
    code: -32002,
    message: "There is no terminal none.",
  });
  expect(await refused(create({}))).toMatchObject({ code: -32602, message: expect.stringContaining("params.command") });
  expect(await refused(create({ command: "ls", cwd: "sub" }))).toMatchObject({
    code: -32602,
    message: expect.stringContaining("absolute"),
  });
  expect(await refused(create({ command: "ls", cwd: join(agent.cwd, "none") }))).toMatchObject({
    code: -32602,
    message: expect.stringContaining("does not exist"),
  });
  await agent.prompt([create({ command: "pwd -P", cwd: join(agent.cwd, "sub") }), exited, output]);
  expect(agent.answer).toMatchObject({ output: `${join(agent.cwd, "sub")}\n` });
});

test("G5: no more than 64 terminals at a time", async () => {
  await agent.prompt(Array.from({ length: 64 }, () => create({ command: "true" })));
  await agent.prompt([create({ command: "true" })]);
  expect(agent.answer).toMatchObject({ error: { message: "64 terminals are open: release some first." } });
  await agent.prompt([
    { ...release, params: { terminalId: (JSON.parse(agent.said[0]!) as { terminalId: string }).terminalId } },
    create({ command: "true" }),
  ]);
  expect(agent.answer).toHaveProperty("terminalId");
});
