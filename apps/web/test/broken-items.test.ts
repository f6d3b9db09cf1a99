import { afterEach, describe, expect, test } from "bun:test";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

/** Names that every object has. */
const INHERITED = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

const call = (toolCallId: string, rest: object): Step => ({
  update: { sessionUpdate: "tool_call", toolCallId, title: `Call ${toolCallId}`, status: "completed", ...rest },
});

/** Changes what the server says to a page, as a server of another version might say it. */
async function altered(page: Page, alter: (frame: string) => string): Promise<void> {
  await page.routeWebSocket(/\/v1\/socket$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => socket.send(typeof frame === "string" ? alter(frame) : frame));
  });
}

describe.skipIf(!app.available)("names that every object has", () => {
  test("as kinds of tools, options, languages, links and extensions leave a thread readable", async () => {
    const steps = INHERITED.flatMap((name): Step[] => [
      call(name, {
        kind: name,
        locations: [{ path: `/srv/${name}` }],
        content: [{ type: "diff", path: `/srv/a.${name}`, oldText: "a\n", newText: "b\n" }],
      }),
      { text: `\`\`\`${name}\nlet a = 1;\n\`\`\`\n\n[${name}]: /url "x"\n\nSee [${name}].\n\n` },
      {
        ask: "session/request_permission",
        params: {
          toolCall: { toolCallId: `may-${name}`, title: `May ${name}?`, kind: name },
          options: [
            { optionId: name, name: `Do ${name}`, kind: name },
            { optionId: "no", name: "No", kind: "reject_once" },
          ],
        },
      },
    ]);
    const agent = scriptedAgent({ prompts: [[...steps, { text: "All done." }]] });
    const thread = await makeThread(app, ["Go."], agent);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    for (const name of INHERITED) await page.locator(`[data-option="${name}"]`).first().click();
    await page.locator("[data-timeline]").getByText("All done.").waitFor();
    await turnsEnded(page, 1);
    for (const name of INHERITED) {
      const row = page.locator("[data-row]").filter({ hasText: `Call ${name}` });
      await row.locator("[data-toggle]").click();
      await row.locator("[data-line=added]").waitFor();
    }
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  test("as fields of a question are asked for and answered", async () => {
    // JSON lets a member be named `__proto__`; the schemas of the protocol leave such a member out.
    const names = INHERITED.filter((name) => name !== "__proto__");
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string", title: `Field ${name}` }]));
    const params = { mode: "form", message: "Which?", requestedSchema: { type: "object", properties } };
    const agent = scriptedAgent({ prompts: [[{ ask: "elicitation/create", params }, { text: "Thanks." }]] });
    const thread = await makeThread(app, ["Go."], agent);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    for (const name of names) {
      const field = page.getByLabel(`Field ${name}`);
      expect(await field.inputValue()).toBe("");
      await field.fill(`a ${name}`);
    }
    await page.locator("[data-timeline]").getByRole("button", { name: "Answer", exact: true }).click();
    await page.locator("[data-timeline]").getByText("Thanks.").waitFor();
    const row = page.getByRole("article", { name: "Question" });
    for (const name of names) await row.getByText(`a ${name}`).waitFor();
  });
});

describe.skipIf(!app.available)("an item that cannot be drawn", () => {
  test("says so in its place, with its error to copy; the rest of the thread, its panel and the list stay", async () => {
    const agent = scriptedAgent({
      prompts: [[{ text: "Before." }, call("broken", { kind: "read" }), { text: "After." }]],
    });
    const thread = await makeThread(app, ["Go."], agent);
    const { page, context } = await app.browser();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await altered(page, (frame) => frame.replaceAll('"title":"Call broken"', '"title":null'));
    await page.goto(await app.server.pairLink());
    await live(page);
    await openThread(page, app, thread);
    await page.locator("[data-timeline]").getByText("After.", { exact: true }).waitFor();
    const broken = page.getByRole("alert");
    await broken.getByText("This tool call cannot be shown").waitFor();
    await broken.locator("summary").click();
    await broken.getByRole("button", { name: "Copy details" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("TypeError");
    await page.locator("[data-timeline]").getByText("Before.", { exact: true }).waitFor();
    await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("And now?");
    await context.close();
    expect(app.faults.splice(0).join()).toContain("TypeError");
  });

  test("as a card of a list leaves the other cards, and its own link", async () => {
    const [first, second] = [await makeThread(app, ["fine one"]), await makeThread(app, ["other one"])];
    const { page, context } = await app.browser();
    await altered(page, (frame) => frame.replaceAll('"title":"Demo: fine one"', '"title":{}'));
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${second}"]`).getByText("other one").first().waitFor();
    await page.locator(`[data-thread="${first}"]`).getByText("cannot be listed").first().waitFor();
    await context.close();
    expect(app.faults.splice(0).join()).toContain("TypeError");
  });
});
