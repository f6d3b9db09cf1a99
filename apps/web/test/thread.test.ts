import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { App, axeFaults, live, PHONE } from "./support/app.ts";
import { DOT } from "./support/picture.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { exported, makeThread, openThread, promptBox, saidIn, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

const MAIN = join(import.meta.dir, "../../../packages/server/src/main.ts");

describe.skipIf(!app.available)("a thread", () => {
  test("from the first page to the first answer", async () => {
    const { page } = await app.signedIn();
    await page.getByLabel("Directory").fill(app.server.cwd);
    await page.getByLabel("First prompt").fill("hello");
    await page.getByRole("button", { name: /Start thread/ }).click();
    await turnsEnded(page, 1);
    await page.getByText("demo agent", { exact: true }).first().waitFor();
    await page.locator("[data-timeline]").getByText("no model, no account, only a script").waitFor();
    await page.getByRole("group", { name: /Plan, 2 of 2 done/ }).waitFor();
    await promptBox(page).fill("long 3");
    await page.keyboard.press("Enter");
    await turnsEnded(page, 2);
    expect(await promptBox(page).inputValue()).toBe("");
  });

  test("L26: two browsers and a CLI are on one thread: a permission answered in one leaves the others", async () => {
    const thread = await makeThread(app, ["edit Something new"]);
    const [one, two] = [(await app.signedIn()).page, (await app.signedIn()).page];
    await openThread(one, app, thread);
    await openThread(two, app, thread);
    const tail = Bun.spawn([process.execPath, MAIN, "tail", thread, "--json"], {
      env: { ...process.env, SKEIN_URL: app.server.url, SKEIN_TOKEN: app.server.process.token },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const bar = two.getByRole("region", { name: "The agent waits for you" });
    await bar.waitFor();
    await one
      .getByRole("region", { name: /asks for leave/ })
      .getByRole("button", { name: /^Allow\b/ })
      .first()
      .click();
    for (const page of [one, two]) {
      await page.getByText("Allowed once by you").waitFor();
      await page.getByRole("region", { name: "The agent waits for you" }).waitFor({ state: "detached" });
      await turnsEnded(page, 1);
    }
    let seen = "";
    const decoder = new TextDecoder();
    for await (const chunk of tail.stdout) {
      seen += decoder.decode(chunk, { stream: true });
      if (seen.includes('"status":"answered"')) break;
    }
    tail.kill();
    await tail.exited;
    expect(seen).toContain("Something new");
  });

  test("A allows and D denies what the focused request asks; J and K move; O opens", async () => {
    const thread = await makeThread(app, ["edit One", "edit Two"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByRole("region", { name: /asks for leave/ }).waitFor();
    await page.locator("#main").focus();
    // The first press goes to the request, the second answers it: nothing is allowed by accident.
    await page.keyboard.press("a");
    await page.waitForFunction(() => document.activeElement?.querySelector("[data-request]") != null);
    await page.keyboard.press("a");
    await page.getByText("Allowed once by you").waitFor();
    await turnsEnded(page, 1);
    await page.getByRole("region", { name: /asks for leave/ }).waitFor();
    await page.keyboard.press("d");
    await page.waitForFunction(() => document.activeElement?.querySelector("[data-request]") != null);
    await page.keyboard.press("d");
    await page.getByText("Rejected by you").waitFor();
    await turnsEnded(page, 2);
    await page.locator("#main").focus();
    await page.keyboard.press("j");
    const first = await page.evaluate(() => document.activeElement?.getAttribute("data-row"));
    expect(first).toBeTruthy();
    await page.keyboard.press("j");
    await page.waitForFunction((before) => document.activeElement?.getAttribute("data-row") !== before, first);
    await page.keyboard.press("k");
    await page.waitForFunction((before) => document.activeElement?.getAttribute("data-row") === before, first);
    await page.keyboard.press("j");
    await page.keyboard.press("o");
    await page.locator("[data-row]:focus [aria-expanded=true]").waitFor();
  });

  test("a question is a form; what is wrong is said, and what was given goes to the agent", async () => {
    const thread = await makeThread(app, ["ask"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const card = page.getByRole("region", { name: /The agent asks/ });
    await card.getByRole("button", { name: "Answer" }).click();
    await card.getByText("This is needed.").waitFor();
    await card.getByLabel("Your name").fill("Ada");
    await card.getByRole("radio", { name: "blue" }).check();
    await card.getByRole("checkbox", { name: /Ask again/ }).check();
    expect(await axeFaults(page)).toEqual([]);
    await card.getByRole("button", { name: "Answer" }).click();
    await turnsEnded(page, 1);
    const said = saidIn(await exported(page)).at(-1)?.text;
    expect(said).toContain(JSON.stringify({ name: "Ada", colour: "blue", again: true }));
  });

  test("Stop says what it does: stopping until the turn has ended", async () => {
    const thread = await makeThread(app, ["long 100000"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByText("Demo line 5 of").waitFor();
    await page.locator("#main").focus();
    // Held down it is pressed once, and once is not enough.
    for (let times = 0; times < 3; times++) await page.keyboard.down("Escape");
    await page.keyboard.up("Escape");
    await page.keyboard.press("ArrowDown");
    const stops = page.getByText(/Stopping…|· stopped/);
    expect(await stops.count()).toBe(0);
    // Two presses count when they are close together: a busy machine may need another try.
    do {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
    } while ((await stops.count()) === 0);
    await page.getByText(/· stopped/).waitFor();
    await page.getByRole("button", { name: /Stop/ }).waitFor({ state: "detached" });
  });

  test("what waits can be changed, moved and dropped", async () => {
    const thread = await makeThread(app, ["ask", "long 2", "hello there"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByText("2 prompts queued").click();
    const panel = page.getByRole("tabpanel");
    await panel.getByRole("button", { name: "Move down" }).first().click();
    await page.waitForFunction(
      () => document.querySelector("[role=tabpanel] li")?.textContent?.includes("hello there") ?? false,
    );
    await panel.getByRole("button", { name: "Edit" }).first().click();
    await panel.getByLabel("Queued prompt").fill("long 4");
    await panel.getByRole("button", { name: "Keep" }).click();
    await panel.getByText("long 4").waitFor();
    await panel.getByRole("button", { name: "Drop" }).last().click();
    await page.getByText("long 2").waitFor({ state: "detached" });
    await page
      .getByRole("region", { name: /The agent asks/ })
      .getByRole("button", { name: "Decline" })
      .click();
    await turnsEnded(page, 2);
    await page.getByText("Demo line 4 of 4").waitFor();
    expect(await page.locator("[data-timeline]").textContent()).not.toContain("of 2:");
  });

  test("a draft and its files outlive a reload; ↑ brings back what was sent; / and @ complete", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByLabel("Files to attach").setInputFiles(DOT);
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await promptBox(page).fill("Look at this");
    await page.reload();
    await live(page);
    expect(await promptBox(page).inputValue()).toBe("Look at this");
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await page.keyboard.press("i");
    await page.keyboard.press("Control+Enter");
    await turnsEnded(page, 2);
    await page.getByRole("button", { name: "dot.png: show large" }).click();
    await page.getByRole("dialog").getByAltText("dot.png").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await promptBox(page).focus();
    await page.keyboard.press("ArrowUp");
    expect(await promptBox(page).inputValue()).toBe("Look at this");
    await promptBox(page).fill("");
    await promptBox(page).pressSequentially("/lo");
    await page.getByRole("option", { name: /\/long/ }).waitFor();
    await page.keyboard.press("Enter");
    expect(await promptBox(page).inputValue()).toBe("/long ");
    await promptBox(page).fill("");
    await promptBox(page).pressSequentially("read @rea");
    await page.getByRole("option", { name: "README.md" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await promptBox(page).inputValue()).toBe("read @README.md ");
  });

  test("a file that is too large is refused with its size and the bound", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    const large = join(app.server.cwd, "large.txt");
    await Bun.write(large, Buffer.alloc(21 * 1024 * 1024, "x"));
    await page.getByLabel("Files to attach").setInputFiles(large);
    await page.getByText("large.txt has 21 MB; 20 MB are allowed.").waitFor();
  });

  test("the title is changed in place, mode and options by their switches, and the thread put away and back", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByRole("heading", { level: 1 }).getByRole("button").click();
    await page.getByLabel("Title of the thread").fill("Renamed here");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Renamed here" }).waitFor();
    await page.getByRole("button", { name: /Mode: Ask/ }).click();
    await page.getByRole("menuitemradio", { name: /Auto/ }).click();
    await page.getByRole("button", { name: /Mode: Auto/ }).waitFor();
    await page.getByRole("button", { name: /Verbosity: Full/ }).click();
    await page.getByRole("menuitemradio", { name: /Brief/ }).click();
    await page.getByRole("button", { name: /Verbosity: Brief/ }).waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("The thread is back.").waitFor();
  });

  test("raw HTML is shown, never rendered, and links say where they lead", async () => {
    const said =
      'Before <img src=x onerror="window.broken=1"> <b>bold?</b> [here](https://example.org/a) [bad](javascript:alert(1))';
    const thread = await makeThread(app, [JSON.stringify([{ text: said }])], showcaseAgent());
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    const answer = page.locator("[data-status=complete] .markdown").last();
    expect(await answer.textContent()).toContain('<img src=x onerror="window.broken=1"> <b>bold?</b>');
    expect(await answer.locator("img, b").count()).toBe(0);
    expect(await answer.locator("a").count()).toBe(1);
    await answer.getByRole("link", { name: "here" }).hover();
    await page.getByText("https://example.org/a", { exact: true }).waitFor();
  });
});

describe.skipIf(!app.available)("a thread to everybody", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing (${colorScheme}): folded, opened, with each panel, on a phone`, async () => {
      const thread = await makeThread(app, ["Find out why.", "Do it, please.", "What is left?"], showcaseAgent());
      const { page } = await app.signedIn({ colorScheme });
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.locator("[data-timeline]").getByText("What is left is the reset").waitFor();
      expect(await axeFaults(page)).toEqual([]);
      // A fold, opened, shows steps that can be opened themselves.
      await page.waitForFunction(() => {
        document.querySelector<HTMLElement>("[data-row] [data-toggle][aria-expanded=false]")?.click();
        return document.querySelector("[data-line=added]") !== null;
      });
      expect(await axeFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
      for (const tab of ["Plan", "Changes", "Queue", "Details"]) {
        await page.getByRole("tab", { name: tab }).click();
        expect(await axeFaults(page)).toEqual([]);
      }
    });
  }

  test("axe finds nothing while a permission is asked for, after a failure and after a crash", async () => {
    const { page } = await app.signedIn();
    for (const prompt of ["edit Something", "fail", "crash"]) {
      const thread = await makeThread(app, [prompt]);
      await openThread(page, app, thread);
      if (prompt.startsWith("edit")) await page.getByRole("region", { name: /asks for leave/ }).waitFor();
      else await turnsEnded(page, 1);
      expect(await axeFaults(page)).toEqual([]);
    }
  });

  test("on a phone: nothing wider than the screen, the panel as a sheet, the prompt box in sight", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    const box = await promptBox(page).boundingBox();
    expect(box && box.y + box.height <= 640).toBe(true);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("main button, header button")]
        .filter(
          (button) => button.checkVisibility({ opacityProperty: true }) && button.getBoundingClientRect().height < 43,
        )
        .map((button) => button.outerHTML.slice(0, 160)),
    );
    expect(small).toEqual([]);
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).tap();
    await page.getByRole("dialog").getByRole("tab", { name: "Changes" }).tap();
    await page.getByRole("dialog").getByText("3 files changed").waitFor();
    expect(await axeFaults(page)).toEqual([]);
  });
});
