import { afterEach, describe, expect, test } from "bun:test";
import { scriptedAgent } from "../../../test/support/scripted-agent.ts";
import { App } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { DOT } from "./support/picture.ts";
import { exported, makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const files = (page: Page) => page.locator("input[type=file]");
const file = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`this is ${name}`) });
const broken = { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") };

/** The names that the chips bear, in their order. */
const chips = (page: Page): Promise<string[]> =>
  page
    .getByRole("list", { name: "Attached" })
    .getByRole("listitem")
    .allInnerTexts()
    .then((all) => all.map((text) => text.split("\n")[0] ?? ""));

/** Lets uploads to the server end in this order, whatever order they began in; resolves once all have begun. */
async function endingIn(page: Page, order: readonly string[]): Promise<{ next: () => Promise<void> }> {
  const begun = new Map<
    string,
    { promise: Promise<() => Promise<void>>; resolve: (go: () => Promise<void>) => void }
  >();
  for (const name of order) begun.set(name, Promise.withResolvers());
  await page.route("**/v1/blobs", (route) => {
    const said = route.request().postData() ?? "";
    const name = order.find((each) => said.includes(each));
    if (name === undefined) return route.continue();
    begun.get(name)?.resolve(() => route.continue());
    return undefined;
  });
  const left = [...order];
  return {
    async next() {
      const go = await begun.get(left.shift() ?? "")?.promise;
      await go?.();
    },
  };
}

describe.skipIf(!app.available)("attached files", () => {
  test("stay in the order they were given in, in the chips and in the prompt", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const uploads = await endingIn(page, ["three.txt", "two.txt", "one.txt"]);
    await files(page).setInputFiles([file("one.txt"), file("two.txt"), file("three.txt")]);
    const given = ["one.txt", "two.txt", "three.txt"];
    for (let ended = 1; ended <= 3; ended++) {
      await uploads.next();
      await page.waitForFunction((n) => document.querySelectorAll('[aria-label^="Remove "]').length === n, ended);
      expect(await chips(page)).toEqual(given);
    }
    // What is given later comes later, and what is taken out is out.
    await files(page).setInputFiles([file("four.txt")]);
    await page.getByRole("button", { name: "Remove four.txt" }).waitFor();
    await page.getByRole("button", { name: "Remove two.txt" }).click();
    expect(await chips(page)).toEqual(["one.txt", "three.txt", "four.txt"]);
    await promptBox(page).fill("hello again");
    await promptBox(page).press("Enter");
    await turnsEnded(page, 2);
    const blocks = (await exported(page)).findLast(({ kind, value }) => kind === "message" && value["role"] === "user");
    const carried = blocks?.value["blocks"] as { block: { name?: string } }[] | undefined;
    expect(carried?.map(({ block }) => block.name)).toEqual(["one.txt", "three.txt", "four.txt"]);
  });

  test("come in their order also where one of them is sent again", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    let refused = false;
    await page.route("**/v1/blobs", async (route) => {
      if (refused || !(route.request().postData() ?? "").includes("one.txt")) return route.continue();
      refused = true;
      return route.fulfill({ status: 503, json: { error: { message: "Not now." } } });
    });
    await files(page).setInputFiles([file("one.txt"), file("two.txt")]);
    await page.getByRole("button", { name: "Remove two.txt" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Remove one.txt" }).waitFor();
    expect(await chips(page)).toEqual(["one.txt", "two.txt"]);
  });
});

describe.skipIf(!app.available)("a picture that is none", () => {
  test("is said not to be loadable, and is not shown large", async () => {
    const image = { type: "image", mimeType: "image/png", data: broken.buffer.toString("base64") };
    const good = { type: "image", mimeType: "image/png", data: DOT.buffer.toString("base64") };
    const said = (content: unknown) => ({ update: { sessionUpdate: "agent_message_chunk", content } });
    const agent = scriptedAgent({ prompts: [[said(image), said(good)]] });
    const thread = await makeThread(app, ["pictures"], agent);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByText("Picture: it could not be loaded.").waitFor();
    await page.getByRole("button", { name: "Picture: show large" }).waitFor();
    expect(await page.getByRole("button", { name: "Picture: show large" }).count()).toBe(1);
  });

  test("has in the prompt box the sign of a picture", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await files(page).setInputFiles([broken, DOT]);
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    // The sign stands there while the picture is loaded too: the other one is loaded after it.
    await page.getByRole("listitem").filter({ hasText: "dot.png" }).locator("img").waitFor();
    const chip = page.getByRole("listitem").filter({ hasText: "broken.png" });
    await chip.locator("img").waitFor({ state: "detached" });
    await chip.locator("svg.lucide-image").waitFor();
  });
});
