import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, PHONE } from "./support/app.ts";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { cuttable, swallowing } from "./support/cuttable.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

/** Asks for leave to run a command, as agents do: the tool call first, then the request. */
const run = (toolCallId: string, command: string, more: Record<string, unknown> = {}): Step[] => [
  {
    update: {
      sessionUpdate: "tool_call",
      toolCallId,
      status: "pending",
      kind: "execute",
      title: "Run a command",
      rawInput: { command, ...more },
    },
  },
  {
    ask: "session/request_permission",
    params: {
      toolCall: { toolCallId },
      options: [
        { optionId: "yes", name: "Allow", kind: "allow_once" },
        { optionId: "always", name: "Allow, and stop asking", kind: "allow_always" },
        { optionId: "no", name: "Reject", kind: "reject_once" },
      ],
    },
  },
  { update: { sessionUpdate: "tool_call_update", toolCallId, status: "completed" } },
];
/** The same, without waiting for the answer: so that several are open at once. */
const atOnce = (command: string): Step[] => {
  const [begin, ask] = run(command, command);
  return [begin as Step, { ...(ask as Extract<Step, { ask: string }>), wait: false }];
};
const asks = (steps: Step[]): [string[], { command: string; args: string[] }] => [
  [JSON.stringify(steps)],
  scriptedAgent(),
];
/** Enough above or below a request to scroll it away. */
const LONG: Step = { text: "A line that takes a place of its own.\n\n", times: 60 };

const bar = (page: Page) => page.getByRole("region", { name: "The agent waits for you" });
const card = (page: Page) => page.getByRole("region", { name: /asks for leave/ });
const lineOf = async (page: Page, of: "card" | "bar"): Promise<number[]> => {
  const buttons = await (of === "card" ? card(page) : bar(page)).locator("[data-answer]").all();
  return Promise.all(buttons.map(async (each) => Math.round((await each.boundingBox())?.y ?? -1)));
};

