import { afterEach, describe, expect, test } from "bun:test";
import { App } from "./support/app.ts";
import { scriptedAgent } from "../../../test/support/scripted-agent.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const SAID =
  "# عنوان\n\nأهلاً يا `src/app.ts`، انتهى.\n\n- أول\n\n- ثانٍ\n\n- English.\n\n> اقتباس\n\n| أ | ب |\n| - | - |\n| ج | د |\n\nAnd English.\n\n```ts\nconst a = 1;\n```\n";

const directionOf = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).direction);

describe.skipIf(!app.available)("text that is written from right to left", () => {
  test("reads so in prompts, answers, titles and rows; English and code beside it from left to right", async () => {
    const exec = scriptedAgent({ prompts: [[{ text: SAID }]] });
    const thread = await makeThread(app, ["أصلح `src/app.ts` من فضلك."], exec);
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    for (const each of ["h3", "p", "ul", "blockquote", "table"]) {
      expect([each, await directionOf(page, `.markdown ${each}`)]).toEqual([each, "rtl"]);
    }
    expect(await directionOf(page, ".markdown p >> text=And English")).toBe("ltr");
    expect(await directionOf(page, ".markdown pre code")).toBe("ltr");
    expect(await directionOf(page, "[data-row] p >> text=أصلح")).toBe("rtl");
    expect(await directionOf(page, "h1 >> text=أصلح")).toBe("rtl");
    expect(await directionOf(page, `[data-thread="${thread}"] >> text=أصلح`)).toBe("rtl");
    expect(await directionOf(page, `[data-thread="${thread}"] >> text=أهلاً`)).toBe("rtl");
    // The marks of lists and the rule of a quotation stand where the text begins.
    const edges = await page
      .locator(".markdown")
      .first()
      .evaluate((element) => {
        const [list, quote] = [element.querySelector("ul"), element.querySelector("blockquote")].map((each) =>
          each === null ? null : getComputedStyle(each),
        );
        return [list?.paddingRight, list?.paddingLeft, quote?.borderRightWidth, quote?.borderLeftWidth];
      });
    expect(edges).toEqual(["22px", "0px", "2px", "0px"]);
    // A line of another script reads its own way, beside its mark.
    const gap = await page.locator(".markdown li >> text=English").evaluate((element) => {
      const [text, list] = [document.createRange(), element.closest("ul")];
      text.selectNodeContents(element);
      return (list?.getBoundingClientRect().right ?? 0) - text.getBoundingClientRect().right;
    });
    expect(gap).toBe(22);
  });

  test("reads so in the fields it is written in", async () => {
    const thread = await makeThread(app, ["hi"], scriptedAgent());
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await promptBox(page).fill("مرحبا (hello).");
    expect(await directionOf(page, "textarea")).toBe("rtl");
    await promptBox(page).fill("hello");
    expect(await directionOf(page, "textarea")).toBe("ltr");
    await page.getByRole("heading", { level: 1 }).getByRole("button").click();
    await page.getByRole("textbox", { name: "Title of the thread" }).fill("مرحبا");
    expect(await directionOf(page, "[aria-label='Title of the thread']")).toBe("rtl");
  });
});
