import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { DIST } from "./support/build.ts";
import { exported, makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

/** Resolves once a service worker answers for the page and has kept the shell. */
async function kept(page: Page): Promise<void> {
  await until(page, async () => {
    if (navigator.serviceWorker.controller === null) return false;
    return (await caches.match("/")) !== undefined;
  });
}

/** Asks the page until it says yes. `waitForFunction` takes the promise of an answer for a yes. */
async function until<Arg>(page: Page, isSo: (arg: Arg) => Promise<boolean>, arg?: Arg): Promise<void> {
  while (!(await page.evaluate(isSo as (arg: unknown) => Promise<boolean>, arg))) await page.waitForTimeout(20);
}

describe.skipIf(!app.available)("offline", () => {
  test("the app opens without its server, says so, and is live once the server is back", async () => {
    const { page } = await app.signedIn({ serviceWorkers: "allow" });
    await kept(page);
    await app.server.process.end("SIGKILL");
    await page.reload();
    await page.locator('[data-connection="offline"]').waitFor();
    await page.getByRole("button", { name: "Connection: offline" }).waitFor();
    await page.getByRole("heading", { name: "New thread" }).waitFor();
    await app.server.process.start();
    await page.locator("[data-connection]").click();
    await live(page);
  });

  test("where nothing was loaded before, that is said", async () => {
    const { page } = await app.signedIn({ serviceWorkers: "allow" });
    await kept(page);
    await page.evaluate(() => {
      localStorage.clear();
      indexedDB.deleteDatabase("skein.replicas");
    });
    await app.server.process.end("SIGKILL");
    await page.reload();
    await page.getByText("The server is out of reach.").first().waitFor();
    await app.server.process.start();
    // At once or not at all: the app may be back by itself, and the button gone.
    await page
      .getByRole("button", { name: "Try now" })
      .evaluateAll(([button]) => (button as HTMLElement | undefined)?.click());
    await live(page);
  });

  test("what was loaded stays to be read", async () => {
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", {
      agent: "demo",
      cwd: app.server.cwd,
      title: "Still here",
    });
    const { page } = await app.signedIn();
    const row = page.locator(`[data-thread="${thread}"]`);
    await row.waitFor();
    await app.server.process.end("SIGKILL");
    await page.locator('[data-connection="offline"]').waitFor();
    expect(await row.getByText("Still here").count()).toBe(1);
    await app.server.process.start();
    await page.locator("[data-connection]").click();
    await live(page);
  });
});

describe.skipIf(!app.available)("offline, after a reload", () => {
  test("G2: a thread that was read can be read, the rail is filled, a prompt waits; back, all is exact", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn({ serviceWorkers: "allow" });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await kept(page);
    const answer = page.locator("[data-timeline]").getByText("no model, no account, only a script");
    await answer.waitFor();
    await app.server.process.end("SIGKILL");
    await page.reload();
    await page.locator('[data-connection="offline"]').waitFor();
    await answer.waitFor();
    await page.locator(`[data-thread="${thread}"][aria-current="page"]`).waitFor();
    await page.getByText("You", { exact: true }).first().waitFor();
    await promptBox(page).fill("long 3");
    await page.keyboard.press("Enter");
    await page.getByText("sent once the server is back").waitFor();
    // Once more: the prompt waits still, and still once.
    await page.reload();
    await page.getByText("sent once the server is back").waitFor();
    await app.server.process.start();
    await page.locator("[data-connection]").click();
    await live(page);
    await turnsEnded(page, 2);
    const items = await exported(page);
    const watch = (await app.server.client()).watch(`thread:${thread}`);
    await watch.ready();
    const held = watch.replica.timeline().map(({ kind, id, value }) => ({ kind, id, value }));
    expect(items).toEqual(held as typeof items);
    watch.release();
  });

  test("settings and search open although they were never visited, and say what they cannot do", async () => {
    const { page } = await app.signedIn({ serviceWorkers: "allow" });
    await kept(page);
    const { files } = (await Bun.file(join(DIST, "build.json")).json()) as { files: Record<string, unknown> };
    const assets = Object.keys(files).filter((name) => name.startsWith("assets/"));
    await until(
      page,
      async (names) => {
        const found = await Promise.all(names.map((name) => caches.match(`/${name}`)));
        return found.every(Boolean);
      },
      assets,
    );
    await app.server.process.end("SIGKILL");
    await page.locator('[data-connection="offline"]').waitFor();
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("heading", { name: "Keyboard" }).waitFor();
    await page.goto(`${app.server.url}/search?q=hello`);
    await page.getByRole("heading", { name: "Search", exact: true }).waitFor();
    await app.server.process.start();
  });

  test("a part of the app that is not on the device says so, and that the server is out of reach", async () => {
    const { page, context } = await app.signedIn();
    await context.route(/settings-page/, (route) => route.abort());
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("alert").getByText("This device has no copy of it yet").waitFor();
    // React tells the console of what a boundary caught; nothing else went wrong.
    expect(app.faults.splice(0)).toEqual([expect.stringContaining("settings-page")]);
  });

  test("nothing of what was loaded stays on a device that signs out", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const held = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            const asked = indexedDB.open("skein.replicas");
            asked.addEventListener("error", () => reject(asked.error ?? new Error("refused")));
            asked.addEventListener("success", () => {
              const count = asked.result.transaction("texts").objectStore("texts").count();
              count.addEventListener("success", () => {
                asked.result.close();
                resolve(count.result);
              });
            });
          }),
      );
    while ((await held()) < 2) await page.waitForTimeout(50);
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    while ((await held()) > 0) await page.waitForTimeout(50);
    await page.waitForFunction(() => Object.keys(localStorage).length === 0);
  });
});

