import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Place } from "./testing/skein.ts";

/** Which server, and which data, a command takes. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const ELSEWHERE = { SKEIN_URL: "http://127.0.0.1:1", SKEIN_TOKEN: "x" };

test("--data wins over SKEIN_URL: what is said on the command line is meant", async () => {
  const { url } = await place.serve();
  const run = await place.skein(["run", "--data", place.data, "--agent", "demo", "hello"], { env: ELSEWHERE });
  expect(run.code).toBe(0);
  expect((await place.skein(["threads", "--data", place.data, "--json"], { env: ELSEWHERE })).code).toBe(0);
  const pair = await place.skein(["pair", "--data", place.data, "--json"], { env: ELSEWHERE });
  expect((JSON.parse(pair.out) as { links: string[] }).links[0]).toStartWith(`${url}/pair#`);
  expect((await place.skein(["threads"], { env: ELSEWHERE })).code).toBe(3);
});

test("what only looks at data, or needs a thread in it, makes none where there is none", async () => {
  const nowhere = join(place.root, "typo");
  const commands = [["threads"], ["tail", "t"], ["export", "t"], ["cancel", "t"], ["send", "t", "x"], ["answer", "t"]];
  for (const command of commands) {
    const { code, out, err } = await place.skein([...command, "--data", nowhere]);
    expect({ command, code, out }).toEqual({ command, code: 3, out: "" });
    expect(err).toContain(`There is no data in ${nowhere}`);
    expect(existsSync(nowhere)).toBe(false);
  }
});

test("without a server, the agents are those found on this machine, and nothing is made for that", async () => {
  const agents = await place.skein(["agents", "--json"]);
  expect(JSON.parse(agents.out)).toContainEqual(expect.objectContaining({ name: "demo", found: true }));
  expect(existsSync(place.data)).toBe(false);
  await place.serve();
  const byName = (out: string) =>
    (JSON.parse(out) as { name: string }[]).toSorted((a, b) => a.name.localeCompare(b.name));
  expect(byName((await place.skein(["agents", "--json"])).out)).toEqual(byName(agents.out));
});

test("Ctrl-C while a server does not answer ends the command in order, before anything is asked of it", async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open: () => reach(), data() {} } });
  try {
    const env = { SKEIN_URL: `http://127.0.0.1:${silent.port}`, SKEIN_TOKEN: "x" };
    const run = place.start(["run", "--agent", "demo", "hello"], env);
    await reached;
    run.process.kill("SIGINT");
    expect(await run.ended()).toEqual({ code: 130, out: "", err: "" });
  } finally {
    silent.stop(true);
  }
});

test("doctor says which of its findings are about the server of SKEIN_URL, and which about this machine", async () => {
  const { url, token } = await place.serve();
  const other = await Place.make();
  try {
    const env = { SKEIN_URL: url, SKEIN_TOKEN: token };
    const { code, out } = await other.skein(["doctor"], { env });
    expect(code).toBe(0);
    expect(out).toContain(`commands use the server of SKEIN_URL, ${url}, and not the data in ${other.data}`);
    const local = await other.skein(["doctor", "--data", other.data], { env });
    expect(local.out).not.toContain(url);
    expect(local.out).toContain(`none runs on ${other.data}`);
  } finally {
    await other.remove();
  }
});
