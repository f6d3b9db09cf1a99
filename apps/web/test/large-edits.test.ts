import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolContent } from "@skein/client";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { App, axeFaults, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { exported, makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  await app.finish();
});

/** An agent that goes through steps that are too large for a command line. */
async function agentOf(...steps: Step[]): Promise<{ command: string; args: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "skein-edits-"));
  folders.push(folder);
  const script = join(folder, "script.json");
  await Bun.write(script, JSON.stringify({ prompts: [steps] }));
  const { command, args } = scriptedAgent();
  return { command, args: [...args.slice(0, 1), script] };
}

type Diff = { type: "diff"; path: string; oldText: string | null; newText: string };
const diff = (path: string, oldText: string | null, newText: string): Diff => ({
  type: "diff",
  path,
  oldText,
  newText,
});

let calls = 0;
const edit = (title: string, content: Diff[], more: Record<string, unknown> = {}): Step => ({
  update: {
    sessionUpdate: "tool_call",
    toolCallId: `call-${++calls}`,
    title,
    kind: "edit",
    status: "completed",
    content,
    ...more,
  },
});

/** A file of so many lines, each another. */
const fileOf = (lines: number): string => Array.from({ length: lines }, (_, n) => `const line${n} = ${n};\n`).join("");
const BIG = fileOf(20_000);
const row = (page: Page, name: string) =>
  page.locator("[data-timeline] button[aria-expanded]").filter({ hasText: name }).first();
const counts = (page: Page, added: number, removed: number) =>
  page.getByRole("img", { name: `${added} lines added, ${removed} removed` });

