/**
 * Pictures of every page of the web app, wide, medium and narrow, dark and light, into `screenshots/`, for people to
 * look at. Needs the app built and Chromium.
 *
 *     npm run build && bun scripts/screenshots.ts [part of a page's name] [part of a size or scheme, as wide-dark]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openBrowser, type Browser, type BrowserContext, type Page } from "../apps/web/test/support/browser.ts";
import { TestServer } from "../apps/web/test/support/server.ts";

const OUT = join(import.meta.dir, "../screenshots");

const SIZES = {
  wide: { viewport: { width: 1440, height: 900 } },
  medium: { viewport: { width: 900, height: 1000 } },
  narrow: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
} as const;
const SCHEMES = ["light", "dark"] as const;

/** A conversation to be there before pictures are taken: prompts, one after the other, and how far the last one goes. */
type Scene = { name: string; prompts: string[]; until: "idle" | "waiting" | "running" };

const SCENES: Scene[] = [
  { name: "hello", prompts: ["What can you do?"], until: "idle" },
  { name: "long", prompts: ["long 400"], until: "idle" },
  { name: "failed", prompts: ["fail"], until: "idle" },
  { name: "crashed", prompts: ["crash"], until: "idle" },
  { name: "question", prompts: ["ask"], until: "waiting" },
  { name: "tour", prompts: ["tour"], until: "idle" },
  { name: "edit", prompts: ["edit Say what Skein is in one line"], until: "waiting" },
  { name: "busy", prompts: ["long 100000"], until: "running" },
];

type Shot = {
  name: string;
  path: (threads: Map<string, string>) => string;
  act?: (page: Page, context: BrowserContext) => Promise<unknown>;
};

const thread = (name: string) => (threads: Map<string, string>) => `/t/${threads.get(name)}`;

async function press(page: Page, keys: string): Promise<void> {
  await page.keyboard.press(keys);
  await page.getByRole("dialog").waitFor();
}

const SHOTS: Shot[] = [
  { name: "home", path: () => "/" },
  { name: "new", path: () => "/new" },
  { name: "new-agents", path: () => "/new", act: (page) => page.getByRole("combobox", { name: "Agent" }).click() },
  { name: "new-directory", path: () => "/new", act: (page) => page.getByLabel("Directory").click() },
  { name: "search", path: () => "/search?q=demo" },
  { name: "search-none", path: () => "/search?q=zzzz" },
  { name: "settings", path: () => "/settings" },
  {
    name: "pair",
    path: () => "/settings",
    act: async (page) => {
      await page.getByRole("button", { name: "Sign in another device" }).click();
      await page.getByAltText("The link as a QR code").scrollIntoViewIfNeeded();
    },
  },
  { name: "palette", path: () => "/", act: (page) => press(page, "Control+k") },
  { name: "keys", path: () => "/", act: (page) => press(page, "?") },
  { name: "missing", path: () => "/nowhere" },
  { name: "thread-hello", path: thread("hello") },
  { name: "thread-tour", path: thread("tour") },
  { name: "thread-permission", path: thread("edit") },
  { name: "thread-question", path: thread("question") },
  { name: "thread-failed", path: thread("failed") },
  { name: "thread-crashed", path: thread("crashed") },
  { name: "thread-busy", path: thread("busy") },
  {
    name: "offline",
    path: thread("hello"),
    act: async (page, context) => {
      await page.getByText("no account").first().waitFor();
      await context.setOffline(true);
      await page.evaluate(() => window.dispatchEvent(new Event("offline")));
      await page.locator('[data-connection="offline"]').waitFor({ timeout: 40_000 });
    },
  },
];

async function prepare(server: TestServer): Promise<Map<string, string>> {
  const client = await server.client();
  const threads = new Map<string, string>();
  for (const { name, prompts, until } of SCENES) {
    const { thread: id } = await client.command("thread.create", { agent: "demo", cwd: server.cwd });
    threads.set(name, id);
    const watch = client.watch(`thread:${id}`);
    await watch.ready();
    for (const text of prompts) await client.command("thread.prompt", { thread: id, text });
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const { status } = watch.replica.get("thread", id) ?? {};
        const asks = [...watch.replica.all("permission")].find(([, value]) => value["status"] === "pending");
        if (asks && until === "idle") {
          const [option] = asks[1]["options"] as { optionId: string }[];
          if (option)
            client
              .command("thread.answer", { thread: id, permission: asks[0], option: option.optionId })
              .catch(() => {});
        }
        const turns = [...watch.replica.all("turn").values()];
        const ended =
          turns.length > 0 && turns.every((turn) => !["queued", "running"].includes(String(turn["status"])));
        if (until === "idle" ? ended : status === until) resolve();
      };
      watch.onChange(look);
      look();
    });
    watch.release();
  }
  return threads;
}

async function take(
  browser: Browser,
  server: TestServer,
  threads: Map<string, string>,
  only: { name: string; look: string },
): Promise<void> {
  for (const [size, options] of Object.entries(SIZES)) {
    for (const scheme of SCHEMES) {
      if (!`${size}-${scheme}`.includes(only.look)) continue;
      const context = await browser.newContext({ ...options, colorScheme: scheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      const picture = async (name: string): Promise<void> => {
        await page.screenshot({ path: join(OUT, `${name}-${size}-${scheme}.png`), animations: "disabled" });
      };
      await page.goto(`${server.url}/`);
      await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
      if ("sign-in".includes(only.name)) await picture("sign-in");
      await page.goto(await server.pairLink());
      await page.locator('[data-connection="live"]').waitFor();
      for (const { name, path, act } of SHOTS) {
        if (!name.includes(only.name)) continue;
        await context.setOffline(false);
        await page.goto(server.url + path(threads));
        await page.locator('[data-connection="live"]').waitFor();
        await act?.(page, context);
        // Skeletons wait 150 ms, and parts are loaded as they are needed: what is pictured is what stays.
        await page.waitForTimeout(400);
        await picture(name);
      }
      await context.close();
    }
  }
}

const browser = await openBrowser();
if (browser === null) process.exit(1);
await mkdir(OUT, { recursive: true });
const server = await TestServer.start({ delayMs: 2 });
try {
  const threads = await prepare(server);
  await take(browser, server, threads, { name: process.argv[2] ?? "", look: process.argv[3] ?? "" });
} finally {
  await browser.close();
  await server.stop();
}
console.log(`The pictures are in ${OUT}.`);
