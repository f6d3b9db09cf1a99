import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Place, scriptedInFile } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

test("the person is asked, with what it is about and the agent's own options, and sees progress", async () => {
  let answered = false;
  const { code, out } = await place.inTerminal(["run", "--agent", "demo", "edit asked"], (shown, type) => {
    if (answered || !shown.endsWith("Which? ")) return;
    answered = true;
    type("x1");
    type("1");
  });
  expect(code).toBe(0);
  expect(out).toContain("+- asked");
  expect(out).toContain("1  Allow\r\n");
  expect(out).toContain("3  Reject\r\n");
  expect(out).toContain("Ctrl-C to cancel");
  expect(await readFile(join(place.cwd, "skein-demo.md"), "utf8")).toContain("- asked");
});

test("P58: the person is asked with the diff also where the file is too large to stand in the call", async () => {
  const before = "a line of code\n".repeat(20_000);
  const content = [{ type: "diff", path: "/srv/big.ts", oldText: before, newText: `${before}one more\n` }];
  const toolCall = { toolCallId: "a", title: "Edit", kind: "edit", status: "pending", content };
  const options = [{ optionId: "yes", name: "Allow", kind: "allow_once" }];
  const script = await scriptedInFile(join(place.root, "script.json"), {
    ask: "session/request_permission",
    params: { toolCall, options },
  });
  let answered = false;
  const { code, out } = await place.inTerminal(["run", ...script], (shown, type) => {
    if (answered || !shown.endsWith("Which? ")) return;
    answered = true;
    type("1");
  });
  expect(code).toBe(0);
  expect(out).toContain("+++ /srv/big.ts\r\n    @@ line 20001 @@\r\n    +one more\r\n");
});

test("a form is filled in line by line", async () => {
  const answers = ["Ada\r", "mauve\r", "blue\r", "y\r"];
  let seen = 0;
  const { code, out } = await place.inTerminal(["run", "--agent", "demo", "/ask"], (shown, type) => {
    const questions = shown.match(/(?:Your name|A colour|Ask again some day\?)[^\n]*: /g)?.length ?? 0;
    if (questions > seen) {
      seen = questions;
      type(answers.shift() ?? "");
    }
  });
  expect(code).toBe(0);
  expect(out).toContain('{"name":"Ada","colour":"blue","again":true}');
});

test("what an agent writes cannot command the terminal", async () => {
  const { out } = await place.inTerminal(["run", "--agent", "demo", "say \u001b]0;owned\u0007 \u009b2J"], () => {});
  expect(out).toContain("]0;owned");
  expect(out).not.toContain("\u001b]0;");
  expect(out).not.toContain("\u009b");
});

test("what turns the direction of text is seen by the person who is asked", async () => {
  let answered = false;
  const { out } = await place.inTerminal(
    ["run", "--agent", "demo", "edit \u202Edeksa\u202C \u2066\u200F"],
    (shown, type) => {
      if (answered || !shown.endsWith("Which? ")) return;
      answered = true;
      type("3");
    },
  );
  expect(out).toContain("+- <U+202E>deksa<U+202C> <U+2066><U+200F>");
  expect(out).not.toMatch(/[\u200f\u202a-\u202e\u2066-\u2069]/);
});
