import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults } from "./support/app.ts";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const WIDE = { viewport: { width: 1440, height: 900 } };
const COMMAND = "echo safe \u202e; rm -rf ~ #\u202c ok\u200b\u0007 done";

/** A tool call whose title and command say one thing and are another, and a request for leave with such an answer. */
const ASKS: Step[] = [
  {
    update: {
      sessionUpdate: "tool_call",
      toolCallId: "t1",
      status: "pending",
      kind: "execute",
      title: "Run \u202ehsilbup mpn\u202c",
      rawInput: { command: COMMAND, note: "a\u2066b" },
    },
  },
  {
    ask: "session/request_permission",
    params: {
      toolCall: { toolCallId: "t1" },
      options: [
        { optionId: "yes", name: "Allow \u202eecno\u202c", kind: "allow_once" },
        { optionId: "no", name: "Reject", kind: "reject_once" },
      ],
    },
  },
];

const card = (page: Page) => page.getByRole("region", { name: /asks for leave/ });
const bar = (page: Page) => page.getByRole("region", { name: "The agent waits for you" });

/** The hidden characters that are drawn in an element, in order. */
const marksIn = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) =>
      [...element.querySelectorAll<HTMLElement>("[data-hidden]")].map((mark) => {
        if (mark.getBoundingClientRect().width < 8) throw new Error("A mark cannot be seen.");
        return mark.dataset["hidden"] ?? "";
      }),
    );

/** The letters and signs of an element in the order in which they stand on the screen, from left to right. */
const asSeen = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const seen: { letter: string; top: number; left: number }[] = [];
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        if (node.parentElement?.closest(".sr-only")) continue;
        const range = document.createRange();
        for (let at = 0; at < (node.nodeValue?.length ?? 0); at++) {
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          const { top, left, width } = range.getBoundingClientRect();
          if (width > 0) seen.push({ letter: node.nodeValue?.[at] ?? "", top: Math.round(top / 8), left });
        }
      }
      return seen
        .toSorted((a, b) => a.top - b.top || a.left - b.left)
        .map(({ letter }) => letter)
        .join("");
    });

/** What is copied of an element when all of it is selected. */
const copied = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const selection = getSelection();
      selection?.selectAllChildren(element);
      return String(selection);
    });

/** A page with a thread of that title. */
async function titled(title: string): Promise<{ page: Page; thread: string }> {
  const client = await app.server.client();
  const { thread } = await client.command("thread.create", { cwd: app.server.cwd, agent: "demo", title });
  const { page } = await app.signedIn(WIDE);
  await openThread(page, app, thread);
  return { page, thread };
}

describe.skipIf(!app.available)("what is invisible in a text", () => {
  test("is drawn in a request for leave: in its title, its command, its answers; nothing stands in another order", async () => {
    const thread = await makeThread(app, ["go"], scriptedAgent({ prompts: [ASKS] }));
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await card(page).waitFor();
    const command = "[data-request] [data-command]";
    expect(await marksIn(page, command)).toEqual(["U+202E", "U+202C", "U+200B", "U+0007"]);
    expect(await asSeen(page, command)).toContain("echo safe ; rm -rf ~ # ok done");
    expect(await copied(page, command)).toEndWith(COMMAND);
    expect(await marksIn(page, "section[data-request] p")).toEqual(["U+202E", "U+202C"]);
    expect(await asSeen(page, "section[data-request] p")).toBe("Run hsilbup mpn");
    expect(await marksIn(page, "section[data-request] [data-option=yes]")).toEqual(["U+202E", "U+202C"]);
    expect(await marksIn(page, "section[data-request] dd")).toEqual(["U+2066"]);
    // The row of the tool call, its names for screen readers and pointers, and the bar above the prompt.
    expect(await marksIn(page, "[data-row] button[data-toggle]")).toEqual([
      "U+202E",
      "U+202C",
      "U+202E",
      "U+202C",
      "U+200B",
      "U+0007",
    ]);
    await page.getByRole("region", { name: "asks for leave: Run <U+202E>hsilbup mpn<U+202C>" }).waitFor();
    expect(await page.getByRole("img", { name: "U+202E, turns the writing direction" }).count()).toBeGreaterThan(3);
    expect(await marksIn(page, "section[data-request] [data-request-title]")).toEqual(["U+202E", "U+202C"]);
    expect(await bar(page).count()).toBe(1);
    expect(await axeFaults(page)).toEqual([]);
  });

  test("is drawn in diffs, code and the names of files, and copied as it is", async () => {
    const evil = "/* \u202e } \u2066if (isAdmin)\u2069 \u2066 begin admins only */";
    const diff = {
      type: "diff",
      path: `${app.server.cwd}/\u202egpj.exe`,
      oldText: "let a = 1;\r\nlast\r\n",
      newText: `${evil}\r\nlet a\u200b = 1;\r\nlast\r\n`,
    };
    const steps: Step[] = [
      {
        update: {
          sessionUpdate: "tool_call",
          toolCallId: "d1",
          status: "completed",
          kind: "edit",
          title: "Edit \u202egpj.exe",
          content: [diff],
        },
      },
      { text: `Run \`a \u202e b\`:\n\n\`\`\`ts\n${evil}\nif (isAdmin\u2060) {}\n\`\`\`\n` },
    ];
    const thread = await makeThread(app, ["go"], scriptedAgent({ prompts: [steps] }));
    const { page } = await app.signedIn(WIDE);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    expect(await marksIn(page, ".markdown p code")).toEqual(["U+202E"]);
    await page.locator("pre .hljs-comment").waitFor();
    expect(await marksIn(page, ".markdown pre")).toEqual(["U+202E", "U+2066", "U+2069", "U+2066", "U+2060"]);
    expect(await asSeen(page, ".markdown pre")).toContain("/*  } if (isAdmin)  begin admins only */");
    expect(await copied(page, ".markdown pre")).toContain(evil);
    expect(await marksIn(page, "[data-row] button[data-toggle]")).toContain("U+202E");
    await page.locator("[data-row] button[data-toggle]").first().click();
    await page.locator("[data-line=added] [data-hidden]").first().waitFor();
    expect(await marksIn(page, "figure figcaption")).toEqual(["U+202E"]);
    // The ends of lines are none: a file may have them everywhere.
    expect(await marksIn(page, ".diff")).toEqual(["U+202E", "U+2066", "U+2069", "U+2066", "U+200B"]);
    expect(await asSeen(page, ".diff [data-line=added]")).toContain("/*  } if (isAdmin)  begin admins only */");
    expect(await copied(page, ".diff [data-line=added]")).toContain(evil);
    expect(await axeFaults(page)).toEqual([]);
  });

  test("is drawn in titles of threads, and turns nothing around them", async () => {
    const { page, thread } = await titled("Read \u202egpj.exe");
    expect(await marksIn(page, "h1")).toEqual(["U+202E"]);
    expect(await marksIn(page, `[data-thread="${thread}"]`)).toEqual(["U+202E"]);
    expect(await asSeen(page, `[data-thread="${thread}"]`)).toStartWith("Read gpj.exe");
    expect(await page.title()).toEndWith("Read <U+202E>gpj.exe · Skein");
  });

  test("that belongs to emoji, and to words that are written with it, is left alone", async () => {
    const title = "👩‍💻 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 می‌خواهم क्‍ष";
    const { page } = await titled(title);
    expect(await page.locator("h1").innerText()).toBe(title);
    expect(await marksIn(page, "h1")).toEqual([]);
  });
});
