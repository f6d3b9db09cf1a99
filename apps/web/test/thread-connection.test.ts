import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { itemsOf, scriptOf, seededAgent } from "../../../test/support/seeded-agent.ts";
import type { Item, Watch } from "@skein/client";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { exported, makeThread, openThread, promptBox, saidIn, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const lines = (from: number, to: number): string[] =>
  Array.from(
    { length: to - from + 1 },
    (_, index) => `Line ${from + index}: the quick brown fox jumps over the lazy dog ✓ 𝒳\n`,
  );
const HALF = 100;
const WHOLE = lines(1, 2 * HALF).join("");
const paced = (said: readonly string[]): Step[] => said.flatMap((text) => [{ text }, { wait: 2 }]);

/** Says the first half of `WHOLE`, and the rest once it is let go on: what happens in between is in the middle of it. */
const halting = () =>
  scriptedAgent({
    prompts: [[...paced(lines(1, HALF)), { until: "go-on" }, ...paced(lines(HALF + 1, 2 * HALF))], [{ text: "hello" }]],
  });
const sign = (): string => join(app.server.cwd, "go-on");
const goOn = (): Promise<number> => Bun.write(sign(), "");
beforeEach(async () => {
  if (app.available) await rm(sign(), { force: true });
});

/** Waits until the page shows the answer up to where it halts. */
const reachedHalf = (page: Page) =>
  page.waitForFunction(
    (wanted) => document.querySelector("[data-timeline]")?.textContent?.includes(`Line ${wanted}:`) ?? false,
    HALF,
  );

/** Waits until what the server has of a thread is as asked, and gives its items. */
async function onServer(thread: string, is: (replica: Watch["replica"]) => boolean): Promise<readonly Item[]> {
  const watch = (await app.server.client()).watch(`thread:${thread}`);
  await watch.ready();
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (is(watch.replica)) resolve();
    };
    watch.onChange(look);
    look();
  });
  const items = watch.replica.timeline();
  watch.release();
  return items;
}

/** Waits until the server has the end of the halting agent's answer. */
const answered = (thread: string): Promise<readonly Item[]> =>
  onServer(thread, (replica) =>
    replica.timeline().some(({ value }) => String(value["text"]).includes(`Line ${2 * HALF}:`)),
  );

const answerIn = async (page: Page): Promise<string> =>
  saidIn(await exported(page))
    .map(({ text }) => text)
    .join("");

