import { describe, expect, test } from "bun:test";
import { join } from "node:path";

/** Each rule of docs/PROTOCOL.md, guarantee of docs/CONTRIBUTING.md and lesson of docs/LESSONS.md is in the title of a test that proves it. */
const root = join(import.meta.dir, "..");
const read = (path: string): Promise<string> => Bun.file(join(root, path)).text();

const numbers = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, found]) => found!);
const RULE = /^- \*\*(P\d+)\*\*/gm;
const protocol = await read("docs/PROTOCOL.md");
const rules = numbers(protocol, RULE);
const guarantees = numbers(await read("docs/CONTRIBUTING.md"), /^\| (G\d+) /gm);
const lessons = numbers(await read("docs/LESSONS.md"), /^- \*\*(L\d+)\*\*/gm);
const all = [...rules, ...guarantees, ...lessons];

/** The numbers a title begins with: `"G2, P22: a hole is noticed"`, also with words before the colon. */
const TITLE = /["`]((?:[GLP]\d+, )*[GLP]\d+)(?: [^":`\n]*)?:/g;

async function titled(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const directory of ["packages", "apps", "test"]) {
    for await (const path of new Bun.Glob(`${directory}/**/*.{test,suite}.{ts,tsx}`).scan(root)) {
      if (path.includes("node_modules")) continue;
      for (const list of numbers(await read(path), TITLE)) for (const each of list.split(", ")) found.add(each);
    }
  }
  return found;
}

const proved = await titled();

describe("every rule is proved by a test whose title begins with its number", () => {
  test("there are rules, guarantees and lessons, each once, and in order within a section", () => {
    expect(rules.length).toBeGreaterThan(70);
    expect(new Set(rules).size).toBe(rules.length);
    for (const section of protocol.split(/^## /m).map((text) => numbers(text, RULE))) {
      expect(section).toEqual(section.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    }
    expect(guarantees).toEqual(["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8"]);
    expect(lessons).toEqual(lessons.map((_, index) => `L${index + 1}`));
    expect(lessons.length).toBeGreaterThan(30);
  });
  test("none is without a test", () => {
    expect(all.filter((each) => !proved.has(each))).toEqual([]);
  });
  test("no title names one that there is not", () => {
    expect([...proved].filter((each) => !all.includes(each))).toEqual([]);
  });
});
