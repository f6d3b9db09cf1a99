import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults } from "./support/app.ts";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const WIDE = { viewport: { width: 1440, height: 900 } };

describe.skipIf(!app.available)("a part that is long", () => {
  test("a prompt and a plan take 360 px until all of them is asked for; a plan shows its present step", async () => {
    const entries = Array.from({ length: 120 }, (_, index) => ({
      content: `Step ${index + 1}`,
      priority: "medium",
      status: index < 80 ? "completed" : index === 80 ? "in_progress" : "pending",
    }));
    const steps: Step[] = [{ update: { sessionUpdate: "plan", entries } }, { text: "Done." }];
    const thread = await makeThread(app, ["A line.\n".repeat(30_000)], scriptedAgent({ prompts: [steps] }));
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const prompt = page.getByRole("article", { name: "Message" }).filter({ hasText: "A line." });
    const plan = page.getByRole("article", { name: "Plan" });
    for (const part of [prompt, plan]) {
      const height = async (): Promise<number> => (await part.boundingBox())?.height ?? 0;
      expect(await height()).toBeLessThan(500);
      if (part === plan) {
        const [box, present] = [
          await part.getByRole("group", { name: "Steps" }).boundingBox(),
          await part.getByText("Step 81", { exact: true }).boundingBox(),
        ];
        expect(present?.y).toBeGreaterThan(box?.y ?? 0);
        expect(present?.y).toBeLessThan((box?.y ?? 0) + (box?.height ?? 0) - 20);
      }
      await part.getByRole("button", { name: "Show all" }).click();
      await part.getByRole("button", { name: "Show less" }).waitFor();
      expect(await height()).toBeGreaterThan(2_000);
      await part.getByRole("button", { name: "Show less" }).click();
    }
    expect(await axeFaults(page)).toEqual([]);
  });

  test("a queued prompt says that there is more of it, and shows it", async () => {
    const prompts = ["hold", "A queued line.\n".repeat(40), "Short"];
    const thread = await makeThread(app, prompts, scriptedAgent({ prompts: [[{ hang: true }]] }));
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await page
      .getByText(/2 (prompts )?(queued|wait)/i)
      .first()
      .click();
    const rows = page.getByRole("complementary").getByRole("listitem");
    await rows.nth(1).waitFor();
    expect(await rows.nth(1).getByRole("button", { name: "Show all" }).count()).toBe(0);
    expect((await rows.nth(0).boundingBox())?.height).toBeLessThan(260);
    await rows.nth(0).getByRole("button", { name: "Show all" }).click();
    expect((await rows.nth(0).boundingBox())?.height).toBeGreaterThan(700);
    expect(await axeFaults(page)).toEqual([]);
  });

  test("of a long line a diff shows what changed, how much is left out, and all of it on demand", async () => {
    const line = (end: string): string => `x = [${"[1,2],".repeat(15_000)}${end}];\n`;
    const content = [
      { type: "diff", path: `${app.server.cwd}/long.js`, oldText: line("before"), newText: line("after") },
    ];
    const update = { sessionUpdate: "tool_call", toolCallId: "d1", status: "completed", kind: "edit", title: "Edit" };
    const steps: Step[] = [{ update: { ...update, content } }, { text: "Done." }];
    const thread = await makeThread(app, [JSON.stringify(steps)], scriptedAgent());
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.locator("[data-row] button[data-toggle]").first().click();
    for (const [type, word] of [
      ["removed", "before"],
      ["added", "after"],
    ]) {
      const row = page.locator(`[data-line=${type}]`).first();
      await row.locator(".mark", { hasText: word ?? "" }).waitFor();
      const [mark, frame] = [
        await row.locator(".mark").first().boundingBox(),
        await page.locator("figure").first().boundingBox(),
      ];
      expect(mark?.x).toBeLessThan((frame?.x ?? 0) + (frame?.width ?? 0));
      expect((await row.innerText()).length).toBeLessThan(400);
      expect(await row.innerText()).toMatch(/… 8\d,\d{3} characters/);
    }
    expect(await axeFaults(page)).toEqual([]);
    await page.goto(`${app.server.url}/t/${thread}/changes`);
    const dialog = page.getByRole("dialog");
    const added = dialog.locator("[data-line=added]").first();
    await added.locator(".mark", { hasText: "after" }).waitFor();
    expect((await added.boundingBox())?.height).toBeLessThan(200);
    await added
      .getByRole("button", { name: /characters/ })
      .first()
      .click();
    await added.getByText(/^x = \[\[1,2\],/).waitFor();
    expect((await added.innerText()).length).toBeGreaterThan(90_000);
  });
});