describe.skipIf(!app.available)("a thread whose connection goes", () => {
  test("G4: reloaded in the middle of an answer, the page goes on with it, to the character", async () => {
    const thread = await makeThread(app, ["long"], halting());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reachedHalf(page);
    await Promise.all([page.reload(), goOn()]);
    await live(page);
    await turnsEnded(page, 1);
    expect(await answerIn(page)).toBe(WHOLE);
  });

  test("G2, G4: offline in the middle of an answer, what was loaded stays; back, it is exact", async () => {
    const thread = await makeThread(app, ["long"], halting());
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await reachedHalf(page);
    await context.setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    expect(await page.locator("[data-timeline]").textContent()).toContain(`Line ${HALF}:`);
    // A prompt given meanwhile is shown, marked as not sent, and leaves once the server is back.
    await promptBox(page).fill("hello");
    await page.getByRole("button", { name: "Queue", exact: true }).click();
    await page.getByText("sent once the server is back").waitFor();
    await page.getByRole("button", { name: /1 to send/ }).waitFor();
    await goOn();
    await answered(thread);
    expect(await page.locator("[data-timeline]").textContent()).not.toContain(`Line ${HALF + 1}:`);
    network.mend();
    await context.setOffline(false);
    await live(page);
    await turnsEnded(page, 2);
    await page.getByText("sent once the server is back").waitFor({ state: "detached" });
    expect(await answerIn(page)).toBe(`${WHOLE}hello`);
  });

  test("G1, G7: the server killed in the middle of an answer, all that was seen is there, marked as interrupted", async () => {
    const thread = await makeThread(app, ["long"], halting());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reachedHalf(page);
    // A prompt that was dropped before its turn is not what was interrupted.
    const client = await app.server.client();
    const { turn } = await client.command("thread.prompt", { thread, text: "dropped" });
    await client.command("thread.unqueue", { thread, turn });
    await app.server.process.end("SIGKILL");
    await page.locator('[data-connection="offline"]').waitFor();
    await app.server.process.start();
    await live(page);
    await turnsEnded(page, 1);
    // Said once, with the reason and what to do; the list has its mark, the answer and its turn a dashed rule.
    const notice = page.getByRole("region", { name: "Interrupted" });
    await notice.getByText(/^The thread was interrupted: .+ Send a prompt to continue where it left off\.$/).waitFor();
    await page.locator(`[data-thread="${thread}"]`).getByRole("img", { name: "Interrupted" }).waitFor();
    await page.locator("[data-timeline] .interrupted-rule[data-status=interrupted]").waitFor();
    const saidElsewhere = await page.locator("#main").evaluate((main) => {
      const shown = main.cloneNode(true) as HTMLElement;
      for (const each of shown.querySelectorAll("[aria-label=Interrupted]:is(section), [aria-live]")) each.remove();
      return `${shown.innerText} ${[...shown.querySelectorAll("[aria-label]")].map((each) => each.ariaLabel).join()}`;
    });
    expect(saidElsewhere).not.toMatch(/interrupted/i);
    expect(await page.locator("header").getByRole("img", { name: "Interrupted" }).count()).toBe(0);
    expect(await answerIn(page)).toBe(lines(1, HALF).join(""));
    await notice.getByRole("button", { name: "Resume" }).click();
    await notice.waitFor({ state: "detached" });
    // Once it goes on, its turn says what happened to it.
    await page
      .locator("[data-turn=interrupted]")
      .getByText(/^Interrupted: /)
      .waitFor();
  });

  test("P66: Stop holds the queue, which says how many wait; Continue lets it go", async () => {
    const thread = await makeThread(app, ["long", "hello", "hello"], halting());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reachedHalf(page);
    await page.getByRole("button", { name: "Stop" }).click();
    await goOn();
    const notice = page.getByRole("region", { name: "Queue" });
    await notice.getByText("Your queue is paused.").waitFor();
    await page.getByRole("button", { name: /^2 prompts queued/ }).waitFor();
    expect(await page.getByRole("region", { name: "Interrupted" }).count()).toBe(0);
    await notice.getByRole("button", { name: "Continue" }).click();
    await notice.waitFor({ state: "detached" });
    await turnsEnded(page, 3);
  });

  test("P17: what keeps the server from accepting work is told above everything, as long as it lasts", async () => {
    const thread = await makeThread(app, ["long"], halting());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reachedHalf(page);
    const foreign = new Database(join(app.server.process.data, "skein.sqlite"));
    try {
      foreign.run("BEGIN IMMEDIATE");
      // What the agent says from here on cannot be written.
      await goOn();
      const banner = page.getByRole("status").filter({ hasText: "Another program keeps the database" });
      await banner.waitFor();
      foreign.run("COMMIT");
      await banner.waitFor({ state: "detached" });
      await turnsEnded(page, 1);
      expect(await answerIn(page)).toBe(WHOLE);
    } finally {
      foreign.close();
    }
  });

  test("Resume given offline waits, and can be taken back; pressed twice it is given once", async () => {
    const thread = await makeThread(app, ["long"], halting());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reachedHalf(page);
    await app.server.process.end("SIGKILL");
    await app.server.process.start();
    await live(page);
    const network = await cuttable(page);
    await page.reload();
    await live(page);
    const notice = page.getByRole("region", { name: "Interrupted" });
    await notice.waitFor();
    await page.context().setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    // Of a double click the second one takes nothing back.
    await notice.getByRole("button", { name: "Resume" }).dblclick();
    await notice.getByText("It is resumed once the server is back.").waitFor();
    await page.getByRole("button", { name: /1 to send/ }).waitFor();
    await notice.getByRole("button", { name: "Take it back" }).click();
    await notice.getByText("Send a prompt to continue where it left off.").waitFor();
    await page.getByRole("button", { name: /offline$/ }).waitFor();
    await notice.getByRole("button", { name: "Resume" }).click();
    await notice.getByText("It is resumed once the server is back.").waitFor();
    network.mend();
    await page.context().setOffline(false);
    await page.locator("[data-connection]").click();
    await live(page);
    await notice.waitFor({ state: "detached" });
  });

  test("G4, G8: any answer, of any agent, in two browsers at once, one of them reloaded", async () => {
    const seeds = [11, 12, 13, 14];
    const thread = await makeThread(app, [], seededAgent());
    const [one, two] = [(await app.signedIn()).page, (await app.signedIn()).page];
    await openThread(one, app, thread);
    await openThread(two, app, thread);
    for (const [index, seed] of seeds.entries()) {
      await promptBox(one).fill(`seed ${seed}`);
      await one.keyboard.press("Enter");
      if (index === 2) await two.reload();
    }
    const expected = seeds.flatMap((seed) => itemsOf(scriptOf(seed)));
    const items = await onServer(thread, (replica) => {
      const ended = [...replica.all("turn").values()].filter(({ endedAt }) => endedAt !== undefined);
      return ended.length === seeds.length;
    });
    for (const page of [one, two]) {
      await live(page);
      // The page follows the end: with the foot of the last turn it has everything.
      await page.locator(`[data-row="footer ${String(items.at(-1)?.value["turn"])}"]`).waitFor();
      expect(saidIn(await exported(page))).toEqual(expected);
    }
  });
});
