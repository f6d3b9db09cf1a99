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

/** The longest that the check may take, in milliseconds, so that a test which never gives control back ends all the same. */
const LONGEST_MS = 45 * 60_000;

/** How many of the slowest test files are named at the end. */
const SLOWEST = 8;

type Counts = { passed: number; failed: number; skipped: number };

const WEB_BUILD = "build of the web app";

const STEPS: { name: string; command: string[] }[] = [
  { name: "types", command: [bin("tsc"), "--noEmit"] },
  { name: "build of the client", command: [bin("tsc"), "-p", "packages/client/tsconfig.build.json"] },
  { name: WEB_BUILD, command: [process.execPath, "apps/web/build.ts"] },
  { name: "lint", command: [bin("oxlint")] },
  { name: "format", command: [bin("oxfmt"), "--check", "."] },
  { name: "unused code and dependencies", command: [bin("knip")] },
];

/** What names the tests that need a browser, each file with a server and a browser of its own. */
const IN_BROWSER = "apps/web/test";

const TESTS: { name: string; options: string[] }[] = [
  // One file at a time: some measure time.
  { name: "tests", options: [`--path-ignore-patterns=${IN_BROWSER}/**`] },
  // Two at a time: a page and its server wait for each other most of the time.
  { name: "tests in a browser", options: ["--parallel=2", "--no-isolate", IN_BROWSER] },
];

/** For tests that name no time of their own. Long, because on a busy machine a slow test is not a wrong one. */
const TEST_MS = 30_000;

/** Runs a command to its end, or to the end of `LONGEST_MS`, which it says. Resolves with the exit code. */
async function run(command: string[], env: Record<string, string> = {}): Promise<number> {
  // Not SIGTERM: what handles that goes on, maimed.
  const bounds = { timeout: Math.max(1, Math.round(LONGEST_MS - performance.now())), killSignal: "SIGKILL" } as const;
  const io = { stdin: "ignore", stdout: "inherit", stderr: "inherit" } as const;
  const child = Bun.spawn(command, { cwd: root, env: { ...process.env, ...env }, ...io, ...bounds });
  const code = await child.exited;
  if (child.signalCode !== null) {
    const bound = `The check ends everything after ${LONGEST_MS / 60_000} minutes.`;
    console.error(`\n${child.signalCode} ended ${command.join(" ")}. ${bound}`);
  }
  return code;
}

/** Runs tests; their numbers come from the JUnit report, since the printed summary is for people. */
async function runTests(options: string[]): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), "skein-tests-"));
  const file = join(directory, "report.xml");
  const report = ["--reporter=junit", `--reporter-outfile=${file}`];
  try {
    const isBuilt: Record<string, string> = failedSteps.has(WEB_BUILD) ? {} : { SKEIN_WEB_BUILT: "1" };
    const code = await run([process.execPath, "test", `--timeout=${TEST_MS}`, ...report, ...options], isBuilt);
    const read = readReport(await readFile(file, "utf8").catch(() => ""));
    // Something failed outside any test: a file that does not load, an error between tests, a crash of the runner.
    if (code !== 0 && read.counts.failed === 0) read.counts.failed = 1;
    return read;
  } finally {
    await rm(directory, { recursive: true });
  }
}

type Report = { counts: Counts; files: { name: string; seconds: number }[]; failures: string[] };

/** Reads a JUnit report: its totals, how long each file took, and the tests that failed with what was wrong. */
function readReport(xml: string): Report {
  const report: Report = { counts: { passed: 0, failed: 0, skipped: 0 }, files: [], failures: [] };
  let test = "";
  for (const [, tag, attributes = ""] of xml.matchAll(
    /<(testsuites|testsuite|testcase|failure)\b((?:[^">]|"[^"]*")*)>/g,
  )) {
    const of = (name: string): string => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
    if (tag === "testsuites") {
      const failed = Number(of("failures")) + Number(of("errors"));
      const skipped = Number(of("skipped"));
      report.counts = { passed: Number(of("tests")) - failed - skipped, failed, skipped };
    } else if (tag === "testsuite" && of("name") === of("file")) {
      report.files.push({ name: of("file"), seconds: Number(of("time")) });
    } else if (tag === "testcase") {
      test = `${of("file")}: ${of("name")}`;
    } else if (tag === "failure") {
      report.failures.push(`${test}\n         ${of("message").trim().replaceAll(/\s+/g, " ").slice(0, 200)}`);
    }
  }
  return report;
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|lt|gt|quot|apos|amp);/g, (entity, code?: string) =>
    code === undefined ? (ENTITIES[entity] ?? entity) : String.fromCodePoint(Number(code)),
  );
const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" };

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const outcomes: string[] = [];
const failedSteps = new Set<string>();
const files: Report["files"] = [];
const failures: string[] = [];

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
  if (code !== 0) failedSteps.add(step.name);
  record(step.name, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }, startedAt);
}
for (const { name, options } of TESTS) {
  console.log(`\n== ${name}`);
  const startedAt = performance.now();
  const { counts, ...told } = await runTests(options);
  record(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`, counts, startedAt);
  files.push(...told.files);
  failures.push(...told.failures);
}

const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s ${name}`);
console.log(`\n${[...outcomes, ...failures.map((failure) => `FAILED ${failure}`)].join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed === 0 ? 0 : 1);
