import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "../../../../test/support/scripted-agent.ts";
import { Place, scripted, scriptedInFile } from "./testing/skein.ts";

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
    type("\u001b[Ay1\u007f\u007f");
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

/** An agent that asks to be allowed something. */
const asks = (toolCall: object, options: readonly object[] = OPTIONS): Step => ({
  ask: "session/request_permission",
  params: { toolCall: { toolCallId: "a", title: "Do it", status: "pending", ...toolCall }, options },
});

const OPTIONS = [
  { optionId: "p-1", name: "Allow once", kind: "allow_once" },
  { optionId: "p-2", name: "Never", kind: "reject_always" },
];

/** Types one answer after another, each once the question has come again. */
function typing(question: string, ...answers: string[]): (shown: string, type: (keys: string) => void) => void {
  let asked = 0;
  return (shown, type) => {
    const times = shown.split(question).length - 1;
    while (asked < times) type(answers[asked++] ?? "");
  };
}

test("a choice is taken by its number, its name or its id; a wrong one is told why", async () => {
  const step = asks({ rawInput: { command: "make" } });
  for (const [typed, answer] of Object.entries({ "2": "p-2", "nevver\u007f\u007f\u007fer\r": "p-2", "p-1\r": "p-1" })) {
    const script = typing("Which? ", "maybe\r", "\r", typed);
    const { code, out } = await place.inTerminal(["run", ...scripted(step)], script);
    expect({ typed, code }).toEqual({ typed, code: 0 });
    expect(out).toContain('"maybe" is none of the choices. Which? ');
    expect(out).toContain("Choose one. Which? ");
    expect(out).toContain("  1  Allow once  (p-1)\r\n  2  Never  (p-2)\r\n");
    expect(out).toContain(`"optionId":"${answer}"`);
  }
  const many = Array.from({ length: 12 }, (_, n) => ({ optionId: `o${n}`, name: `Choice ${n}`, kind: "allow_once" }));
  const { out } = await place.inTerminal(["run", ...scripted(asks({}, many))], typing("Which? ", "12\r"));
  expect(out).toContain('"optionId":"o11"');
});

test("the person sees what is asked, in whatever shape an agent tells it; skein answer shows it too", async () => {
  const text = (said: string): object => ({ type: "content", content: { type: "text", text: said } });
  const cases: [object, string[]][] = [
    [
      { rawInput: { command: ["bash", "-lc", "rm -rf /tmp/x"], cwd: "/srv" } },
      ["bash -lc 'rm -rf /tmp/x'", "cwd: /srv"],
    ],
    [{ rawInput: { cmd: "rm -rf /", args: ["a b"], n: 1 } }, ["cmd: rm -rf /", 'args: ["a b"]', "n: 1"]],
    [{ rawInput: ["git", "push", "a'b"] }, ["git push 'a'\\''b'"]],
    [{ rawInput: "DROP TABLE users" }, ["DROP TABLE users"]],
    [
      { rawInput: { patch: "*** Begin Patch\n*** Delete File: a" } },
      ["patch:", "  *** Begin Patch", "  *** Delete File: a"],
    ],
    [{ content: [text("Deploys\nto production")] }, ["Deploys", "to production"]],
    [{ locations: [{ path: "/etc/passwd" }] }, ["/etc/passwd"]],
    [{ content: [{ type: "patch", patch: "-a\n+b" }] }, ["type: patch", "patch:", "  -a", "  +b"]],
    [{ rawInput: { command: "x\u001b[2K\u009b1Ay" } }, ["x[2K1Ay"]],
    [{ rawInput: { note: "n".repeat(300_000) } }, [`note: ${"n".repeat(1994)}… 298006 more characters`]],
  ];
  await place.serve();
  for (const [toolCall, lines] of cases) {
    const script = await scriptedInFile(join(place.root, "script.json"), asks(toolCall));
    const wanted = lines.map((line) => `    ${line}\n`).join("");
    let asked = "";
    let isAnswered = false;
    await place
      .inTerminal(["run", ...script], (shown, type) => {
        if (isAnswered || !shown.includes("Which? ")) return;
        isAnswered = true;
        const thread = /\[thread\] (\w+)/.exec(shown)?.[1] ?? "";
        void place.skein(["answer", thread]).then(({ out }) => {
          asked = out;
          type("1");
        });
      })
      .then(({ out }) => expect(out.replaceAll("\r", "")).toContain(wanted));
    expect(asked).toMatch(/^r\d+ {2}Permission needed: Do it\n/);
    expect(asked).toContain(`${wanted}  1  Allow once  (p-1)\n  2  Never  (p-2)\n`);
  }
});

test("nothing of an agent's form commands the terminal", async () => {
  const evil = "\u001b]0;owned\u0007\u009b2J";
  const properties = {
    a: { type: "string", title: `Name${evil}`, default: `d${evil}` },
    b: { type: "string", title: "Colour", enum: [`red${evil}`, "blue"] },
    c: { type: "string", title: "", oneOf: [{ const: "x", title: evil }, null] },
    d: null,
  };
  const schema = { type: "object", properties };
  const step: Step = {
    ask: "elicitation/create",
    params: { mode: "form", message: `Say${evil}`, requestedSchema: schema },
  };
  const script = typing("]: ", "Ada\r", "mauve\r", "2\r", "X\r", "\r");
  const { code, out } = await place.inTerminal(
    ["run", ...(await scriptedInFile(join(place.root, "s.json"), step))],
    script,
  );
  expect(code).toBe(0);
  expect(out).toContain("Name]0;owned2J [");
  expect(out).toContain('"mauve" does not fit: one of red]0;owned2J, blue');
  for (const control of ["\u001b]", "\u0007", "\u009b"]) expect(out).not.toContain(control);
  expect(out).toContain('"content":{"a":"Ada","b":"blue","c":"x"}');
});
