import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, live, PHONE } from "./support/app.ts";
import { cuttable, swallowing } from "./support/cuttable.ts";
import { late } from "./support/late.ts";
import { exported, makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

describe.skipIf(!app.available)("P83: signing in", () => {
  test("a pairing link signs in, and its code leaves the address at once", async () => {
    const { page, context } = await app.browser();
    const link = await app.server.pairLink();
    await page.goto(link);
    await live(page);
    expect(page.url()).toBe(`${app.server.url}/`);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("who is not signed in sees how to, and nothing else", async () => {
    const { page } = await app.browser();
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
  });

  test("a link that was used says so, and a code can be typed instead", async () => {
    const { page } = await app.browser();
    const link = await app.server.pairLink();
    const first = await app.browser();
    await first.page.goto(link);
    await live(first.page);
    await page.goto(link);
    await page.getByRole("alert").getByText("This code is not valid").waitFor();
    const [, code = ""] = (await app.server.pairLink()).split("#");
    await page.getByLabel("Code").fill(code.toLowerCase().replace("-", " "));
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
  });

  test("a damaged link says so, and asks for a code", async () => {
    const { page } = await app.browser(PHONE);
    await page.goto(`${app.server.url}/pair#%E0%A4%A`);
    await page.getByRole("alert").getByText("This link is damaged").waitFor();
    expect(page.url()).toBe(`${app.server.url}/pair`);
    const field = page.getByLabel("Code");
    const box = await field.boundingBox();
    expect([box?.x, 360 - (box?.x ?? 0) - (box?.width ?? 0)]).toEqual([24, 24]);
    const borders = await page.evaluate(() => {
      const border = () => getComputedStyle(document.querySelector("input") ?? document.body).borderTopColor;
      const invalid = border();
      document.querySelector("input")?.setAttribute("aria-invalid", "false");
      return [invalid, border()];
    });
    expect(borders[0]).not.toBe(borders[1]);
    // A whole one, opened in the same tab, is another fragment and no other page.
    await page.goto(`${app.server.url}/pair#AAAAA-BBBBB`);
    await page.getByRole("alert").getByText("This code is not valid").waitFor();
    expect(await page.getByRole("alert").textContent()).not.toContain("`");
    await page.goto(await app.server.pairLink());
    await live(page);
  });

  test("what breaks the whole app says what happened, and offers to load it again", async () => {
    const { page } = await app.browser();
    await page.addInitScript(() => {
      window.matchMedia = () => {
        throw new Error("no media here");
      };
    });
    await page.goto(await app.server.pairLink());
    await page.getByRole("alert").getByText("This page could not be shown").waitFor();
    await page.getByRole("button", { name: "Reload" }).waitFor();
    expect(app.faults.splice(0).join("\n")).toContain("no media here");
  });

  test("a reload stays signed in", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await live(page);
  });

  test("a device that is revoked elsewhere is signed out at once, and shows nothing more", async () => {
    const lost = await app.signedIn();
    const mine = await app.signedIn();
    await mine.page.goto(`${app.server.url}/settings`);
    const rows = mine.page.getByRole("listitem").filter({ hasText: "Chrome on Linux" });
    const other = rows.filter({ hasNotText: "this device" }).filter({ hasText: "connected" });
    await other.getByRole("button", { name: /^Revoke/ }).click();
    await other.getByRole("button", { name: "Revoke", exact: true }).click();
    await lost.page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    await live(mine.page);
  });

  test("devices can be told apart: which is this one, when each was used, and by names given to them", async () => {
    const { page, context } = await app.signedIn();
    const other = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    const rows = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Revoke/ }) });
    const mine = rows.filter({ hasText: "this device" });
    await mine.getByRole("button", { name: /^Rename/ }).click();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel("Name of the device").fill("The one on my desk");
    await page.keyboard.press("Enter");
    await rows.getByText("The one on my desk").waitFor();
    await other.page.goto(`${app.server.url}/settings`);
    await other.page.getByText("The one on my desk").waitFor();
    await page.close();
    const left = other.page.getByRole("listitem").filter({ hasText: "The one on my desk" });
    await left.getByText("last used now").waitFor();
    const programs = other.page.getByRole("listitem").filter({ hasText: "local programs" });
    await programs.getByRole("button", { name: /^Revoke/ }).click();
    await programs.getByText("Cuts off the command line").waitFor();
    expect(await axeFaults(other.page)).toEqual([]);
    await context.close();
  });

  test("of many devices this one comes first, then those that are connected, then those used last", async () => {
    const client = await app.server.client();
    const newest = async () => {
      const { tokens } = await client.query("token.list", {});
      return tokens.toSorted((one, other) => other.createdAt - one.createdAt)[0];
    };
    const { page } = await app.signedIn();
    for (const name of ["older", "newer"]) {
      const { context } = await app.signedIn();
      await client.query("token.rename", { token: (await newest())?.id ?? "", name });
      await context.close();
      while ((await newest())?.connections !== 0) await Bun.sleep(10);
    }
    await page.goto(`${app.server.url}/settings`);
    const rows = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Revoke/ }) });
    await rows.getByText("newer", { exact: true }).waitFor();
    const texts = await rows.allInnerTexts();
    const at = (what: string): number => texts.findIndex((text) => text.includes(what));
    expect(at("this device")).toBe(0);
    expect(texts.findLastIndex((text) => /\bconnect/.test(text))).toBeLessThan(at("newer"));
    expect(at("newer")).toBeLessThan(at("older"));
  });

  test("a device's new name shows before the server has it, marked; the last of two stays", async () => {
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.goto(`${app.server.url}/settings`);
    const mine = page.getByRole("listitem").filter({ hasText: "this device" });
    const rename = async (name: string): Promise<void> => {
      await mine.getByRole("button", { name: /^Rename/ }).click();
      await page.getByLabel("Name of the device").fill(name);
      await page.keyboard.press("Enter");
    };
    await mine.waitFor();
    server.keepBack();
    for (const name of ["The first name", "The second name"]) {
      await rename(name);
      await mine.getByText(name).waitFor();
    }
    await mine.getByRole("img", { name: "sending…" }).waitFor();
    const seen = page.evaluate(async () => {
      const texts: string[] = [];
      const observer = new MutationObserver(() => void texts.push(document.body.textContent));
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      while (document.querySelector("[aria-label='sending…']") !== null)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      return texts;
    });
    server.letThrough();
    expect((await seen).filter((text) => text.includes("The first name"))).toEqual([]);
    expect(await mine.getByText("The second name").count()).toBe(1);
  });

  test("pressed twice, a device is revoked once, and one is signed out once; meanwhile that is to be seen", async () => {
    await app.signedIn();
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.goto(`${app.server.url}/settings`);
    const row = page
      .getByRole("listitem")
      .filter({ hasText: "Chrome on Linux" })
      .filter({ hasNotText: "this device" })
      .first();
    await row.getByRole("button", { name: /^Revoke/ }).click();
    server.keepBack();
    await row.getByRole("button", { name: "Revoke", exact: true }).dblclick();
    await row.getByRole("button", { name: "Revoking…" }).and(page.locator("[aria-disabled=true]")).waitFor();
    expect(await row.getByRole("button", { name: "Keep" }).isDisabled()).toBe(true);
    server.letThrough();
    await page.getByText("can no longer sign in").first().waitFor();
    expect(await page.getByText("can no longer sign in").count()).toBe(1);

    let asked = 0;
    const { promise: pressed, resolve: letGo } = Promise.withResolvers<void>();
    await page.route("**/v1/sign-out", async (route) => {
      asked++;
      await pressed;
      await route.continue();
    });
    await page.getByRole("button", { name: "Sign out" }).dblclick();
    await page.getByRole("button", { name: "Signing out…" }).click({ force: true });
    letGo();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    expect(asked).toBe(1);
  });

  test("what cannot be done to a device while the connection is away cannot be pressed, also where it was begun", async () => {
    await app.signedIn();
    const { page } = await app.signedIn();
    const network = await cuttable(page);
    await page.goto(`${app.server.url}/settings`);
    const row = page.getByRole("listitem").filter({ hasText: "Chrome on Linux" }).filter({ hasNotText: "this device" });
    await row
      .getByRole("button", { name: /^Revoke/ })
      .first()
      .click();
    const mine = page.getByRole("listitem").filter({ hasText: "this device" });
    await mine.getByRole("button", { name: /^Rename/ }).click();
    await network.cut();
    await page.getByText("The server is out of reach.").waitFor();
    expect(await page.getByRole("button", { name: "Revoke", exact: true }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    network.mend();
    await page.getByRole("button", { name: "Save" }).and(page.locator(":enabled")).waitFor();
  });

  test("P85: signing out asks for a code again", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
  });

  test("a sign-out whose answer comes after the connection's end leaves nothing on the device", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    const signIn = page.getByRole("heading", { name: "Sign in to Skein" });
    await page.route("**/v1/sign-out", async (route) => {
      const response = await route.fetch();
      await signIn.waitFor();
      await route.fulfill({ response });
    });
    const answered = page.waitForResponse("**/v1/sign-out");
    await page.getByRole("button", { name: "Sign out" }).click();
    await answered;
    await page.evaluate(() => new Promise((resolve) => setTimeout(() => setTimeout(() => setTimeout(resolve)))));
    await signIn.waitFor();
    await page.waitForFunction(() => Object.keys(localStorage).length === 0);
  });

  test("what was not answered when one signed out is sent by nobody, whoever signs in next on the page", async () => {
    const thread = await makeThread(app, []);
    const { page } = await app.signedIn();
    const network = await swallowing(page, "thread.prompt");
    await openThread(page, app, thread);
    await promptBox(page).fill("hello of the one before");
    await page.keyboard.press("Enter");
    await page.locator("[data-pending]").getByText("hello of the one before").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("hello of the one before");
    network.mend();
    const [, code = ""] = (await app.server.pairLink()).split("#");
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
    // A thread's commands go out in the order given: had the first been left, it would be there before this one.
    await page.locator(`[data-thread="${thread}"]`).click();
    await promptBox(page).fill("hello of the one after");
    await page.keyboard.press("Enter");
    await turnsEnded(page, 1);
    const said = (await exported(page)).filter(({ value }) => value["role"] === "user");
    expect(said.map(({ value }) => value["text"])).toEqual(["hello of the one after"]);
  });

  test("where storage is refused, signing out works, and forgets what was kept for as long as the page lives", async () => {
    const thread = await makeThread(app, []);
    const { page } = await app.browser();
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("Refused.", "SecurityError");
        },
      });
    });
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${thread}"]`).click();
    await promptBox(page).fill("a draft of the one before");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    const [, code = ""] = (await app.server.pairLink()).split("#");
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
    await page.locator(`[data-thread="${thread}"]`).click();
    await promptBox(page).waitFor();
    expect(await promptBox(page).inputValue()).toBe("");
  });

  test("settings make a code for another device, as a link and a picture", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("button", { name: "Sign in another device" }).click();
    await page.getByAltText("The link as a QR code").waitFor();
    const link = await page.getByRole("link", { name: /\/pair#/ }).getAttribute("href");
    const other = await app.browser();
    await other.page.goto(link ?? "");
    await live(other.page);
  });
});
