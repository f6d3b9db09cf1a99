import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, PHONE } from "./support/app.ts";
import { scriptedAgent } from "../../../test/support/scripted-agent.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

const SENTENCE = "Every line of this answer is as wide as there is room for, so that its end stands at the edge. ";
const answering = (text: string): [string[], { command: string; args: string[] }] => [
  [JSON.stringify([{ text }])],
  showcaseAgent(),
];

/** What is at the end of the answer's first line: part of its text, or what lies over it. */
const atFirstLinesEnd = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const text = document.querySelector("[data-status=complete] .markdown p")?.firstChild;
    if (!text) throw new Error("There is no answer.");
    const range = document.createRange();
    range.selectNodeContents(text);
    const line = range.getClientRects()[0];
    if (!line) throw new Error("It has no line.");
    // Over the height of the letters, and at their end.
    for (const y of [line.top + 2, line.top + line.height / 2, line.bottom - 2]) {
      const found = document.elementFromPoint(line.right - 3, y);
      if (!found?.closest(".markdown p")) return found?.outerHTML.slice(0, 200) ?? "nothing";
    }
    return "text";
  });

const timeline = (page: Page) => page.locator("[data-timeline]");
const jump = (page: Page) => page.getByRole("button", { name: "Jump to latest" });

/** The first row in sight and how far below the timeline's edge it stands. */
const anchor = (page: Page): Promise<{ key: string; top: number }> =>
  page.evaluate(() => {
    const edge = document.querySelector("[data-timeline]")?.getBoundingClientRect().top ?? 0;
    const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
    const row = rows.find((each) => each.offsetHeight > 0 && each.getBoundingClientRect().top >= edge);
    return { key: row?.dataset["row"] ?? "", top: Math.round((row?.getBoundingClientRect().top ?? -1) - edge) };
  });

