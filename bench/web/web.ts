import { join } from "node:path";
import { openBrowser, type BrowserContext, type Page } from "../../apps/web/test/support/browser.ts";
import { TestServer } from "../../apps/web/test/support/server.ts";
import type { Section, SectionOptions } from "../support/section.ts";
import { cutOff } from "./cut.ts";
import { probes, type Found } from "./probes.ts";

const AGENT = join(import.meta.dir, "agent.process.ts");
const ITEMS = 10_000;
const PER_SECOND = 200;
const DIST = join(import.meta.dir, "../../apps/web/dist");

/** (g) The web app with a thread of 10,000 items: opening it, reading back in it, streaming into it; and a page cut off in the middle of a stream. */
export async function web({ quick, log }: SectionOptions): Promise<Section> {
  const browser = await openBrowser();
  if (browser === null) throw new Error("The section `web` needs Chromium.");
  const server = await TestServer.start();
  try {
    const client = await server.client();
    const exec = { command: process.execPath, args: [AGENT] };
    const { thread } = await client.command("thread.create", { exec, cwd: server.cwd, title: "Ten thousand items" });
    const watch = client.watch(`thread:${thread}`);
    await watch.ready();
    const turn = async (task: object): Promise<void> => {
      const { turn: id } = await client.command("thread.prompt", { thread, text: JSON.stringify(task) });
      const status = (): unknown => watch.replica.get("turn", id)?.["status"];
      while (status() === undefined) await Bun.sleep(10);
      // A turn that ended falls out of the window when many items follow.
      while (status() === "queued" || status() === "running") await Bun.sleep(50);
    };
    // Ten turns, as a thread of this length has: what is folded is what a reader finds folded.
    for (let part = 0; part < 10; part++) await turn({ items: ITEMS / 10 });
    log(`${ITEMS} items made`);

    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(await server.pairLink());
    await page.locator('[data-connection="live"]').waitFor();
    await page.addInitScript(probes);
    const cdp = await context.newCDPSession(page);

    const opened: number[] = [];
    for (let run = 0; run < (quick ? 2 : 7); run++) {
      await page.goto(`${server.url}/t/${thread}`);
      await page.waitForFunction(() => (window as unknown as { found: Found }).found.firstRow > 0);
      opened.push((await read(page)).firstRow);
    }
    opened.sort((a, b) => a - b);
    const initialGzip = await scriptBefore(page);
    await page.waitForTimeout(1000);
    const heap = await heapOf(cdp);
    log(`opened in ${opened.map(Math.round).join(", ")} ms; heap ${heap.toFixed(1)} MB`);

    const scrolled = await scrollBack(page, quick ? 60 : 300);
    const heapBack = await heapOf(cdp);
    log(`scrolled: ${JSON.stringify(scrolled)}; heap ${heapBack.toFixed(1)} MB`);

    await page.goto(`${server.url}/t/${thread}`);
    await page.waitForFunction(() => (window as unknown as { found: Found }).found.firstRow > 0);
    await page.waitForTimeout(1500);
    // From a second after it began until it ends: what opens and closes a turn is more than its stream.
    const seconds = quick ? 4 : 16;
    const answered = turn({ chunks: PER_SECOND * seconds, perSecond: PER_SECOND });
    await page.locator("[data-status=streaming]").waitFor();
    await page.waitForTimeout(1000);
    await reset(page);
    await page.waitForTimeout((seconds - 2) * 1000);
    const streamed = await read(page);
    await answered;
    log(`streamed: ${JSON.stringify(streamed)}`);

    const away = quick ? 5 : 30;
    const cut = await cutOff(browser, server, away);
    log(`cut off: ${JSON.stringify(cut)}`);

    const median = opened[Math.floor(opened.length / 2)] ?? 0;
    return {
      title: "Web app",
      about:
        `A thread of ${ITEMS.toLocaleString("en")} items (answers with Markdown, thoughts, searches, edits with diffs) in ten turns, ` +
        "in headless Chromium without a GPU on the same two cores as the server and its agent. Opened: from the navigation to the " +
        "first row, in the browser's cache what a second visit has. Heap: used JavaScript heap after a collection.",
      rows: [
        {
          measured: "opened, median and worst",
          value: `${Math.round(median)} and ${Math.round(opened.at(-1) ?? 0)} ms`,
        },
        { measured: "heap after opening", value: `${heap.toFixed(1)} MB` },
        { measured: `heap after reading back ${scrolled.rows} rows`, value: `${heapBack.toFixed(1)} MB` },
        { measured: "reading back: frames, of them with a hole", value: `${scrolled.frames}, ${scrolled.blank}` },
        { measured: "streaming: frames, React commits", value: `${streamed.frames}, ${streamed.commits}` },
        { measured: "streaming: most commits in a frame", value: streamed.most },
        {
          measured: "streaming: tasks over 50 ms, the longest",
          value: `${streamed.longTasks}, ${Math.round(streamed.longest)} ms`,
        },
        {
          measured: `cut off for ${away} s while streaming: back after`,
          value: `${Math.round(cut.backMs)} ms, ${cut.sockets} socket, ${cut.requests.length} other requests`,
        },
        { measured: "script before the first row, gzipped", value: `${Math.round(initialGzip / 1024)} KB` },
      ],
      goals: [
        { goal: "first contentful state ≤ 1 s", measured: `${Math.round(median)} ms`, met: median <= 1000 },
        {
          goal: "≤ 150 MB of JS heap",
          measured: `${heapBack.toFixed(1)} MB at most`,
          met: Math.max(heap, heapBack) <= 150,
        },
        {
          goal: "scroll without blank frames",
          measured: `${scrolled.blank} of ${scrolled.frames}`,
          met: scrolled.blank === 0,
        },
        {
          goal: `${PER_SECOND} chunks/s: no task over 50 ms`,
          measured: `${streamed.longTasks}`,
          met: streamed.longTasks === 0,
        },
        { goal: "at most one React commit a frame", measured: `${streamed.most}`, met: streamed.most <= 1 },
        {
          goal: `cut off for ${away} s: exact within 1 s, by the one socket alone`,
          measured: `${Math.round(cut.backMs)} ms, ${cut.exact ? "exact" : "not exact"}`,
          met: cut.backMs <= 1000 && cut.exact && cut.sockets === 1 && cut.requests.length === 0,
        },
        {
          goal: "initial JS ≤ 300 KB gzip",
          measured: `${Math.round(initialGzip / 1024)} KB`,
          met: initialGzip <= 300 * 1024,
        },
      ],
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}

const read = (page: Page): Promise<Found> => page.evaluate(() => (window as unknown as { found: Found }).found);

const reset = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const { found } = window as unknown as { found: Found };
    Object.assign(found, { longest: 0, longTasks: 0, frames: 0, commits: 0, most: 0, blank: 0 });
  });