describe.skipIf(!app.available)("a request", () => {
  test("a command is shown as one, its other arguments as a list, the raw ones on demand", async () => {
    const thread = await makeThread(app, ...asks(run("c1", "ls -la src", { timeout: 30, description: "List it" })));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await card(page).waitFor();
    const said = await card(page).innerText();
    expect(said).toContain("$ ls -la src");
    expect(said).not.toContain('"command"');
    await card(page).getByRole("term").filter({ hasText: "timeout" }).waitFor();
    await card(page).getByRole("definition").filter({ hasText: "30" }).waitFor();
    await card(page).getByText("As JSON").click();
    await card(page).getByText('"command": "ls -la src"').waitFor();
    expect(await axeFaults(page)).toEqual([]);
  });

  test("the bar says which command it is about, or which file and how much of it, with the diff on demand", async () => {
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    const command = await makeThread(app, ...asks([LONG, ...run("c2", "rm -rf build")]));
    await openThread(page, app, command);
    await bar(page).waitFor();
    await page.locator("[data-timeline]").hover();
    await page.mouse.wheel(0, -2000);
    await bar(page).getByText("$ rm -rf build").waitFor();

    const edit = await makeThread(app, ["long 60", "edit Something"]);
    await openThread(page, app, edit);
    await bar(page).waitFor();
    await page.locator("[data-timeline]").hover();
    await page.mouse.wheel(0, -2000);
    await bar(page).getByText("skein-demo.md", { exact: true }).waitFor();
    await bar(page)
      .getByRole("img", { name: /lines added/ })
      .waitFor();
    await bar(page).getByRole("button", { name: "Show the changes" }).click();
    await bar(page).locator("[data-line=added]").first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
  });

  test("while its card is in view the bar is one line, with what else can be answered in a menu", async () => {
    const thread = await makeThread(app, ["long 60", "edit Something"]);
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await bar(page).getByRole("button", { name: "Other answers" }).waitFor();
    expect((await bar(page).boundingBox())?.height).toBeLessThan(64);
    // In the card: yes and no beside each other, the rest below.
    const [yes, no] = await lineOf(page, "card");
    expect(no).toBe(yes);
    await page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTo(0, 0));
    await bar(page).getByRole("button", { name: "Reject" }).waitFor();
    await page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTo(0, 1e6));
    await bar(page).getByRole("button", { name: "Other answers" }).tap();
    await page.getByRole("menuitem", { name: "Reject" }).tap();
    await page.getByText("Rejected by you").waitFor();
  });

  test("with the keyboard up, the bar stays one line whatever is in view", async () => {
    const thread = await makeThread(app, ["long 60", "edit Something"]);
    const { page } = await app.signedIn({ ...PHONE, viewport: { width: 360, height: 400 } });
    await openThread(page, app, thread);
    await bar(page).waitFor();
    await page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTo(0, 0));
    await page.getByRole("button", { name: "Jump to latest" }).waitFor();
    expect((await bar(page).boundingBox())?.height).toBeLessThan(64);
  });

  test("the focus stays in the bar when it changes its shape: on the same answer, or on what leads to it", async () => {
    const thread = await makeThread(app, ["long 60", "edit Something"]);
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    const [allow, reject, others] = [/^Allow/, "Reject", "Other answers"].map((name) =>
      bar(page).getByRole("button", { name }).first(),
    );
    /** Scrolls its card out of view, or into it; resolves once the bar has the shape for that. */
    const scroll = async (to: "away" | "to it"): Promise<void> => {
      const top = to === "away" ? 0 : 1e6;
      await page.evaluate((y) => document.querySelector("[data-timeline]")?.scrollTo(0, y), top);
      await (to === "away" ? reject : others)?.waitFor();
    };
    const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.ariaLabel);
    await others?.waitFor();
    await allow?.focus();
    const name = await focused();
    expect(name).toStartWith("Allow");
    for (const to of ["away", "to it"] as const) {
      await scroll(to);
      expect(await focused()).toBe(name);
    }
    await scroll("away");
    await reject?.focus();
    await scroll("to it");
    expect(await focused()).toBe("Other answers");
    // Not on an answer that nobody chose.
    await scroll("away");
    expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-request-title"))).toBe(true);
    await page.getByRole("textbox", { name: "Prompt", exact: true }).focus();
    await scroll("to it");
    expect(await focused()).not.toBe("Other answers");
  });

  test("answered in the bar, the next request has the focus, and after the last the prompt box", async () => {
    const thread = await makeThread(app, ...asks([...atOnce("one"), ...atOnce("two"), { hang: true }]));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await bar(page).getByText("and 1 more").waitFor();
    for (const command of ["one", "two"]) {
      await bar(page).locator("[data-answer=a]:enabled").focus();
      await page.keyboard.press("Enter");
      await page
        .getByRole("region", { name: /asks for leave/ })
        .getByText(`$ ${command}`)
        .waitFor({ state: "detached" });
      if (command === "one") {
        await page.waitForFunction(() => document.activeElement?.closest("[data-request]") != null);
      }
    }
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Prompt");
    await page.getByText("Allowed once by you").first().waitFor();
  });

  test("an answer on its way is on its way everywhere: in the card, in the bar whatever its shape, after a reload", async () => {
    const thread = await makeThread(app, ["long 60", "edit Something"]);
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    const network = await swallowing(page, "thread.answer");
    await openThread(page, app, thread);
    const allow = (of: "bar" | "card") => (of === "bar" ? bar(page) : card(page)).locator("[data-answer=a]");
    await bar(page).getByRole("button", { name: "Other answers" }).waitFor();
    await allow("bar").click();
    await bar(page).getByText("Allow…").waitFor();
    expect(await allow("card").isDisabled()).toBe(true);
    await page.evaluate(() => document.querySelector("[data-timeline]")?.scrollTo(0, 0));
    await bar(page).getByRole("button", { name: "Reject" }).waitFor();
    expect(await allow("bar").isDisabled()).toBe(true);
    await page.reload();
    await bar(page).getByText("Allow…").waitFor();
    network.mend();
    await page.reload();
    await page.getByText("Allowed once by you").waitFor();
  });

  test("who answers what was withdrawn meanwhile is not told that somebody else has answered it", async () => {
    const thread = await makeThread(app, ["edit Something"]);
    const { page } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await card(page).waitFor();
    await page.context().setOffline(true);
    await network.cut();
    await card(page).locator("[data-answer=a]").click();
    const other = await app.server.client();
    await other.command("thread.cancel", { thread });
    network.mend();
    await page.context().setOffline(false);
    await page.getByText("The answer was not taken.").waitFor();
    await page.getByText("It is not open any more.").waitFor();
  });

  for (const [kind, options] of [
    ["wide", { viewport: { width: 1280, height: 800 } }],
    ["on a phone", PHONE],
  ] as const) {
    test(`a long option is read whole, and stays in the bar (${kind})`, async () => {
      const name = `Yes, and don't ask again for edits in ${"/a/long/directory".repeat(6)}`;
      const [begin, ask] = run("one", "rm -rf one") as [Step, Extract<Step, { ask: string }>];
      const params = { ...ask.params, options: [{ optionId: "always", name, kind: "allow_always" }] };
      const thread = await makeThread(app, ...asks([begin, { ...ask, params, wait: false }, LONG, { hang: true }]));
      const { page } = await app.signedIn(options);
      await openThread(page, app, thread);
      const button = bar(page).locator("[data-option=always]");
      await button.waitFor();
      const [inside, whole] = await button.evaluate((each) => {
        const around = each.closest("section")?.getBoundingClientRect() ?? new DOMRect();
        const texts = [each, ...each.querySelectorAll("*")];
        return [
          each.getBoundingClientRect().right <= around.right,
          texts.every((text) => text.scrollWidth <= text.clientWidth + 1 || text.clientWidth === 0),
        ];
      });
      expect([inside, whole]).toEqual([true, true]);
    });
  }

  test("a key held down and a second press answer one request, not the one that takes its place", async () => {
    const five = ["one", "two", "three", "four", "five"].flatMap((name) => atOnce(`rm -rf ${name}`));
    const thread = await makeThread(app, ...asks([...five, LONG, { hang: true }]));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const allow = bar(page).locator("[data-answer=a]:enabled");
    await bar(page).getByText("and 4 more").waitFor();
    await bar(page).locator("[data-request-title]").focus();
    for (let times = 0; times < 5; times++) await page.keyboard.down("a");
    await bar(page).getByText("and 3 more").waitFor();
    // The next one has the focus now, and the key is still down.
    await allow.waitFor();
    for (let times = 0; times < 5; times++) await page.keyboard.down("a");
    await page.keyboard.up("a");
    await allow.dblclick({ delay: 20 });
    await bar(page).getByText("and 2 more").waitFor();
    await allow.waitFor();
    await allow.click();
    await bar(page).getByText("and 1 more").waitFor();
    await allow.waitFor();
    expect(await page.locator("[data-answered]").count()).toBe(3);
  });

  test("the second click of a double click answers no other request, whose card moved there", async () => {
    const thread = await makeThread(app, ...asks([...atOnce("one"), ...atOnce("two"), { hang: true }]));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const click = async (command: string, clickCount: number): Promise<void> => {
      const allow = card(page).filter({ hasText: command }).locator("[data-answer=a]");
      const { x, y } = (await allow.boundingBox()) ?? { x: -1, y: -1 };
      await page.mouse.move(x + 8, y + 8);
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
    };
    await card(page).nth(1).waitFor();
    await click("$ one", 1);
    await page.locator("[data-answered=yes]").waitFor();
    await click("$ two", 2);
    await card(page).locator("[data-option=no]").click();
    await page.locator("[data-answered=no]").waitFor();
  });

  test("answered in its card by keys, the focus is not lost", async () => {
    const thread = await makeThread(app, ...asks(run("c5", "one")));
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await card(page)
      .getByRole("button", { name: /^Allow/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await turnsEnded(page, 1);
    await page.waitForFunction(() => document.activeElement !== document.body);
  });

  test("what waits for the person counts no time, and says whom it waits for", async () => {
    const beside: Step = {
      update: {
        sessionUpdate: "tool_call",
        toolCallId: "c6 beside",
        status: "in_progress",
        kind: "read",
        title: "Beside",
      },
    };
    const thread = await makeThread(app, ...asks([beside, ...run("c6", "sleep"), LONG]));
    const { page } = await app.signedIn();
    await page.clock.install();
    await openThread(page, app, thread);
    const row = page.locator("[data-toggle]").filter({ hasText: "Run a command" });
    await row.getByText("waits for you").waitFor();
    // What runs beside it counts: the second time it does, the row has heard of the first.
    for (const [ms, time] of [
      [20_000, /[2-5]\d s|min/],
      [60_000, /min/],
    ] as const) {
      await page.clock.fastForward(ms);
      await page.locator("[data-row]").filter({ hasText: "Beside" }).getByText(time).waitFor();
    }
    expect(await row.textContent()).not.toMatch(/\d (s|min)/);
  });

  test("once it has ended, its time is its own: what the person took to answer is left out", async () => {
    const thread = await makeThread(app, ...asks(run("c7", "make")));
    const { page } = await app.signedIn();
    // Begun two minutes and asked a minute earlier than it was, as this page is told.
    await page.routeWebSocket(/\/v1\/socket/, (route) => {
      const server = route.connectToServer();
      server.onMessage((frame) =>
        route.send(
          String(frame)
            .replace(/("toolCallId":"c7"[^]*?"startedAt":)(\d+)/, (_, before, at) => `${before}${Number(at) - 120_000}`)
            .replace(/"askedAt":(\d+)/, (_, at) => `"askedAt":${Number(at) - 60_000}`),
        ),
      );
    });
    await openThread(page, app, thread);
    await card(page)
      .getByRole("button", { name: /^Allow/ })
      .first()
      .click();
    await turnsEnded(page, 1);
    const row = page.locator("[data-toggle]").filter({ hasText: "Run a command" });
    await row.getByRole("img", { name: "Done" }).waitFor();
    expect(await row.textContent()).toMatch(/\D1 min( [0-5] s)?$/);
  });

  test("a second request is announced as well", async () => {
    const thread = await makeThread(
      app,
      ...asks([...atOnce("one"), { until: "second" }, ...atOnce("two"), { hang: true }]),
    );
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const said = page.locator("p[aria-live=polite]");
    await bar(page).waitFor();
    const first = await said.textContent();
    await Bun.write(`${app.server.cwd}/second`, "");
    await bar(page).getByText("and 1 more").waitFor();
    expect(await said.textContent()).not.toBe(first);
    expect(await said.textContent()).toContain("1 more");
  });

  test("the way to the latest covers no button of a request", async () => {
    // The tool call, much text, and only then the request: so that the card stands at the end, with room to scroll.
    const [begin, ask] = run("c9", "one");
    const thread = await makeThread(app, ...asks([begin as Step, LONG, ask as Step]));
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await card(page).waitFor();
    const covered: string[] = [];
    for (let back = 30; back <= 240; back += 30) {
      await page.evaluate((by) => {
        const box = document.querySelector("[data-timeline]");
        box?.scrollTo(0, box.scrollHeight - box.clientHeight - by);
      }, back);
      await page.getByRole("button", { name: "Jump to latest" }).waitFor();
      covered.push(
        ...(await page.evaluate(() => {
          const box = document.querySelector("[data-timeline]")?.getBoundingClientRect();
          const buttons = [...document.querySelectorAll<HTMLElement>("[data-timeline] [data-request] button")];
          return buttons
            .filter((button) => {
              const { left, top, width, height } = button.getBoundingClientRect();
              const y = top + height / 2;
              if (!box || y <= box.top || y >= box.bottom) return false;
              return [0.1, 0.5, 0.9].some(
                (part) => !button.contains(document.elementFromPoint(left + width * part, y)),
              );
            })
            .map((button) => button.textContent ?? "");
        })),
      );
    }
    expect(covered).toEqual([]);
    expect(await promptBox(page).isVisible()).toBe(true);
  });
});
