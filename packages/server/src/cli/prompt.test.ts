import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { Place } from "./testing/skein.ts";

/** Where a prompt comes from: the command line and stdin. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const RUN = ["run", "--agent", "demo"];
const send = async (...words: string[]): Promise<string[]> => ["send", await place.onlyThread(), "--wait", ...words];

/** The newest prompt in the only thread. */
async function prompt(): Promise<unknown> {
  const { items } = await place.exportJson(await place.onlyThread());
  return items.findLast(({ kind, role }) => kind === "message" && role === "user")?.["text"];
}

test("input is added below the words of the prompt; without words it is the prompt", async () => {
  const code = "let x = 1;\n";
  const cases: [string[], string | undefined, string][] = [
    [["explain", "this"], code, `explain this\n\n${code}`],
    [[], code, code],
    [["-"], code, code],
    [["explain", "-"], code, `explain\n\n${code}`],
    [["explain"], "", "explain"],
    [["explain"], " \n", "explain"],
    [["explain"], undefined, "explain"],
  ];
  await place.serve();
  expect((await place.skein([...RUN, "first"], { stdin: "input" })).code).toBe(0);
  expect(await prompt()).toBe("first\n\ninput");
  for (const [words, stdin, text] of cases) {
    const ended = await place.skein(await send(...words), stdin === undefined ? {} : { stdin });
    expect({ words, code: ended.code, err: ended.err, prompt: await prompt() }).toMatchObject({
      code: 0,
      prompt: text,
    });
  }
});

test("no prompt at all, input that is no text, and input too large for any server are refused before a thread is made", async () => {
  const cases: [string[], string | Uint8Array<ArrayBuffer>, string][] = [
    [[], "", "There is no prompt."],
    [["look"], Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0xff]), "The input on stdin is binary, not text."],
    [["look"], "a\u0000b", "The input on stdin is binary, not text."],
    [["look"], new Uint8Array(33 * 1024 * 1024).fill(97), "The input on stdin has more than 32 MiB."],
  ];
  for (const [words, stdin, says] of cases) {
    const { code, err } = await place.skein([...RUN, ...words], { stdin });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`skein: ${says}`) });
  }
  expect(await Bun.file(`${place.data}/skein.sqlite`).exists()).toBe(false);
});

test("input that never comes is not waited for beside a prompt, and that is said; slow input is, where - asks for it", async () => {
  await place.serve();
  // The reading end is in a program whose writer never writes.
  const open = await place
    .shell('mkfifo open; sleep 3600 > open & "$@" < open; kill $!', "sh", [...RUN, "hello"])
    .ended();
  expect(open.err).toContain("Nothing came on stdin within 3 s: going on without it.");
  expect(await prompt()).toBe("hello");
  const slow = await place.shell('{ sleep 4; echo late; } | "$@"', "sh", await send("hello", "-")).ended();
  expect(slow.code).toBe(0);
  expect(await prompt()).toBe("hello\n\nlate\n");
  const begun = await place.shell('{ echo early; sleep 4; echo late; } | "$@"', "sh", await send("hello")).ended();
  expect(begun.code).toBe(0);
  expect(await prompt()).toBe("hello\n\nearly\nlate\n");
});

test("a program without a stdin takes its prompt from the words", async () => {
  const { code } = await place.shell('"$@" <&-', "sh", [...RUN, "hello"]).ended();
  expect(code).toBe(0);
  expect(await prompt()).toBe("hello");
});
