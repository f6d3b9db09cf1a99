import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { App, axeFaults } from "./support/app.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const RECORDED = join(import.meta.dir, "../src/thread/terminal/recorded");

/** An agent that runs a command and tells its output in pieces. */
function runner(pieces: readonly string[]): { command: string; args: string[] } {
  const content = (text: string) => [{ type: "content", content: { type: "text", text } }];
  const begin = { sessionUpdate: "tool_call", toolCallId: "c", title: "npm run build", kind: "execute" };
  const steps: Step[] = [{ update: { ...begin, status: "in_progress" } }];
  for (let count = 1; count <= pieces.length; count++) {
    const text = pieces.slice(0, count).join("");
    const update = { sessionUpdate: "tool_call_update", toolCallId: "c", content: content(text) };
    steps.push({ update: count < pieces.length ? update : { ...update, status: "failed" } });
  }
  return scriptedAgent({ prompts: [steps] });
}

describe.skipIf(!app.available)("the output of a command", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`that draws over itself shows as in a terminal (${colorScheme}): as text, selectable, and axe finds nothing`, async () => {
      const recorded = await Bun.file(join(RECORDED, "listr2.txt")).text();
      const colours = "\u001b[38;2;255;255;200mpale\u001b[0m \u001b[38;5;17mdeep\u001b[0m \u001b[1;31mred\u001b[0m\n";
      const pieces = (colours + recorded).match(/[\s\S]{1,200}/g) ?? [];
      const thread = await makeThread(app, ["Go."], runner(pieces));
      const { page } = await app.signedIn({ colorScheme });
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.locator("[data-row] [data-toggle][aria-expanded=false]").click();
      const output = page.locator("[data-row] pre").filter({ hasText: "Publish" });
      await page.waitForFunction(
        () => [...document.querySelectorAll("[data-row] pre")].at(-1)?.childElementCount === 4,
      );
      const selected = await output.evaluate((element) => {
        getSelection()?.selectAllChildren(element);
        return getSelection()?.toString().trim();
      });
      expect(selected).toBe("pale deep red\n✔ Build\n✔ Test\n✔ Publish");
      expect(await axeFaults(page)).toEqual([]);
    });
  }

  test("that only colours its lines loads no terminal", async () => {
    const thread = await makeThread(app, ["Go."], runner(["\u001b[32m✓\u001b[0m one\r\n", "10 %\r100 %\n"]));
    const { page } = await app.signedIn();
    const loaded: string[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith(".js")) loaded.push(response.url());
    });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.locator("[data-row] [data-toggle][aria-expanded=false]").click();
    await page.locator("[data-row] pre").getByText("100 %").waitFor();
    expect(loaded.filter((url) => url.includes("/screen-"))).toEqual([]);
  });

  test("is copied as it is seen: colours, moves and what was written over are not in the text", async () => {
    const recorded = join(RECORDED, "listr2.txt");
    const terminalId = "$terminal";
    const inTerminal = [
      { ask: "terminal/create", params: { command: "cat", args: [recorded] } },
      { ask: "terminal/wait_for_exit", params: { terminalId } },
    ];
    const agent = scriptedAgent({ prompts: [inTerminal] });
    const coloured = runner([`\u001b[32m✓\u001b[0m one\r\n10 %\r`, "100 %\n"]);
    const { page, context } = await app.signedIn();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = async (name: string, text: string): Promise<void> => {
      await page.getByRole("button", { name, exact: true }).last().click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
      await page.getByRole("button", { name: "Copied" }).waitFor({ state: "detached" });
    };

    await openThread(page, app, await makeThread(app, ["Go."], agent));
    await turnsEnded(page, 1);
    await page
      .locator("[data-row]")
      .filter({ hasText: "listr2" })
      .locator("[data-toggle][aria-expanded=false]")
      .click();
    await page.locator("[data-terminal] pre > div:nth-child(3):last-child").getByText("Publish").waitFor();
    await copied("Copy output", "✔ Build\n✔ Test\n✔ Publish");

    await openThread(page, app, await makeThread(app, ["Go."], coloured));
    await turnsEnded(page, 1);
    const row = page.locator("[data-row]").filter({ hasText: "npm run build" });
    await row.locator("[data-toggle][aria-expanded=false]").click();
    await copied("Copy output", "✓ one\n100 %");
    await row.hover();
    await row.getByRole("button", { name: "Copy", exact: true }).click();
    await row.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("npm run build\n\n✓ one\n100 %");
  });
});
