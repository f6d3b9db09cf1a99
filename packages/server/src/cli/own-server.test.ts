import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { Place, scripted, type Program } from "./testing/skein.ts";

/** What `run` does where no server runs: it has one of its own, which others may find and use. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

/** Runs a turn that says its name, and ends once `let` is called with it. */
async function running(name: string): Promise<Program> {
  const run = place.start(["run", ...scripted({ text: `${name}\n` }, { until: `let-${name}` }, { text: "end\n" })]);
  await run.out.line((line) => line === name);
  return run;
}
const letGo = async (name: string): Promise<void> => void (await Bun.write(join(place.cwd, `let-${name}`), ""));

const STAYS = "others use the server that runs in this command";

test("several started at the same moment all get their answer", async () => {
  const prompts = ["one", "two", "three"];
  const ended = await Promise.all(prompts.map(async (prompt) => place.skein(["run", "--agent", "demo", prompt])));
  expect(ended.map(({ code, err }) => ({ code, err: code === 0 ? "" : err }))).toEqual(
    prompts.map(() => ({ code: 0, err: "" })),
  );
  expect(ended.map(({ out }) => /You said: “(\w+)”/.exec(out)?.[1])).toEqual(prompts);
  expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
});

test("a server in a command stays until the others that use it are done", async () => {
  const first = await running("first");
  const second = await running("second");
  await letGo("first");
  await first.err.line((line) => line.includes(STAYS));
  expect(first.process.exitCode).toBeNull();
  await letGo("second");
  expect(await second.ended()).toMatchObject({ code: 0, out: "second\nend\n" });
  expect(await first.ended()).toMatchObject({ code: 0, out: "first\nend\n" });
});

test("a server in a command stays for a turn nobody looks at", async () => {
  const first = await running("first");
  const thread = /\[thread\] (\w+)/.exec(first.err.text)?.[1] ?? "";
  const steps = [{ text: "late\n" }, { until: "let-late" }];
  expect((await place.skein(["send", thread, JSON.stringify(steps)])).code).toBe(0);
  await letGo("first");
  await first.err.line((line) => line.includes(STAYS));
  await letGo("late");
  expect((await first.ended()).code).toBe(0);
  const turns = (await place.exportJson(thread)).items.filter(({ kind }) => kind === "turn");
  expect(turns.map(({ status }) => status)).toEqual(["done", "done"]);
});

test("Ctrl-C ends the staying; who used the server has one of its own then, and sees that its turn was cut off", async () => {
  const first = await running("first");
  const second = await running("second");
  await letGo("first");
  await first.err.line((line) => line.includes(STAYS));
  first.process.kill("SIGINT");
  expect((await first.ended()).code).toBe(0);
  const { code, err } = await second.ended();
  expect(code).toBe(1);
  expect(err).toContain("[turn] interrupted");
});

test("Ctrl-C ends it in order also before there is a turn to cancel", async () => {
  const isThere = (): Promise<boolean> => Bun.file(join(place.data, "server.json")).exists();
  const starts = async (run: Program): Promise<void> => {
    while (!(await isThere())) if (run.process.exitCode !== null) throw new Error(run.err.text);
  };
  const begun = (run: Program): Promise<unknown> => run.err.line((line) => line.startsWith("[thread]"));
  for (const reached of [starts, begun]) {
    const run = place.start(["run", "--agent", "demo", "hello"]);
    await reached(run);
    run.process.kill("SIGINT");
    expect(await run.ended()).toMatchObject({ code: 130, err: expect.not.stringContaining("skein:") });
    expect(await isThere()).toBe(false);
  }
});

test("where the command with the server is killed, nobody waits for ever", async () => {
  const first = await running("first");
  const second = await running("second");
  first.process.kill("SIGKILL");
  const { code, err } = await second.ended();
  expect(code).toBe(1);
  expect(err).toContain("[turn] interrupted");
});