/** Bytes, gzipped, of all scripts that the page asked for before its first row stood. */
async function scriptBefore(page: Page): Promise<number> {
  const paths = await page.evaluate(() => {
    const { firstRow } = (window as unknown as { found: Found }).found;
    return performance
      .getEntriesByType("resource")
      .filter(({ name, startTime }) => name.endsWith(".js") && startTime < firstRow)
      .map(({ name }) => new URL(name).pathname);
  });
  const sizes = paths
    .filter((path) => path.startsWith("/assets/"))
    .map(async (path) => Bun.gzipSync(await Bun.file(join(DIST, path)).bytes()).byteLength);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function heapOf(cdp: Awaited<ReturnType<BrowserContext["newCDPSession"]>>): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize / 1024 / 1024;
}

/** Turns the wheel upwards, a screen in four steps, while each frame is looked at for holes. */
async function scrollBack(page: Page, steps: number): Promise<Found & { rows: number }> {
  await reset(page);
  await page.mouse.move(800, 400);
  await page.evaluate(() => void ((window as unknown as { found: Found }).found.probing = true));
  const rows = new Set<string>();
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(0, -220);
    await page.waitForTimeout(16);
    if (step % 10 !== 0) continue;
    for (const key of await page
      .locator("[data-row]")
      .evaluateAll((all) => all.map((row) => row.getAttribute("data-row")))) {
      if (key) rows.add(key);
    }
  }
  await page.evaluate(() => void ((window as unknown as { found: Found }).found.probing = false));
  return { ...(await read(page)), rows: rows.size };
}
