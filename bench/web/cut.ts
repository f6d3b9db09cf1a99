import { join } from "node:path";
import type { Browser, Page } from "../../apps/web/test/support/browser.ts";
import { cuttable } from "../../apps/web/test/support/cuttable.ts";
import type { TestServer } from "../../apps/web/test/support/server.ts";
import { exported } from "../../apps/web/test/support/thread.ts";

const AGENT = join(import.meta.dir, "agent.process.ts");
const PER_SECOND = 200;

export type CutResult = {
  /** From the network's return until the page shows what the server had then, and says that it is live. */
  backMs: number;
  /** Sockets that were opened since, and requests other than those. */
  sockets: number;
  requests: string[];
  /** Whether the page had, at the end of the turn, the server's text to the character. */
  exact: boolean;
};

/** Cuts a page off in the middle of a stream, for some seconds, and lets it come back while the stream goes on. */
export async function cutOff(browser: Browser, server: TestServer, seconds: number): Promise<CutResult> {
  const client = await server.client();
  const exec = { command: process.execPath, args: [AGENT] };
  const { thread } = await client.command("thread.create", { exec, cwd: server.cwd, title: "Cut off" });
  const watch = client.watch(`thread:${thread}`);
  await watch.ready();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const network = await cuttable(page);
  await page.goto(await server.pairLink());
  await page.locator('[data-connection="live"]').waitFor();
  await page.goto(`${server.url}/t/${thread}`);

  const task = { chunks: PER_SECOND * (seconds + 8), perSecond: PER_SECOND };
  const { turn } = await client.command("thread.prompt", { thread, text: JSON.stringify(task) });
  await page.getByText("second 2.").waitFor();
  await context.setOffline(true);
  await network.cut();
  await page.locator('[data-connection="offline"]').waitFor();
  await page.waitForTimeout(seconds * 1000);

  const requests: string[] = [];
  let sockets = 0;
  page.on("request", (request) => void requests.push(`${request.method()} ${request.url()}`));
  page.on("websocket", () => void sockets++);
  const text = (): string =>
    watch.replica
      .timeline()
      .filter(({ kind, value }) => kind === "message" && value["role"] === "assistant")
      .map(({ value }) => String(value["text"]))
      .join("");
  const mark = [...text().matchAll(/second \d+\./g)].at(-1)?.[0] ?? "";
  network.mend();
  const back = comeBack(page, mark);
  await context.setOffline(false);
  const backMs = await back;

  const status = (): unknown => watch.replica.get("turn", turn)?.["status"];
  while (status() === "running") await Bun.sleep(50);
  await page.locator("[data-turn]").waitFor();
  // Before the export, which loads what it is made by.
  const asked = { sockets, requests: [...requests] };
  const shown = (await exported(page))
    .filter(({ kind, value }) => kind === "message" && value["role"] === "assistant")
    .map(({ value }) => String(value["text"]))
    .join("");
  const result = { backMs, ...asked, exact: shown === text() && shown.includes(mark) };
  watch.release();
  await context.close();
  return result;
}

/** Milliseconds from the browser's word that it is online until the page is live and shows `mark`. */
function comeBack(page: Page, mark: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        window.addEventListener(
          "online",
          () => {
            const since = performance.now();
            const look = (): void => {
              const isLive = document.querySelector('[data-connection="live"]') !== null;
              const shown = document.querySelector("[data-timeline]")?.textContent ?? "";
              if (isLive && shown.includes(wanted)) resolve(performance.now() - since);
              else requestAnimationFrame(look);
            };
            look();
          },
          { once: true },
        );
      }),
    mark,
  );
}
