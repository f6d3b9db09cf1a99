/**
 * Drives real agents through the command line, with a scripted model behind them, and writes docs/REAL-AGENTS.md.
 * Arguments: names of agents or scenarios to confine it to (the page is then left as it is).
 */
import { cpus } from "node:os";
import { join } from "node:path";
import { Place } from "../packages/server/src/cli/testing/skein.ts";
import { startModelServer } from "../test/support/model-server.ts";
import { REAL_AGENTS, type RealAgent } from "./real-agents/agents.ts";
import { install } from "./real-agents/install.ts";
import { pageOf, tableOf, type Outcome } from "./real-agents/report.ts";
import { SCENARIOS, type Stage } from "./real-agents/scenarios.ts";

const root = join(import.meta.dir, "..");
const wanted = process.argv.slice(2);
const isWanted = (name: string, all: readonly { name: string }[]): boolean =>
  !all.some((one) => wanted.includes(one.name)) || wanted.includes(name);

async function drive(agent: RealAgent): Promise<Outcome[]> {
  const program = await install(agent, join(root, ".cache", "real-agents"));
  const place = await Place.make();
  const model = startModelServer(() => place.cwd);
  const outcomes: Outcome[] = [];
  try {
    const home = join(place.root, "home");
    await agent.prepare(home);
    const recipe = { command: program, args: agent.args, env: agent.env(home, model.url) };
    await Bun.write(join(place.data, "agents.json"), JSON.stringify({ agents: { [agent.name]: recipe } }));
    const notes: string[] = [];
    const stage: Stage = {
      agent,
      program,
      place,
      model,
      server: await place.serve(),
      note: (text) => notes.push(text),
    };
    for (const { name, what, play } of SCENARIOS) {
      if (!isWanted(name, SCENARIOS)) continue;
      const began = performance.now();
      let fault: string | null = null;
      try {
        await play(stage);
      } catch (error) {
        fault = error instanceof Error ? error.message : String(error);
      }
      const seconds = (performance.now() - began) / 1000;
      outcomes.push({ agent, scenario: name, what, seconds, fault, notes: notes.splice(0) });
      console.log(`${agent.name} ${name}: ${fault ?? "ok"} (${seconds.toFixed(1)} s)`);
    }
    stage.server.child.process.kill("SIGTERM");
    await stage.server.child.process.exited;
  } finally {
    await model.stop();
    await place.remove();
  }
  return outcomes;
}

const outcomes: Outcome[] = [];
for (const agent of REAL_AGENTS) if (isWanted(agent.name, REAL_AGENTS)) outcomes.push(...(await drive(agent)));

console.log(`\n${tableOf(outcomes)}`);
if (wanted.length === 0) {
  const node = Bun.spawnSync(["node", "--version"]).stdout.toString().trim();
  const page = pageOf(outcomes, {
    date: new Date().toISOString().slice(0, 10),
    runtime: `Bun ${Bun.version} for Skein, Node ${node} for the agents`,
    machine: `${cpus().length} cores, ${process.platform} ${process.arch}`,
  });
  const file = join(root, "docs", "REAL-AGENTS.md");
  await Bun.write(file, page);
  Bun.spawnSync([join(root, "node_modules", ".bin", "oxfmt"), file], { cwd: root });
}
process.exit(outcomes.some(({ fault }) => fault !== null) ? 1 : 0);
