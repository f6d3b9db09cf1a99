import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, live, PHONE } from "./support/app.ts";
import { heldBack, late } from "./support/late.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

/** What Enter would choose in the palette. */
const marked = (page: Page) => page.locator("[role=option][aria-selected=true]");

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

describe.skipIf(!app.available)("the palette and the keys", () => {
  test("⌘K finds threads and commands by some letters, and gives focus back", async () => {
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", {
      agent: "demo",
      cwd: app.server.cwd,
      title: "Paint the shed",
    });
    const { page } = await app.signedIn();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Commands" }).waitFor();
    await page.keyboard.type("pashed");
    await marked(page).getByText("Paint the shed").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/t/${thread}`);
    // The key that opens it closes it, as Escape does.
    for (const key of ["Control+k", "Escape"]) {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  test("what is typed on at once after ⌘K is in its field, whether it was loaded before or not", async () => {
    const { page } = await app.signedIn();
    const field = page.getByRole("combobox", { name: "Commands" });
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route(/\/palette/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await live(page);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("nses");
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("nses");
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.keyboard.type("sett");
    letThrough();
    await marked(page).getByText("Settings").waitFor();
    await page.keyboard.type("ings");
    expect(await field.inputValue()).toBe("settings");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/settings");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("keyb");
    expect(await field.inputValue()).toBe("keyb");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  for (const viewport of [
    { width: 900, height: 800 },
    { width: 1280, height: 800 },
  ]) {
    test(`what is typed on at once after / is what is searched for, ${viewport.width} px`, async () => {
      const { page } = await app.signedIn({ viewport });
      const letThrough = await heldBack(page, /search-results/);
      await page.keyboard.press("/");
      await page.keyboard.type("notes");
      await page.waitForURL("**/search?q=notes");
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("notes");
      letThrough();
      await page.getByText("Nothing that was said or done").waitFor();
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("notes");
    });
  }

  test("the sheet of all keys is closed by Escape also before it is loaded", async () => {
    const { page } = await app.signedIn();
    const letThrough = await heldBack(page, /key(board-help|-list)/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).getByText("Loading…").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    letThrough();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Next item", { exact: true }).waitFor();
  });

  test("what is loaded already is there in the same frame, also the first time", async () => {
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title: "At once" });
    const { page } = await app.signedIn();
    const row = page.locator(`[data-thread="${thread}"]`);
    await row.waitFor();
    // What may be gone to next is loaded while nothing else is to do.
    const parts = await page.waitForFunction(() => {
      const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
      const found = ["thread-page", "palette-content"].map((part) => loaded.find((name) => name.includes(part)));
      return found.includes(undefined) ? null : found;
    });
    await page.evaluate((urls) => Promise.all((urls ?? []).map((url) => import(String(url)))), await parts.jsonValue());
    const shown = await row.evaluate(async (link) => {
      (link as HTMLElement).click();
      await new Promise(requestAnimationFrame);
      return document.getElementById("main")?.getAttribute("aria-label");
    });
    expect(shown).toBeOneOf(["Thread", "At once"]);
    await page.getByRole("heading", { name: "At once" }).waitFor();
    const choices = await page.getByRole("button", { name: "Commands" }).evaluate(async (button) => {
      (button as HTMLElement).click();
      await new Promise(requestAnimationFrame);
      return document.querySelectorAll("[role=dialog] [role=option]").length;
    });
    expect(choices).toBeGreaterThan(3);
  });

  test("what is called otherwise is not found: neither ids nor paths count; searching for it comes last", async () => {
    const client = await app.server.client();
    await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title: "Demo: fail" });
    const { page } = await app.signedIn();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Commands" }).waitFor();
    await page.keyboard.type("demo");
    await marked(page).getByText("Demo: fail").waitFor();
    const names = await page.getByRole("option").allTextContents();
    expect(names.at(-1)).toBe("Search everything for “demo”");
    for (const typed of ["zzzq", "tmp"]) {
      await page.getByRole("combobox", { name: "Commands" }).fill(typed);
      await page.getByRole("option", { name: `Search everything for “${typed}”` }).waitFor();
      expect(await page.getByRole("option").count()).toBe(1);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=tmp");
  });

  test("while the threads are not loaded, the palette says that, and not that there is none", async () => {
    const client = await app.server.client();
    await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title: "Umbrella" });
    const { page } = await app.signedIn();
    let come = (): void => {};
    const coming = new Promise<void>((resolve) => (come = resolve));
    await page.routeWebSocket(/\/v1\/socket/, (route) => {
      const server = route.connectToServer();
      server.onMessage(async (frame) => {
        if (String(frame).includes('"topic":"board:')) await coming;
        route.send(frame);
      });
    });
    await page.evaluate(() => indexedDB.deleteDatabase("skein.replicas"));
    await page.reload();
    await page.getByRole("button", { name: "Commands" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Commands" }).fill("umbrella");
    await page.getByText("The threads are not loaded yet.").waitFor();
    expect(await page.getByText("Nothing is called that.").count()).toBe(0);
    come();
    // It is the first then, and so what Enter goes to.
    await marked(page).getByText("Umbrella", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Commands" }).fill("zzzq");
    await page.getByText("Nothing is called that.").waitFor();
    expect(await page.getByText("The threads are not loaded yet.").count()).toBe(0);
  });

  test("? shows all keys, also those of other pages; N goes to a new thread; [ and ] from thread to thread", async () => {
    const client = await app.server.client();
    for (const title of ["First", "Second"]) {
      await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title });
    }
    const { page } = await app.signedIn();
    await page.keyboard.press("?");
    for (const key of ["Start the new thread", "Next item", "New line", "Name a file", "Stop the running turn"]) {
      await page.getByRole("dialog").getByText(key, { exact: true }).waitFor();
    }
    // What lies over the page has the keys to itself.
    await page.keyboard.press("n");
    await page.keyboard.press("]");
    expect(await page.getByRole("dialog").count()).toBe(1);
    expect(new URL(page.url()).pathname).toBe("/");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("]");
    await page.waitForURL(/\/t\//);
    const first = page.url();
    await page.keyboard.press("]");
    await page.waitForURL((url) => url.href !== first);
    await page.keyboard.press("[");
    await page.waitForURL(first);
    await page.keyboard.press("n");
    await page.waitForURL("**/new");
    // Typed into a field, a letter is a letter.
    await page.getByLabel("First prompt").pressSequentially("n?/[");
    expect(await page.getByLabel("First prompt").inputValue()).toBe("n?/[");
    await page.getByLabel("First prompt").fill("");
  });

  test("a key that is held down does once what it does; only moving about goes on", async () => {
    const client = await app.server.client();
    const titles = ["Held one", "Held two", "Held three"];
    for (const title of titles) await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title });
    const { page } = await app.signedIn();
    await page.keyboard.down("Control");
    for (let times = 0; times < 4; times++) await page.keyboard.down("k");
    await page.keyboard.up("k");
    await page.keyboard.up("Control");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    for (const title of titles) await page.locator("[data-thread]").getByText(title).first().waitFor();
    const seen = new Set([page.url()]);
    for (let times = 0; times < 3; times++) {
      await page.keyboard.down("]");
      await page.waitForURL(({ href }) => !seen.has(href));
      seen.add(page.url());
    }
    await page.keyboard.up("]");
    await page.locator("[data-timeline]").waitFor();

    // By Enter too: what takes the place of a button that was pressed is not pressed as well.
    await page.getByRole("button", { name: "Commands" }).focus();
    for (let times = 0; times < 4; times++) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    await page.getByRole("dialog", { name: "Commands" }).waitFor();
    expect(seen).toContain(page.url());
  });

  test("keys are named as they stand on this keyboard", async () => {
    const { page } = await app.signedIn();
    await page.getByRole("button", { name: "Commands" }).hover();
    await page.locator("kbd").getByText("Ctrl").waitFor();
    expect(await page.getByText("⌘").count()).toBe(0);
  });

  test("everything is reached by Tab, with a ring to be seen, the content first by a link to skip", async () => {
    const { page } = await app.signedIn();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(ring).toBe("solid");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  });
});

describe.skipIf(!app.available)("the theme", () => {
  test("follows the system, and the choice made here, also after a reload and before anything is drawn", async () => {
    const { page } = await app.signedIn({ colorScheme: "light" });
    const light = await background(page);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background(page)).not.toBe(light);
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("radio", { name: "Light" }).check({ force: true });
    expect(await background(page)).toBe(light);
    await page.goto(`${app.server.url}/`, { waitUntil: "commit" });
    await page.locator("html[data-theme=light]").waitFor();
    expect(await background(page)).toBe(light);
  });
});

describe.skipIf(!app.available)("from page to page", () => {
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
  const told = (page: Page, text: string) => page.locator("[data-announcements]").getByText(text).waitFor();

  test("a page that loads is told by its own title, however long that takes", async () => {
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", {
      agent: "demo",
      cwd: app.server.cwd,
      title: "Told in the end",
    });
    const { page } = await app.browser();
    const server = await late(page);
    await page.clock.install();
    await page.goto(await app.server.pairLink());
    const row = page.locator(`[data-thread="${thread}"]`);
    await row.waitFor();
    server.keepBack();
    await row.press("Enter");
    await page.getByLabel("Loading the thread").waitFor();
    await page.clock.fastForward(2_000);
    expect(await page.locator("[data-announcements]").textContent()).toBe("");
    server.letThrough();
    await told(page, "Told in the end");
  });

  test("the focus goes to the page, its title is told, and so is the connection", async () => {
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", {
      agent: "demo",
      cwd: app.server.cwd,
      title: "Told aloud",
    });
    const { page } = await app.signedIn();
    await page.locator(`[data-thread="${thread}"]`).press("Enter");
    await told(page, "Told aloud");
    expect(await focused(page)).toBe("main");
    await page.getByRole("link", { name: "Settings" }).press("Enter");
    await told(page, "Settings");
    expect(await focused(page)).toBe("main");
    // Who types a search is left in its field.
    await page.keyboard.press("/");
    await page.keyboard.type("aloud");
    await told(page, "Search: aloud");
    expect(await focused(page)).toBe("search");
    await app.server.process.end("SIGKILL");
    await told(page, "Offline:");
    await app.server.process.start();
    await told(page, "Connected again.");
  });
});

describe.skipIf(!app.available)("the connection is always to be seen", () => {
  test("live, offline when the server dies, live again when it is back, on the page that was open", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await live(page);
    await app.server.process.end("SIGKILL");
    await page.locator('[data-connection="offline"]').waitFor();
    await page.getByRole("heading", { name: "Keyboard" }).waitFor();
    await app.server.process.start();
    await page
      .locator('[data-connection="offline"]')
      .click({ timeout: 1_000 })
      .catch(() => {});
    await live(page);
  });
});

describe.skipIf(!app.available)("WCAG 2.2 AA, by axe", () => {
  const PAGES: [string, string, ((page: Page) => Promise<unknown>)?][] = [
    ["home", "/"],
    ["new thread", "/new"],
    ["choosing an agent", "/new", (page) => page.getByRole("combobox", { name: "Agent" }).click()],
    ["search", "/search?q=hello"],
    ["settings", "/settings"],
    ["pairing a device", "/settings", (page) => page.getByRole("button", { name: "Sign in another device" }).click()],
    ["commands", "/", (page) => page.keyboard.press("Control+k")],
    ["keys", "/", (page) => page.keyboard.press("?")],
    ["nothing there", "/nowhere"],
  ];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, options] of Object.entries({ wide: { viewport: { width: 1280, height: 800 } }, phone: PHONE })) {
      test(`every page, ${size}, ${colorScheme}`, async () => {
        const client = await app.server.client();
        const { thread } = await client.command("thread.create", { agent: "demo", cwd: app.server.cwd });
        await client.command("thread.prompt", { thread, text: "hello" });
        const signIn = await app.browser({ ...options, colorScheme });
        await signIn.page.goto(`${app.server.url}/pair`);
        await signIn.page.getByLabel("Code").waitFor();
        expect(await axeFaults(signIn.page)).toEqual([]);
        const { page } = await app.signedIn({ ...options, colorScheme });
        for (const [name, path, act] of PAGES) {
          await page.goto(app.server.url + path);
          await live(page);
          await act?.(page);
          if (act) await page.locator("[role=dialog], [role=listbox], img[alt*=QR]").first().waitFor();
          expect({ page: name, faults: await axeFaults(page) }).toEqual({ page: name, faults: [] });
        }
      });
    }
  }

  test("at 360 px nothing is cut off, and what is touched is 44 px high", async () => {
    const { page } = await app.signedIn(PHONE);
    for (const path of ["/", "/new", "/search?q=hello", "/settings"]) {
      await page.goto(app.server.url + path);
      await live(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a[href], input:not(.sr-only), textarea")]
          .map((element) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && box.height > 1 && box.height < 43.5 && box.bottom > 0)
          .map(({ element }) => element.outerHTML.slice(0, 120)),
      );
      expect({ path, small }).toEqual({ path, small: [] });
    }
  });
});