describe.skipIf(!app.available)("an edit of a large file", () => {
  test("P58: is told like any other: in the row, the turn's line, the panel, all changes and the export", async () => {
    const exec = await agentOf(
      edit("Edit small.ts", [diff("/srv/small.ts", "a\n", "b\n")]),
      edit("Edit big.ts", [diff("/srv/big.ts", BIG, `${BIG}one more\n`)]),
      edit("Edit big.ts again", [diff("/srv/big.ts", `${BIG}one more\n`, `first\n${BIG}one more\n`)]),
      edit(
        "Apply patch",
        [0, 1, 2, 3, 4].map((n) => diff(`/srv/patched-${n}.ts`, fileOf(6_000), `${fileOf(6_000)}${n}\n`)),
      ),
      { text: "Done." },
    );
    const thread = await makeThread(app, ["Edit them."], exec);
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "7 files changed" }).waitFor();
    await row(page, "steps").click();
    await row(page, "Edit big.ts").getByRole("img", { name: "1 lines added, 0 removed" }).waitFor();
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll("[data-timeline] button[aria-expanded]")]
          .find((each) => each.textContent?.includes("Apply patch"))
          ?.querySelectorAll("[role=img][aria-label='1 lines added, 0 removed']").length === 5,
    );
    await row(page, "Edit big.ts").click();
    const figure = page.locator("figure").filter({ hasText: "big.ts" });
    await figure.locator("[data-line=added]").getByText("one more").waitFor();
    expect(await figure.locator("[data-line]").count()).toBe(4);
    expect(await page.getByText("output").count()).toBe(0);

    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.getByRole("tab", { name: "Changes" }).click();
    const panel = page.getByRole("complementary").or(page.getByRole("tabpanel"));
    await panel.getByText("7 files changed").first().waitFor();
    // Two edits of which one follows from the other are one change.
    const big = page.getByRole("group", { name: "/srv/big.ts" });
    await big.getByRole("img", { name: "2 lines added, 0 removed" }).waitFor();
    await page.getByRole("group", { name: "/srv/patched-4.ts" }).getByRole("img", { name: "1 lines added" }).waitFor();
    await big.getByRole("button", { name: "Show large" }).click();
    const file = page.getByRole("dialog").getByRole("region", { name: "/srv/big.ts" });
    await file.locator("[data-line=added]").getByText("first").first().waitFor();
    expect(await page.getByRole("dialog").locator("[data-file]").count()).toBe(7);
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "More" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Export as Markdown" }).click(),
    ]);
    const text = await Bun.file(await download.path()).text();
    expect(text).toContain("`/srv/big.ts`\n\n```diff\n@@ -19998 +19998 @@\n");
    expect(text).toContain(" const line19999 = 19999;\n+one more\n```");
    expect(text).toContain("`/srv/patched-4.ts`");
  });

  test("P58: is shown with its path and its diff where the agent asks for leave", async () => {
    const exec = await agentOf(
      edit("Edit big.ts", [diff("/srv/big.ts", BIG, `${BIG.slice(BIG.indexOf("\n") + 1)}evil()\n`)], {
        toolCallId: "asked",
        status: "pending",
      }),
      {
        ask: "session/request_permission",
        params: {
          toolCall: { toolCallId: "asked" },
          options: [
            { optionId: "a", name: "Allow", kind: "allow_once" },
            { optionId: "r", name: "Reject", kind: "reject_once" },
          ],
        },
      },
    );
    const thread = await makeThread(app, ["Edit it."], exec);
    for (const options of [{ viewport: { width: 1440, height: 900 } }, PHONE]) {
      const { page } = await app.signedIn(options);
      await openThread(page, app, thread);
      const card = page.locator("[data-timeline] [data-request]");
      await card.getByText("big.ts").first().waitFor();
      await card.getByRole("img", { name: "1 lines added, 1 removed" }).waitFor();
      await card.locator("[data-line=removed]").getByText("line0 = 0").waitFor();
      await card.locator("[data-line=added]").getByText("evil()").waitFor();
      expect(await axeFaults(page)).toEqual([]);
    }
  });

  test("P58: of megabytes is loaded when it is asked for, and is downloaded under its own name", async () => {
    const huge = fileOf(100_000);
    const after = huge.replaceAll("7;\n", "seven;\n");
    const thread = await makeThread(
      app,
      ["Edit it."],
      await agentOf(edit("Edit huge.ts", [diff("/srv/huge.ts", huge, after)])),
    );
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    const loads: string[] = [];
    page.on("request", (request) => request.url().includes("/v1/blobs/") && loads.push(request.url()));
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await counts(page, 10_000, 10_000).first().waitFor();
    await row(page, "Edit huge.ts").click();
    const figure = page.locator("figure").filter({ hasText: "huge.ts" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      figure.getByRole("link", { name: "huge.ts" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("huge.ts");
    expect(await Bun.file(await download.path()).text()).toBe(after);
    loads.length = 0;
    await figure.getByRole("button", { name: "Show the diff" }).click();
    await figure.locator("[data-line=added]").first().waitFor();
    expect(loads.length).toBe(2);
    expect(await figure.locator("[data-line]").count()).toBe(500);
  });

  test("P58: that can't be loaded says so, and is tried again", async () => {
    const thread = await makeThread(
      app,
      ["Edit it."],
      await agentOf(edit("Edit big.ts", [diff("/srv/big.ts", null, BIG)])),
    );
    const { page, context } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await context.route("**/v1/blobs/*", (route) => route.abort());
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await row(page, "Edit big.ts").click();
    await page.getByText("The diff could not be loaded.").waitFor();
    await context.unroute("**/v1/blobs/*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("figure [data-line=added]").first().waitFor();
  });

  test("P58: as an earlier server kept it has its path, its diff, and a file with the right name", async () => {
    const both = JSON.stringify(diff("/srv/big.ts", BIG, `${BIG}one more\n`));
    const kept = await fetch(`${app.server.url}/v1/blobs`, {
      method: "PUT",
      body: both,
      headers: { authorization: `Bearer ${app.server.process.token}` },
    });
    const { blob, bytes } = (await kept.json()) as { blob: string; bytes: number };
    const content: ToolContent = { type: "blob", blob, bytes, mimeType: "application/json", path: "/srv/big.ts" };
    const thread = await makeThread(
      app,
      ["Edit it."],
      await agentOf(edit("Edit big.ts", [diff("/srv/big.ts", null, BIG)])),
    );
    const { page, context } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    // What such a server has stored is what this one sends here.
    await context.routeWebSocket(/\/v1\/socket/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((frame) =>
        socket.send(String(frame).replaceAll(/\{"type":"blob",[^{]*"diff":\{[^}]*\}\}/g, JSON.stringify(content))),
      );
    });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    expect((await exported(page)).flatMap(({ value }) => value["content"] ?? [])).toEqual([content]);
    await page.getByRole("button", { name: "1 file changed" }).waitFor();
    await context.route("**/v1/blobs/*", (route) => route.abort());
    await row(page, "Edit big.ts").click();
    const link = page.locator("figure").getByRole("link", { name: "big.ts.json" });
    expect(await link.getAttribute("download")).toBe("big.ts.json");
    await context.unroute("**/v1/blobs/*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("figure [data-line=added]").getByText("one more").waitFor();
    await counts(page, 1, 0).first().waitFor();
  });
});
