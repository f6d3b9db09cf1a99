import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { App } from "./support/app.ts";
import { exported, makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const AGENT = join(import.meta.dir, "../../../test/support/scripted-agent.ts");

test.skipIf(!app.available)(
  "P42, P45, L21: a thread of more bytes than a window and its pages may have is shown, read back and exported whole",
  async () => {
    const outputs = Array.from({ length: 24 }, (_, call) => `${call} `.padEnd(250_000, "x"));
    const calls = outputs.map((text, call) => {
      const content = [{ type: "content", content: { type: "text", text } }];
      const update = { sessionUpdate: "tool_call", toolCallId: `c${call}`, title: `Call ${call}`, content };
      return { update: { ...update, status: "completed" } };
    });
    const script = join(app.server.cwd, "script.json");
    await Bun.write(script, JSON.stringify({ prompts: [[...calls, { text: "the end" }]] }));
    const thread = await makeThread(app, ["Go on"], { command: process.execPath, args: [AGENT, script] });
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.reload();
    const timeline = page.locator("[data-timeline]");
    await timeline.getByText("the end", { exact: true }).waitFor();
    // The prompt is the oldest item: it is there once all pages are.
    const shown = timeline.getByText("Go on", { exact: true }).waitFor();
    await timeline.hover();
    const scrolling = setInterval(() => void page.mouse.wheel(0, -2000).catch(() => {}), 50);
    await shown.finally(() => clearInterval(scrolling));
    await page.reload();
    const items = await exported(page);
    const texts = items
      .filter(({ kind }) => kind === "tool")
      .map(({ value }) => (value["content"] as { block: { text: string } }[])[0]?.block.text);
    expect(texts).toEqual(outputs);
    expect(items.filter(({ kind }) => kind === "message")).toHaveLength(2);
  },
  60_000,
);