describe.skipIf(!app.available)("a new build", () => {
  let dist = "";
  let server: ReturnType<typeof Bun.serve>;

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), "skein-dist-"));
  });
  afterAll(async () => {
    await server.stop(true);
    await rm(dist, { recursive: true });
  });

  test("counts with the next load, while tabs of the last keep their parts; a proxy's error page never takes the app's place", async () => {
    // The build, served as the server does, where it can be changed without changing anybody else's.
    await cp(DIST, dist, { recursive: true });
    let isAway = false;
    server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const { pathname } = new URL(request.url);
        // As a proxy in front of the server answers when that is away.
        if (isAway) return new Response("<h1>502 Bad Gateway</h1>", { status: 502 });
        if (pathname.startsWith("/v1/")) return new Response("none", { status: 503 });
        return new Response(Bun.file(join(dist, pathname === "/" ? "index.html" : pathname)));
      },
    });
    const { page } = await app.browser({ serviceWorkers: "allow" });
    await page.goto(server.url.href);
    await kept(page);
    const before = await page.evaluate(() => caches.keys());
    expect(before).toHaveLength(1);
    isAway = true;
    await page.reload();
    await page.locator("#app > *").first().waitFor({ state: "attached" });
    expect(await page.getByText("Bad Gateway").count()).toBe(0);
    isAway = false;
    await page.reload();

    const index = Bun.file(join(dist, "index.html"));
    const first = await index.text();
    const script = /\/assets\/main-[^"]+/.exec(first)?.[0] ?? "";
    // Another app altogether: the parts of the first one belong to its script.
    await Bun.write(join(dist, "/assets/main-second.js"), 'document.title = "second";\n');
    const second = first.replace("<title>Skein</title>", '<title>Skein</title><meta name="second">');
    await Bun.write(index, second.replace(script, "/assets/main-second.js"));
    const worker = Bun.file(join(dist, "sw.js"));
    const id = before[0]?.replace("skein-", "") ?? "";
    await Bun.write(worker, (await worker.text()).replaceAll(id, "second").replace(script, "/assets/main-second.js"));

    // The page that is open learns of it when it is looked at again, and offers to load it.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.getByText("Skein was updated.").waitFor();
    await page.getByRole("button", { name: "Reload" }).click();
    await page.locator('meta[name="second"]').waitFor({ state: "attached" });
    await until(page, async (first) => (await caches.keys()).join() === `${first},skein-second`, before[0]);
    // A tab that runs the last build still gets its parts, which the server has no more.
    await rm(join(dist, script));
    expect(await page.evaluate(async (path) => (await fetch(path)).ok, script)).toBe(true);
    expect(await page.getByText("Skein was updated.").count()).toBe(0);
  });
});
