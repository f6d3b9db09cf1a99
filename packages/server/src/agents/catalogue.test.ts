import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestClock } from "../testing/test-clock.ts";
import { Catalogue } from "./catalogue.ts";

let data: string;
let clock: TestClock;
let catalogue: Catalogue;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-catalogue-"));
  await mkdir(join(data, "bin"));
  clock = new TestClock();
  catalogue = new Catalogue({ data, clock, self: ["/usr/bin/env", "skein"], path: join(data, "bin") });
});
afterEach(() => rm(data, { recursive: true, force: true }));

const install = async (program: string, mode = 0o755): Promise<void> => {
  await writeFile(join(data, "bin", program), "#!/bin/sh\n");
  await chmod(join(data, "bin", program), mode);
};
const agent = async (name: string) => (await catalogue.entities()).find((each) => each.name === name);

test("the demo agent is this very program", async () => {
  expect(await catalogue.find("demo")).toMatchObject({ command: "/usr/bin/env", args: ["skein", "demo-agent"] });
  expect(await agent("demo")).toMatchObject({ command: ["/usr/bin/env", "skein", "demo-agent"], found: true });
});

test("a known agent is found when its program is on the PATH and may be run", async () => {
  await install("opencode");
  await install("goose", 0o644);
  await mkdir(join(data, "bin", "qwen"));
  expect(await agent("opencode")).toMatchObject({ title: "OpenCode", command: ["opencode", "acp"], found: true });
  expect(await agent("goose")).toMatchObject({ found: false });
  expect(await agent("qwen")).toMatchObject({ found: false });
  expect((await agent("gemini"))?.needs).toContain("GEMINI_API_KEY");
});

test("what was not found is looked for again after three seconds", async () => {
  expect((await agent("gemini"))?.found).toBe(false);
  await install("gemini");
  expect((await agent("gemini"))?.found).toBe(false);
  await clock.advance(3_000);
  expect((await agent("gemini"))?.found).toBe(true);
});

test("an unknown name is refused with the names there are", async () => {
  await expect(catalogue.find("nobody")).rejects.toMatchObject({
    kind: "not_found",
    message: expect.stringContaining("demo, claude"),
  });
  await expect(catalogue.find("constructor")).rejects.toMatchObject({ kind: "not_found" });
});

test("a person's own agents come from agents.json, at once, and before known ones", async () => {
  const agents = {
    mine: { command: "/opt/mine", args: ["--acp"], env: { A: "b" } },
    claude: { command: "my-claude", title: "Mine" },
  };
  await writeFile(join(data, "agents.json"), JSON.stringify({ agents }));
  expect(await catalogue.find("mine")).toEqual({
    title: "mine",
    command: "/opt/mine",
    args: ["--acp"],
    env: { A: "b" },
  });
  expect(await catalogue.find("claude")).toEqual({ title: "Mine", command: "my-claude", args: [] });
});

test("an agent's program is looked for where it will be started: on its own PATH, or from the thread's directory", async () => {
  const env = { PATH: join(data, "own") };
  const agents = { mine: { command: "mine", env, needs: "a licence" }, near: { command: "own/mine" } };
  await writeFile(join(data, "agents.json"), JSON.stringify({ agents }));
  const refused = { kind: "agent", message: expect.stringContaining("a licence") };
  await expect(catalogue.launch({ agent: "mine", cwd: data })).rejects.toMatchObject(refused);
  await mkdir(join(data, "own"));
  await writeFile(join(data, "own/mine"), "#!/bin/sh\n");
  await chmod(join(data, "own/mine"), 0o755);
  expect(await catalogue.launch({ agent: "mine", cwd: data })).toEqual({ command: "mine", args: [], env });
  expect(await catalogue.launch({ agent: "near", cwd: data })).toEqual({ command: "own/mine", args: [] });
  await expect(catalogue.launch({ agent: "near", cwd: "/" })).rejects.toMatchObject({ kind: "agent" });
});

test.each([
  ["{", "agents.json is not JSON", undefined],
  ['{"agents":{"a":{"args":[]}}}', "agents.json: agents.a.command: ", "agents.a.command"],
  ['{"agents":{"a":{"command":"x","argz":[]}}}', "agents.json: agents.a: ", "agents.a"],
  ['{"agents":{"a b":{"command":"x"}}}', "agents.json: agents.a b: ", "agents.a b"],
])("a wrong agents.json is refused, naming the file and the place: %s", async (text, message, path) => {
  await writeFile(join(data, "agents.json"), text);
  const error = { kind: "invalid", message: expect.stringContaining(message), path };
  await expect(catalogue.find("demo")).rejects.toMatchObject(error);
});
