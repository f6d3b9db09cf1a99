import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { TOPICS } from "./help-topics.ts";
import { Place } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const COMMANDS = "serve run threads tail send cancel answer export agents pair doctor demo-agent".split(" ");

test("by the launcher: the version, and the exit code of what it runs", async () => {
  expect(await place.launch(["--version"]).ended()).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  const wrong = await place.launch(["frob"]).ended();
  expect(wrong.code).toBe(2);
  expect(wrong.err).toBe("error: unknown command 'frob'\nTry \"skein help\".\n");
});

/** Lines that a terminal of the usual width would break; an example is copied whole. */
const tooWide = (page: string): string[] =>
  page.split("\n").filter((line) => line.length > 80 && !line.startsWith("  skein "));

test("every command has a help page with examples, and stands in the list", async () => {
  const list = await place.skein(["--help"]);
  expect(list.code).toBe(0);
  for (const name of COMMANDS) {
    const page = await place.skein([name, "--help"]);
    expect(page.code).toBe(0);
    expect(page.out).toStartWith(`Usage: skein ${name}`);
    expect(tooWide(page.out)).toEqual([]);
    expect(page.out).toMatch(/Examples?:\n {2}skein /);
    // A default is a word or a number: what nobody would type is none.
    for (const [, usual] of page.out.matchAll(/default:\s+([^)]*)\)/g)) expect(usual).toMatch(/^("[^"]+"|\d+)$/);
    expect(list.out).toContain(`\n  ${name} `);
    expect((await place.skein(["help", name])).out).toBe(page.out);
  }
  expect((await place.skein(["help", "exit-codes"])).out).toContain("130  interrupted");
  for (const page of Object.values(TOPICS)) expect(tooWide(page)).toEqual([]);
  expect((await place.skein(["help", "settings"])).out).toContain("\n  limits.window 200\n");
});

test("without a command: the help page as an answer to a fault", async () => {
  const { code, out, err } = await place.skein([]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("Usage: skein <command> [options]");
  expect(err).toContain("skein run --agent demo");
});

test("what --json prints is said, member by member", async () => {
  await place.serve();
  expect((await place.skein(["run", "--agent", "demo", "hello"])).code).toBe(0);
  for (const command of ["threads", "agents"]) {
    const { out } = await place.skein([command, "--json"]);
    const [first = {}] = JSON.parse(out) as Record<string, unknown>[];
    const page = (await place.skein([command, "--help"])).out;
    for (const member of Object.keys(first)) expect(page).toContain(`"${member}"`);
  }
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
    [["run", "--agent", "demo", "--exec", "true", "x"], "--agent and --exec"],
    [["threads", "--frob"], "unknown option '--frob'"],
    [["help", "frob"], "there is no help about 'frob'"],
  ];
  for (const [args, says] of cases) {
    const { code, out, err } = await place.skein(args);
    expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
    expect(err).toContain(says);
  }
});
