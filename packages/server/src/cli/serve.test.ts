import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Place } from "./testing/skein.ts";

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

test("a taken port is told with what to do; another machine's network needs a word", async () => {
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
