import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Catalogue } from "../agents/catalogue.ts";
import { AgentAnnouncer } from "./agent-announcer.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
let announcer: AgentAnnouncer;
beforeEach(async () => {
  bench = await Workbench.open();
  await mkdir(join(bench.directory, "bin"));
  const { clock, directory, hub, store } = bench;
  const catalogue = new Catalogue({ data: directory, clock, self: ["/usr/bin/env"], path: join(directory, "bin") });
  announcer = new AgentAnnouncer({ store, hub, catalogue });
});
afterEach(() => bench.end());

const found = async () =>
  [...(await bench.replica("server")).all("agent")].flatMap(([id, value]) => (value.found ? id : []));
const seq = async () => (await bench.store.head("server"))?.seq;
const addUserAgents = (agents: object) =>
  writeFile(join(bench.directory, "agents.json"), JSON.stringify({ agents }), "utf8");

test("a program that comes, and one that goes, is seen some seconds later; nothing is written where nothing differs", async () => {
  const program = join(bench.directory, "bin", "gemini");
  await announcer.look();
  expect([await found(), await seq()]).toEqual([["demo"], 1]);
  await writeFile(program, "#!/bin/sh\n");
  await chmod(program, 0o755);
  await announcer.look();
  expect(await found()).toEqual(["demo"]);
  await bench.clock.advance(3_000);
  await Promise.all([announcer.look(), announcer.look(), announcer.look()]);
  expect([await found(), await seq()]).toEqual([["demo", "gemini"], 2]);
  await rm(program);
  await bench.clock.advance(3_000);
  await announcer.look();
  expect([await found(), await seq()]).toEqual([["demo"], 3]);
});

test("an agent that a person takes out of agents.json is there no more, and is told of once", async () => {
  await addUserAgents({ mine: { command: "/bin/sh" } });
  await announcer.look();
  expect(await found()).toEqual(["demo", "mine"]);
  await addUserAgents({});
  await announcer.look();
  await announcer.look();
  expect([await found(), await seq()]).toEqual([["demo"], 2]);
  await addUserAgents({ mine: { command: "/bin/sh" } });
  await announcer.look();
  expect([await found(), await seq()]).toEqual([["demo", "mine"], 3]);
});

test("a faulty agents.json is told to who asked, and changes nothing", async () => {
  await announcer.look();
  await writeFile(join(bench.directory, "agents.json"), "{");
  await expect(announcer.look()).rejects.toMatchObject({ kind: "invalid" });
  expect([await found(), await seq()]).toEqual([["demo"], 1]);
  await addUserAgents({ mine: { command: "/bin/sh" } });
  await announcer.look();
  expect(await found()).toEqual(["demo", "mine"]);
});

test("P52: what an agent offered last stays with it over looks and restarts; what is not known is not told of", async () => {
  const offers = {
    mode: "ask",
    modes: [{ id: "ask", name: "Ask" }],
    accepts: { image: true, audio: false, resource: true },
  };
  const agent = async () => (await bench.replica("server")).get("agent", "demo");
  await announcer.look();
  await Promise.all([announcer.offered("demo", offers), announcer.look(), announcer.offered("nobody", offers)]);
  expect(await agent()).toMatchObject({ found: true, offers });
  const before = await seq();
  await announcer.offered("demo", offers);
  await announcer.look();
  expect(await seq()).toBe(before);
  await announcer.offered("demo", { config: [{ id: "model", currentValue: "large" }] });
  expect((await agent())?.["offers"]).toEqual({ config: [{ id: "model", currentValue: "large" }] });
});

test("P52: the commands an agent told last stay with what it offers, whichever is told first", async () => {
  const commands = [{ name: "review", description: "Look at what changed", hint: "a branch" }];
  const offers = async () => (await bench.replica("server")).get("agent", "demo")?.["offers"];
  await announcer.look();
  await Promise.all([announcer.toldCommands("demo", commands), announcer.toldCommands("nobody", commands)]);
  expect(await offers()).toEqual({ commands });
  await announcer.offered("demo", { mode: "ask" });
  await announcer.look();
  expect(await offers()).toEqual({ mode: "ask", commands });
  const before = await seq();
  await announcer.toldCommands("demo", commands);
  expect(await seq()).toBe(before);
  await announcer.toldCommands("demo", []);
  expect(await offers()).toEqual({ mode: "ask", commands: [] });
});
