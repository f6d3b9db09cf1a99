import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { isAlive } from "../agents/testing/watched-agent.ts";
import { Place, scripted, STUBBORN, type Program } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

test("says in one line where it is, is found by others, and goes at SIGTERM", async () => {
  const { child, url, token, pid } = await place.serve();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(token).toBe((await readFile(join(place.data, "token"), "utf8")).trim());
  expect((await stat(join(place.data, "token"))).mode & 0o777).toBe(0o600);
  expect(pid).toBe(child.process.pid);
  const second = await place.skein(["serve", "--port", "0"]);
  expect(second.code).toBe(3);
  expect(second.err).toContain(`A server already runs on ${place.data}: ${url}, process ${pid}.`);
  expect((await place.skein(["threads"], { env: { SKEIN_URL: url, SKEIN_TOKEN: token } })).code).toBe(0);
  child.process.kill("SIGTERM");
  expect(await child.process.exited).toBe(0);
  expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
});

test("through the launcher it goes at SIGTERM too", async () => {
  const child = place.launch(["serve", "--port", "0"]);
  expect(await child.out.line()).toMatch(/^Skein is ready at http:\/\/127\.0\.0\.1:\d+$/);
  child.process.kill("SIGTERM");
  expect(await child.process.exited).toBe(0);
});

test("L30: a taken port is told with what to do; another machine's network needs a word", async () => {
  const taken = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  taken.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = taken.address() as { port: number };
  const { code, err } = await place.skein(["serve", "--port", String(port)]);
  taken.close();
  expect(code).toBe(3);
  expect(err).toContain(`Port ${port} on 127.0.0.1 is taken. Use --port with another`);
  const open = await place.skein(["serve", "--port", "0", "--host", "0.0.0.0"]);
  expect(open.code).toBe(3);
  expect(open.err).toContain("--allow-plain-http");
  const elsewhere = await place.skein(["serve", "--port", "0", "--host", "192.0.2.1", "--allow-plain-http"]);
  expect(elsewhere.code).toBe(3);
  expect(elsewhere.err).toContain("Cannot listen on 192.0.2.1:0");
  // Nothing was made for a server that could not be.
  expect(await readdir(place.root)).toEqual(["work"]);
});

test("a directory that others use is refused, and left as it is; one that is empty, private or ours is taken", async () => {
  const shared = join(place.root, "shared");
  await mkdir(shared, { mode: 0o755 });
  await writeFile(join(shared, "a letter"), "");
  const refused = await place.skein(["serve", "--port", "0", "--data", shared]);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain(`--data, which need not be there yet, like ${join(shared, "skein")}`);
  expect((await stat(shared)).mode & 0o777).toBe(0o755);
  expect(await readdir(shared)).toEqual(["a letter"]);
  await chmod(shared, 0o700);
  const empty = join(place.root, "empty");
  await mkdir(empty, { mode: 0o755 });
  for (const data of [shared, empty, empty]) {
    const { child } = await place.serve("--data", data);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    child.process.kill("SIGTERM");
    expect(await child.process.exited).toBe(0);
    // What is ours is taken back, also where somebody opened it.
    await chmod(data, 0o755);
  }
});

test("what a killed server left in server.json counts for nothing", async () => {
  const { child, url } = await place.serve();
  child.process.kill("SIGKILL");
  await child.process.exited;
  expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(true);
  expect((await place.skein(["run", "--agent", "demo", "hello"])).code).toBe(0);
  // A process of ours may have its number by now; nobody at the address is Skein.
  await writeFile(join(place.data, "server.json"), JSON.stringify({ url, pid: process.pid }));
  expect((await place.skein(["threads"])).code).toBe(0);
});

test("a server that cannot be reached, and one that does not let in", async () => {
  const { url } = await place.serve();
  const gone = await place.skein(["threads"], { env: { SKEIN_URL: "http://127.0.0.1:1", SKEIN_TOKEN: "x" } });
  expect(gone.code).toBe(3);
  expect(gone.err).toContain("Cannot reach the server at http://127.0.0.1:1");
  expect((await place.skein(["threads"], { env: { SKEIN_URL: url, SKEIN_TOKEN: "wrong" } })).code).toBe(4);
  const without = await place.skein(["threads"], { env: { SKEIN_URL: url } });
  expect(without.code).toBe(2);
  expect(without.err).toContain("SKEIN_TOKEN is not");
});

/** Has a server run an agent that does not go by itself. */
async function withStubbornAgent(): Promise<{ server: Program; agent: number; thread: string }> {
  const { child: server } = await place.serve();
  const run = place.start(["run", "--json", ...scripted(...STUBBORN)]);
  const { thread } = JSON.parse(await run.out.line()) as { thread: string };
  const agent = Number(/"text":"(\d+)/.exec(await run.out.line((line) => /"text":"\d+/.test(line)))?.[1]);
  run.process.kill("SIGKILL");
  expect(isAlive(agent)).toBe(true);
  return { server, agent, thread };
}

const goneAway = async (): Promise<void> => {
  while (await Bun.file(join(place.data, "server.json")).exists()) await Bun.sleep(5);
};

test("G7: told twice to go, it goes at once, and takes its agents along", async () => {
  const { server, agent } = await withStubbornAgent();
  const began = performance.now();
  while (server.process.exitCode === null) {
    server.process.kill("SIGTERM");
    await Bun.sleep(50);
  }
  expect(server.process.exitCode).toBe(130);
  while (isAlive(agent)) await Bun.sleep(5);
  // The agent would have had five seconds.
  expect(performance.now() - began).toBeLessThan(4_000);
});

test.skipIf(process.platform !== "linux")(
  "G7: killed while it was going, what it left running ends at the next start",
  async () => {
    const { server, agent, thread } = await withStubbornAgent();
    server.process.kill("SIGTERM");
    await goneAway();
    server.process.kill("SIGKILL");
    await server.process.exited;
    expect(isAlive(agent)).toBe(true);
    await place.serve();
    while (isAlive(agent)) await Bun.sleep(5);
    const { items } = await place.exportJson(thread);
    expect(items.find(({ kind }) => kind === "turn")?.["status"]).toBe("interrupted");
  },
);

test.skipIf(process.platform !== "linux")(
  "G7: what a killed server left running ends at the next start, by whatever path its data is reached",
  async () => {
    await mkdir(place.data);
    const link = join(place.root, "link");
    await symlink(place.data, link);
    const { child, pid } = await place.serve("--data", link);
    const run = place.start(["run", "--json", ...scripted(...STUBBORN)]);
    const agent = Number(/"text":"(\d+)/.exec(await run.out.line((line) => /"text":"\d+/.test(line)))?.[1]);
    run.process.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    await child.process.exited;
    expect(isAlive(agent)).toBe(true);
    await place.serve();
    while (isAlive(agent)) await Bun.sleep(5);
  },
);

test("one part that cannot be closed keeps none of the others open, and is told", async () => {
  const { server, agent, thread } = await withStubbornAgent();
  const whereabouts = join(place.data, "server.json");
  await rm(whereabouts);
  await mkdir(whereabouts);
  server.process.kill("SIGTERM");
  const { code, err } = await server.ended();
  expect(code).toBe(1);
  expect(err).toContain(whereabouts);
  expect(isAlive(agent)).toBe(false);
  await rm(whereabouts, { recursive: true });
  const { items } = await place.exportJson(thread);
  expect(items.find(({ kind }) => kind === "turn")).toMatchObject({
    status: "interrupted",
    error: { message: expect.stringContaining("The server was stopped.") },
  });
});
