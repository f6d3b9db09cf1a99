import type { Page } from "./browser.ts";
import { live, type App } from "./app.ts";

/** Makes a thread as a program would; `exec` names an agent of a test's own. */
export async function makeThread(
  app: App,
  prompts: readonly string[],
  exec?: { command: string; args: string[] },
): Promise<string> {
  const client = await app.server.client();
  const { thread } = await client.command("thread.create", {
    cwd: app.server.cwd,
    ...(exec ? { exec } : { agent: "demo" }),
  });
  for (const text of prompts) await client.command("thread.prompt", { thread, text });
  return thread;
}

/** Opens a thread in a page that is signed in. */
export async function openThread(page: Page, app: App, thread: string, item = ""): Promise<void> {
  await page.goto(`${app.server.url}/t/${thread}${item && `#${item}`}`);
  await live(page);
  await page.locator("[data-timeline]").waitFor();
}

export const promptBox = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });

/** Resolves once `count` turns have ended, whatever their end. */
export async function turnsEnded(page: Page, count: number): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelectorAll("[data-turn]").length >= wanted, count);
}

/** The thread as it is in this page's replica: what its export as JSON says. */
export async function exported(page: Page): Promise<{ kind: string; id: string; value: Record<string, unknown> }[]> {
  await page.getByRole("button", { name: "More" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export as JSON" }).click(),
  ]);
  const text = await Bun.file(await file.path()).text();
  return (JSON.parse(text) as { items: { kind: string; id: string; value: Record<string, unknown> }[] }).items;
}

/** What the agent said and did, as `itemsOf` of the seeded agent has it. */
export function saidIn(items: Awaited<ReturnType<typeof exported>>): { kind: string; role?: string; text: string }[] {
  return items.flatMap(({ kind, value }) => {
    if (kind === "message" && value["role"] !== "user") {
      return [{ kind, role: String(value["role"]), text: String(value["text"]) }];
    }
    if (kind !== "tool") return [];
    const [content] = value["content"] as { block?: { text?: string } }[];
    return [{ kind, text: content?.block?.text ?? "" }];
  });
}
