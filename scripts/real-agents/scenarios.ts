import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exported } from "../../packages/server/src/cli/exported.ts";
import type { Place, Program } from "../../packages/server/src/cli/testing/skein.ts";
import { PLAN, saidBy, WRITTEN } from "../../test/support/model-server/scripts.ts";
import type { ModelServer } from "../../test/support/model-server.ts";
import type { RealAgent } from "./agents.ts";

export type Stage = {
  agent: RealAgent;
  /** The path of its program. */
  program: string;
  place: Place;
  model: ModelServer;
  /** The running server; a scenario that kills it puts the next one here. */
  server: { child: Program; pid: number };
  /** Notes what is worth a line in the report, though nothing failed. */
  note(text: string): void;
};

type Scenario = { name: string; what: string; play: (stage: Stage) => Promise<void> };

const MINUTE_MS = 60_000;
/** A call of `skein` that takes longer has hung. */
const LONGEST_MS = 120_000;

export const SCENARIOS: readonly Scenario[] = [
  { name: "write", what: "a new file, with leave", play: write },
  { name: "edit", what: "reads a file and changes it, with leave", play: edit },
  { name: "bash", what: "runs a command and shows its output", play: bash },
  { name: "plan", what: "tells a plan and advances it", play: plan },
  { name: "cancel", what: "Ctrl-C stops a streaming answer; the thread goes on after it", play: cancel },
  { name: "resume", what: "`kill -9` of the server in mid-answer; the agent goes on with its memory", play: resume },
];

async function write(stage: Stage): Promise<void> {
  const thread = await run(stage, "write");
  equal("the file", await readFile(join(stage.place.cwd, "hello.txt"), "utf8"), WRITTEN);
  toolsDone(await whole(stage, thread), 1);
}

async function edit(stage: Stage): Promise<void> {
  await writeFile(join(stage.place.cwd, "edit-me.txt"), "alpha\nbeta\ngamma\n");
  const thread = await run(stage, "edit");
  equal("the file", await readFile(join(stage.place.cwd, "edit-me.txt"), "utf8"), "alpha\nBETA\ngamma\n");
  const exported = await whole(stage, thread);
  toolsDone(exported, 2);
  const isDiff = ({ type, newText }: { type?: string; newText?: string }): boolean =>
    type === "diff" && newText?.includes("BETA") === true;
  const shown = exported.items.some(({ content }) => Array.isArray(content) && content.some(isDiff));
  if (!shown) throw new Error("No tool call shows the change as a diff.");
}

async function bash(stage: Stage): Promise<void> {
  const thread = await run(stage, "bash");
  const exported = await whole(stage, thread);
  toolsDone(exported, 1);
  const seen = JSON.stringify(exported.items.filter(({ kind }) => kind === "tool" || kind === "terminal"));
  if (!seen.includes("listed") || !seen.includes("readme.txt"))
    throw new Error(`The command's output is not there: ${seen}`);
}

async function plan(stage: Stage): Promise<void> {
  const { items } = await whole(stage, await run(stage, "plan"));
  const last = items.findLast(({ kind }) => kind === "plan");
  if (!stage.agent.tellsPlans) {
    if (last) throw new Error("It tells its plan now: set tellsPlans.");
    stage.note("tells no plan over ACP; the calls of its tool for plans are in the thread");
    return;
  }
  const entries = (last?.["entries"] ?? []) as { content: string; status: string }[];
  equal("the plan", JSON.stringify(entries.map(({ content }) => content)), JSON.stringify(PLAN));
  equal("its progress", entries.map(({ status }) => status).join(" "), "completed completed in_progress");
}

async function cancel(stage: Stage): Promise<void> {
  const thread = await run(stage, "hello");
  const program = stage.place.start(["send", thread, "--wait", "DEMO:slow"]);
  await program.out.line((line) => line === "Line 2 of a slow answer.");
  program.process.kill("SIGINT");
  equal("the exit code", (await end(program)).code, 130);
  const exported = await whole(stage, thread);
  equal("the turns", turnsOf(exported), "done cancelled");
  nothingOpen(exported);
  const said = answerOf(exported);
  if (!said.startsWith(saidBy("hello") + program.out.text.trimEnd())) throw new Error(`Seen, and not kept: ${said}`);
  if (!(saidBy("hello") + saidBy("slow")).startsWith(said)) throw new Error(`G4: not what was streamed: ${said}`);
  await send(stage, thread, "bash");
  const after = await whole(stage, thread);
  equal("the turns", turnsOf(after), "done cancelled done");
  equal("the answer", answerOf(after), said + saidBy("bash"));
  remembers(stage, "DEMO:hello");
}