describe.skipIf(!app.available)("reading a thread", () => {
  test("its end stays in sight while a prompt of many lines is written, and taken out again", async () => {
    const thread = await makeThread(app, ...answering(SENTENCE.repeat(60)));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const isAtEnd = () =>
      timeline(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 2 && box.scrollTop > 0);
    expect(await isAtEnd()).toBe(true);
    const field = page.getByRole("textbox", { name: "Prompt", exact: true });
    await field.focus();
    for (let line = 1; line <= 9; line++) {
      await page.keyboard.type(`line ${line}`);
      await page.keyboard.press("Shift+Enter");
      // Two frames later whatever scrolled has been heard of.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      expect({ line, isAtEnd: await isAtEnd(), jumps: await jump(page).count() }).toEqual({
        line,
        isAtEnd: true,
        jumps: 0,
      });
    }
    await field.fill("");
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect({ isAtEnd: await isAtEnd(), jumps: await jump(page).count() }).toEqual({ isAtEnd: true, jumps: 0 });
  });

  test("what can be done with an answer covers none of its words; by mouse and by keys", async () => {
    const thread = await makeThread(app, ...answering(SENTENCE.repeat(6)));
    const { page } = await app.signedIn({ permissions: ["clipboard-read", "clipboard-write"] });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const answer = page.locator("[data-status=complete]").last();
    await answer.hover();
    const copy = answer.getByRole("button", { name: "Copy", exact: true });
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector("[data-status=complete] .item-bar") as Element).opacity === "1",
    );
    expect(await atFirstLinesEnd(page)).toBe("text");
    await copy.click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(SENTENCE.repeat(6));
    await page.mouse.move(2, 2);
    await answer.getByRole("button", { name: "Copy link to this" }).focus();
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector("[data-status=complete] .item-bar") as Element).opacity === "1",
    );
  });

  test("on a phone it is always there, quiet, under a finger, and covers nothing", async () => {
    const thread = await makeThread(app, ...answering(SENTENCE.repeat(6)));
    const { page } = await app.signedIn({ ...PHONE, permissions: ["clipboard-read", "clipboard-write"] });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    expect(await atFirstLinesEnd(page)).toBe("text");
    const more = page.locator("[data-status=complete]").last().getByRole("button", { name: "Copy or link" });
    const box = await more.boundingBox();
    expect(box && box.width >= 43 && box.height >= 43).toBe(true);
    await more.tap();
    await page.getByRole("menuitem", { name: "Copy", exact: true }).tap();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(SENTENCE.repeat(6));
    // A prompt's name stands close to its text.
    const [name, text] = await page.evaluate(() => {
      const row = document.querySelector("[data-row] time")?.closest("[data-row]");
      return [row?.querySelector("time")?.getBoundingClientRect(), row?.querySelector("p")?.getBoundingClientRect()];
    });
    expect((text?.top ?? 0) - (name?.bottom ?? 0)).toBeLessThan(24);
  });

  test("where one read, and what one opened, is there again after another thread", async () => {
    const long = await makeThread(app, ["long 30", "long 30", "tour of it", "long 40", "long 30"]);
    const client = await app.server.client();
    await client.command("thread.mode", { thread: long, mode: "auto" });
    const other = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, long);
    await turnsEnded(page, 1);
    await page.getByText("Demo line 30 of 30").last().waitFor();
    await timeline(page).hover();
    const toggle = page.locator("[data-row] [data-toggle]").first();
    while (!(await toggle.isVisible())) await page.mouse.wheel(0, -300);
    await toggle.click();
    await page.locator("[data-row] [data-toggle][aria-expanded=true]").first().waitFor();
    await jump(page).waitFor();
    const before = await anchor(page);
    await page.locator(`[data-thread="${other}"]`).click();
    await timeline(page).getByText("no model, no account").waitFor();
    await page.locator(`[data-thread="${long}"]`).click();
    await page.locator(`[data-row="${before.key}"]`).waitFor();
    await page.waitForFunction(({ key, top }) => {
      const edge = document.querySelector("[data-timeline]")?.getBoundingClientRect().top ?? 0;
      const row = document.querySelector(`[data-row="${key}"]`)?.getBoundingClientRect().top ?? -1;
      return Math.abs(row - edge - top) <= 2;
    }, before);
    expect(await page.locator("[data-row] [data-toggle][aria-expanded=true]").count()).toBe(1);
    // The end is the end again: what comes is followed.
    await jump(page).click();
    await page.locator(`[data-thread="${other}"]`).click();
    await timeline(page).getByText("no model, no account").waitFor();
    await page.locator(`[data-thread="${long}"]`).click();
    await page.waitForFunction(() => {
      const box = document.querySelector("[data-timeline]");
      return (
        box !== null && box.scrollHeight > box.clientHeight && box.scrollHeight - box.scrollTop - box.clientHeight < 24
      );
    });
  });

  test("there is no jump to the latest where one sees it", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await page.clock.install();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.locator("#main").focus();
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.activeElement?.hasAttribute("data-row") ?? false);
    await page.keyboard.press("k");
    await timeline(page).hover();
    const wheeled = await timeline(page).evaluateHandle((box) => ({
      once: new Promise<void>((resolve) => box.addEventListener("wheel", () => resolve(), { once: true })),
    }));
    await page.mouse.wheel(0, -300);
    await wheeled.evaluate(({ once }) => once);
    // All that waits for a time, as the end of the way to a row does, and then what is drawn after that.
    await page.clock.runFor(5_000);
    await (await app.server.client()).command("thread.rename", { thread, title: "Drawn later" });
    await page.getByRole("heading", { name: "Drawn later" }).waitFor();
    expect(await jump(page).count()).toBe(0);
  });

  test("only what scrolls is a stop for Tab", async () => {
    const wide = "x".repeat(400);
    const text = `Short:\n\n\`\`\`ts\nlet a = 1;\n\`\`\`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nLong:\n\n\`\`\`ts\nlet b = "${wide}";\n\`\`\`\n`;
    const thread = await makeThread(app, ...answering(text));
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 1400 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.locator("[data-status=complete] pre").last().waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-status=complete] pre[tabindex]").length === 1);
    expect(await page.locator("[data-status=complete] .table-scroll[tabindex]").count()).toBe(0);
    expect(await page.locator("[data-timeline][tabindex]").count()).toBe(0);
  });

  test("an error without spaces stays in its box", async () => {
    const prompts = [[{ fail: { code: -32603, message: `Not found: ${"x".repeat(300)}` } }]];
    const thread = await makeThread(app, ["go"], scriptedAgent({ prompts }));
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    const alert = page.getByRole("alert");
    expect(await alert.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
  });

  test("of a file's name no letter lies over what follows it, and with a path or without it stands on one line", async () => {
    const read = (toolCallId: string, path: string) => ({
      update: {
        sessionUpdate: "tool_call",
        toolCallId,
        status: "completed",
        kind: "read",
        title: "Look at it",
        locations: [{ path }],
      },
    });
    const cwd = app.server.cwd;
    const steps = [
      read("1", `${cwd}/${"x".repeat(34)}.ts`),
      read("2", `${cwd}/README.md`),
      read("3", `${cwd}/src/README.md`),
      { text: "Done." },
    ];
    const thread = await makeThread(app, ["go"], scriptedAgent({ prompts: [steps] }));
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await page.getByRole("button", { name: "3 steps" }).click();
    await page.getByText("README.md").first().waitFor();
    const names = await page.locator("[data-timeline] span.flex[title]").evaluateAll((all) =>
      all.map((each) => {
        const [box, row] = [each.getBoundingClientRect(), (each.closest("button, a") ?? each).getBoundingClientRect()];
        const over = [...each.children].some((part) => part.getBoundingClientRect().right > box.right + 1);
        return {
          over,
          fits: box.right <= row.right + 1,
          top: (each.lastElementChild ?? each).getBoundingClientRect().top - row.top,
        };
      }),
    );
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(names.filter(({ over, fits }) => over || !fits)).toEqual([]);
    const tops = names.map(({ top }) => top);
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThanOrEqual(1);
  });

  test("tasks in a text bear the marks of a plan", async () => {
    const thread = await makeThread(app, ...answering("- [x] jitter\n- [ ] reset\n"));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const answer = page.locator("[data-status=complete]").last();
    expect(await answer.getByRole("img").evaluateAll((all) => all.map((each) => each.ariaLabel))).toEqual([
      "Done",
      "To do",
    ]);
    expect(await answer.locator("input").count()).toBe(0);
  });

  test("footnotes are told from links: a reference is raised, what they say stands at the end", async () => {
    const text = "See[^1] and[^why].\n\n[^1]: foot\n[^why]: Because of\nhttps://example.org\n\nAfter [^abc].";
    const thread = await makeThread(app, ...answering(text));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const answer = page.locator("[data-status=complete] .markdown").last();
    expect(await answer.locator("p sup").allInnerTexts()).toEqual(["1", "why"]);
    expect((await answer.innerText()).replaceAll(/\s+/g, " ")).toBe(
      "See1 andwhy. After [^abc]. 1 foot why Because of https://example.org",
    );
    expect(await answer.getByRole("note").count()).toBe(2);
    expect(await axeFaults(page)).toEqual([]);
  });
});
