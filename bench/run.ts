/**
 * The benchmarks: `npm run bench [-- SECTION… --quick --against DIR]`. Prints a table for each section and writes everything to
 * bench/results as JSON and Markdown. Nothing here is a test: machines differ, and goals are said to be held or missed.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catchUp } from "./catch-up.ts";
import { fanout, idle } from "./fanout/fanout.ts";
import { ingest } from "./ingest.ts";
import { latency } from "./latency/latency.ts";
import { start } from "./start.ts";
import { token } from "./token/token.ts";
import { web } from "./web/web.ts";
import { RESULTS } from "./support/processes.ts";
import { type Section, type SectionOptions, table } from "./support/section.ts";

const SECTIONS: Record<string, (options: SectionOptions) => Promise<Section>> = {
  fanout,
  latency,
  ingest,
  catchup: catchUp,
  idle,
  start,
  token,
  web,
};

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, against: { type: "string" } },
});
const { quick, against } = flags;
const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(", ")}. There are: ${Object.keys(SECTIONS).join(", ")}.`);
  process.exit(2);
}

const machine = {
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  bun: Bun.version,
  node: (await new Response(Bun.spawn(["node", "--version"]).stdout).text()).trim(),
};
const text: string[] = [
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Bun ${machine.bun}, ` +
    `Node ${machine.node}; ${new Date().toISOString().slice(0, 10)}${quick ? "; quick, not to be quoted" : ""}`,
];
console.log(text[0]);

const sections: Record<string, Section> = {};
for (const [name, run] of Object.entries(SECTIONS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const section = await run({
    quick,
    ...(against === undefined ? {} : { against: resolve(against) }),
    log: (line) => console.error(`  ${line}`),
  });
  sections[name] = section;
  const goals = section.goals.map(
    ({ goal, measured, met }) => `- ${met ? "held" : "MISSED"}: ${goal}; measured ${measured}`,
  );
  const part = [`\n## ${section.title}\n`, section.about, "", table(section.rows), "", ...goals].join("\n");
  text.push(part);
  console.log(part);
}

await mkdir(RESULTS, { recursive: true });
const stamp = new Date().toISOString().replaceAll(":", "-").slice(0, 19);
await writeFile(join(RESULTS, `${stamp}.json`), JSON.stringify({ machine, quick, sections }, null, 2));
await writeFile(join(RESULTS, `${stamp}.md`), `${text.join("\n")}\n`);
console.log(`\nbench/results/${stamp}.json`);