async function resume(stage: Stage): Promise<void> {
  const thread = await run(stage, "hello");
  const session = (await whole(stage, thread)).thread["session"];
  const sent = await stage.place.skein(["send", thread, "--json", "DEMO:slow"]);
  equal("the exit code", sent.code, 0);
  const tail = stage.place.start(["tail", thread]);
  await tail.out.line((line) => line === "Line 2 of a slow answer.");
  const seen = tail.out.text.slice(tail.out.text.indexOf("Line 1 of a slow answer."));
  stage.server.child.process.kill("SIGKILL");
  await stage.server.child.process.exited;
  stage.server = await stage.place.serve();
  equal("the agents left running", leftRunning(stage).join(" "), "");

  const after = await whole(stage, thread);
  equal("the turns", turnsOf(after), "done interrupted");
  nothingOpen(after);
  const kept = answerOf(after);
  if (!kept.startsWith(saidBy("hello") + seen)) throw new Error(`G1: ${seen} was seen, ${kept} was kept.`);
  if (!(saidBy("hello") + saidBy("slow")).startsWith(kept)) throw new Error(`G4: not what was streamed: ${kept}`);
  tail.process.kill("SIGTERM");
  await tail.process.exited;

  if (stage.agent.resumesNextMinute) {
    stage.note("waited for the next minute: it spoils a conversation that it loads in the minute it began in");
    await sleep(MINUTE_MS - (Date.now() % MINUTE_MS));
  }
  await send(stage, thread, "bash");
  const resumed = await whole(stage, thread);
  equal("the turns", turnsOf(resumed), "done interrupted done");
  equal("the agent's own conversation", String(resumed.thread["session"]), String(session));
  remembers(stage, "DEMO:hello");
}

/** `skein run` to its end, then what must be so after any turn. Returns the thread. */
async function run(stage: Stage, script: string): Promise<string> {
  const program = start(stage, script);
  const { thread } = JSON.parse(await program.out.line()) as { thread: string };
  const { code, err } = await end(program);
  if (code !== 0) throw new Error(`skein run exited with ${code}: ${err}`);
  const exported = await whole(stage, thread);
  equal("the turn", turnsOf(exported), "done");
  nothingOpen(exported);
  equal("the answer", answerOf(exported), saidBy(script));
  return thread;
}

function start(stage: Stage, script: string): Program {
  return stage.place.start(["run", "--agent", stage.agent.name, "--answer", "allow", "--json", `DEMO:${script}`]);
}

async function send(stage: Stage, thread: string, script: string): Promise<void> {
  const program = stage.place.start(["send", thread, "--wait", "--answer", "allow", `DEMO:${script}`]);
  const { code, err } = await end(program);
  if (code !== 0) throw new Error(`skein send exited with ${code}: ${err}`);
}

async function end(program: Program): Promise<{ code: number; err: string }> {
  const late = setTimeout(() => program.process.kill("SIGKILL"), LONGEST_MS);
  try {
    return await program.ended();
  } finally {
    clearTimeout(late);
  }
}

async function whole(stage: Stage, thread: string): Promise<Exported> {
  const { code, out, err } = await stage.place.skein(["export", thread, "--format", "json"]);
  if (code !== 0) throw new Error(`skein export exited with ${code}: ${err}`);
  return JSON.parse(out) as Exported;
}

const turnsOf = ({ items }: Exported): string =>
  items
    .filter(({ kind }) => kind === "turn")
    .map(({ status }) => String(status))
    .join(" ");

const answerOf = ({ items }: Exported): string =>
  items
    .filter(({ kind, role }) => kind === "message" && role === "assistant")
    .map(({ text }) => String(text))
    .join("");

/** G7: whatever happened, nothing is left as if it went on. */
function nothingOpen({ items, thread }: Exported): void {
  const open = items.filter(({ status }) =>
    ["streaming", "running", "pending", "in_progress"].includes(String(status)),
  );
  if (open.length > 0)
    throw new Error(`Still open: ${open.map(({ kind, id, status }) => `${kind} ${id} ${String(status)}`).join(", ")}`);
  if (thread["status"] === "running") throw new Error("The thread is still running.");
}

/** Processes of the agent that nobody owns any more. */
function leftRunning({ program }: Stage): string[] {
  const { stdout } = Bun.spawnSync(["ps", "axo", "ppid=,pid=,args="]);
  const lines = stdout.toString().split("\n");
  return lines
    .filter((line) => /^ *1 /.test(line) && line.includes(program))
    .map((line) => line.trim().split(/ +/)[1] ?? "");
}

/** The agent's memory: the model was told of an earlier prompt. */
function remembers({ model }: Stage, earlier: string): void {
  if (model.asked.at(-1)?.some((prompt) => prompt.includes(earlier)) !== true) {
    throw new Error(`The agent went on without its memory: the model was not told of ${earlier}.`);
  }
}

function toolsDone({ items }: Exported, least: number): void {
  const tools = items
    .filter(({ kind }) => kind === "tool")
    .map(({ title, status }) => `${String(title)}: ${String(status)}`);
  const done = tools.filter((tool) => tool.endsWith(": completed")).length;
  if (done < least || done !== tools.length)
    throw new Error(`Expected ${least} tool calls completed: ${tools.join(", ")}`);
}

function equal(what: string, is: unknown, should: unknown): void {
  if (is !== should) throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
}
