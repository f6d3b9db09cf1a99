/**
 * The whole check of this repository: types, build, lint, format, unused code, tests. Runs every step whatever became
 * of the one before, then prints what failed and, alone on the last line, `N passed, N failed`, with `, N skipped` behind
 * it where tests were skipped. A step counts as a test, so does each test of `bun test`.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);

/** A test that never gives control back cannot be ended by the runner; this ends the runner. */
const LONGEST_MS = 13 * 60_000;

type Counts = { passed: number; failed: number; skipped: number };

const STEPS: { name: string; command: string[] }[] = [
  { name: "types", command: [bin("tsc"), "--noEmit"] },
  { name: "build of the client", command: [bin("tsc"), "-p", "packages/client/tsconfig.build.json"] },
  { name: "build of the web app", command: [process.execPath, "apps/web/build.ts"] },
  { name: "lint", command: [bin("oxlint")] },
  { name: "format", command: [bin("oxfmt"), "--check", "."] },
  { name: "unused code and dependencies", command: [bin("knip")] },
];

const run = (command: string[]): Promise<number> =>
  Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "inherit", stderr: "inherit", timeout: LONGEST_MS }).exited;

/** For tests that name no time of their own. Long, because on a busy machine a slow test is not a wrong one. */
const TEST_MS = 30_000;

/** Runs the tests; their numbers come from the JUnit report, since the printed summary is for people. */
async function runTests(): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), "skein-tests-"));
  const report = join(directory, "report.xml");
  try {
    const code = await run([
      process.execPath,
      "test",
      `--timeout=${TEST_MS}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
    ]);
    const counts = readCounts(await readFile(report, "utf8").catch(() => ""));
    // Something failed outside any test: a file that does not load, an error between tests, a crash of the runner.
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Reads the totals from the root element of a JUnit report. */
function readCounts(xml: string): Counts {
  const element = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(element)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  const skipped = number("skipped");
  return { passed: number("tests") - failed - skipped, failed, skipped };
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const outcomes: string[] = [];

function record(name: string, counts: Counts, startedAt: number): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  outcomes.push(`${counts.failed === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
}

for (const step of STEPS) {
  console.log(`\n== ${step.name}`);
  const startedAt = performance.now();
  const code = await run(step.command);
  record(step.name, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }, startedAt);
}
console.log("\n== tests");
const startedAt = performance.now();
const tests = await runTests();
record(`tests: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`, tests, startedAt);

console.log(`\n${outcomes.join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed === 0 ? 0 : 1);
