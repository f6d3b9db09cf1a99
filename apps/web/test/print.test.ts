import { afterEach, describe, expect, test } from "bun:test";
import { threadTopic } from "@skein/client";
import { App } from "./support/app.ts";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const WIDE = { viewport: { width: 1440, height: 900 }, colorScheme: "dark" } as const;

type Printed = { text: string; ground: string; boxes: string[] };

/** Prints, and tells how many pages came of it. */
async function print(page: Page): Promise<number> {
  const pdf = await page.pdf({ format: "A4" });
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

/** The page as it is drawn for paper. */
async function printed(page: Page): Promise<Printed> {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const seen = await page.evaluate((): Printed => {
    const boxes = [...document.querySelectorAll<HTMLElement>("button, textarea, nav, header, aside, [role=region]")]
      .filter((each) => each.checkVisibility() && !each.hasAttribute("data-toggle"))
      .map((each) => each.outerHTML.slice(0, 120));
    return { text: document.body.innerText, ground: getComputedStyle(document.body).backgroundColor, boxes };
  });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
  return seen;
}

const scrolled = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTop ?? -1);

describe.skipIf(!app.available)("a thread that is printed", () => {
  test("is its timeline alone, on white, from its first item to its last; afterwards one reads where one did", async () => {
    const prompts = Array.from({ length: 60 }, (_, index) => `Prompt number ${index + 1} of them all.`);
    const steps: Step[] = [{ text: "An answer of a line or two, which says little. ".repeat(6) }];
    const thread = await makeThread(app, ["first words", ...prompts], scriptedAgent({ prompts: [steps] }));
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await page.getByText("Prompt number 60 of them all.").waitFor();
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.getByRole("complementary").waitFor();
    const end = await scrolled(page);
    expect(await print(page)).toBeGreaterThan(6);
    expect(await scrolled(page)).toBe(end);
    await page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTo(0, 2_000));
    await page.getByRole("button", { name: "Jump to latest" }).waitFor();
    const before = await topRow(page);
    expect(await print(page)).toBeGreaterThan(6);
    expect(await topRow(page)).toEqual(before);
    const { text, ground, boxes } = await printed(page);
    for (const prompt of ["first words", ...prompts]) expect(text).toContain(prompt);
    expect(text.indexOf(prompts[0] ?? "")).toBeLessThan(text.indexOf(prompts[59] ?? ""));
    expect(text.split(prompts[3] ?? "").length).toBe(2);
    expect(ground).toBe("rgb(255, 255, 255)");
    expect(boxes).toEqual([]);
    expect(text).not.toContain("Export as Markdown");
    await promptBox(page).waitFor();
  });

  test("of which not all is loaded says where the rest is", async () => {
    const steps: Step[] = [{ text: "Short.\n\n" }];
    const thread = await makeThread(app, [], scriptedAgent({ prompts: [steps] }));
    const client = await app.server.client();
    const watch = client.watch(threadTopic(thread));
    await watch.ready();
    // One at a time: more than 64 do not wait in a queue.
    for (let number = 1; number <= 220; number++) {
      const { turn } = await client.command("thread.prompt", { thread, text: `Number ${number}` });
      while (watch.replica.get("turn", turn)?.status !== "done") await Bun.sleep(1);
    }
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await turnsEnded(page, 10);
    await page.getByText("Number 220").waitFor();
    const { text } = await printed(page);
    expect(text).toContain("Export as Markdown");
    expect(text).toContain("Number 220");
  });
});

/** The first row that is in sight, and where it stands. */
const topRow = (page: Page): Promise<[string | undefined, number]> =>
  page.evaluate(() => {
    const top = document.querySelector("[data-timeline]")?.getBoundingClientRect().top ?? 0;
    const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
    const first = rows.find((row) => row.getBoundingClientRect().bottom > top + 1);
    return [first?.dataset["row"], Math.round((first?.getBoundingClientRect().top ?? 0) - top)];
  });
