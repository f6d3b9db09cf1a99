import type { Page } from "../../apps/web/test/support/browser.ts";

/** One picture: where, and what is done there first. */
export type Shot = {
  name: string;
  path: (threads: Map<string, string>) => string;
  act?: (page: Page, network: Network) => Promise<unknown>;
};

/** What a page reaches the server by. */
export type Network = { cut: () => Promise<void> };

const thread = (name: string) => (threads: Map<string, string>) => `/t/${threads.get(name)}`;

const prompt = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first();

async function press(page: Page, keys: string): Promise<void> {
  await page.keyboard.press(keys);
  await page.getByRole("dialog").waitFor();
}

async function panel(page: Page, tab: string): Promise<void> {
  await button(page, "Plan, changes, queue, details").click();
  await page.getByRole("tab", { name: tab }).click();
}

/** Opens folds until a diff or a terminal can be seen, and brings it to the middle. */
async function openSteps(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    document.querySelector<HTMLElement>("[data-row] [data-toggle][aria-expanded=false]")?.click();
    return document.querySelector("[data-row] [data-line=added]") !== null;
  });
  await page.locator("[data-line=added]").first().scrollIntoViewIfNeeded();
}

async function allChanges(page: Page): Promise<void> {
  await button(page, "3 files changed").click();
  await page.locator("[data-file] [data-line]").first().waitFor();
}

async function goOffline(page: Page, network: Network): Promise<void> {
  await network.cut();
  await page.locator('[data-connection="offline"]').waitFor();
}

async function menuItem(page: Page, name: string): Promise<void> {
  await button(page, "More").click();
  await page.getByRole("menuitem", { name }).click();
}

const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

export const SHOTS: readonly Shot[] = [
  { name: "home", path: () => "/" },
  { name: "new", path: () => "/new" },
  { name: "new-agents", path: () => "/new", act: (page) => page.getByRole("combobox", { name: "Agent" }).click() },
  {
    name: "new-directory",
    path: () => "/new",
    act: async (page) => {
      await page.getByLabel("Directory").click();
      await page.getByLabel("Directory").fill("/usr/");
    },
  },
  {
    name: "new-filled",
    path: () => "/new",
    act: async (page) => {
      await page.getByLabel("Files to attach").setInputFiles([
        { name: "screen.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") },
        { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("What was said.") },
      ]);
      await page.getByRole("button", { name: "Remove notes.txt" }).waitFor();
      await page.getByLabel("First prompt").pressSequentially("Read @");
      await page.getByRole("listbox").waitFor();
    },
  },
  {
    name: "new-commands",
    path: () => "/new",
    act: async (page) => {
      await page.getByLabel("First prompt").fill("");
      await page.getByLabel("First prompt").pressSequentially("/");
      await page.getByRole("listbox").waitFor();
    },
  },
  { name: "new-offline", path: () => "/new", act: goOffline },
  { name: "search", path: () => "/search?q=demo" },
  { name: "search-none", path: () => "/search?q=zzzz" },
  { name: "settings", path: () => "/settings" },
  { name: "settings-offline", path: () => "/settings", act: goOffline },
  {
    name: "settings-rename",
    path: () => "/settings",
    act: (page) => button(page, /^Rename/).click(),
  },
  {
    name: "settings-revoke",
    path: () => "/settings",
    act: (page) => button(page, /^Revoke local/).click(),
  },
  {
    name: "pair",
    path: () => "/settings",
    act: async (page) => {
      await page.getByRole("button", { name: "Sign in another device" }).click();
      await page.getByAltText("The link as a QR code").scrollIntoViewIfNeeded();
    },
  },
  { name: "palette", path: () => "/", act: (page) => press(page, "Control+k") },
  { name: "keys", path: () => "/", act: (page) => press(page, "?") },
  { name: "missing", path: () => "/nowhere" },
  { name: "thread-hello", path: thread("hello") },
  { name: "thread-tour", path: thread("tour") },
  { name: "thread-permission", path: thread("edit") },
  { name: "thread-question", path: thread("question") },
  { name: "thread-failed", path: thread("failed") },
  { name: "thread-crashed", path: thread("crashed") },
  { name: "thread-busy", path: thread("busy") },
  { name: "thread-archived", path: thread("archived") },
  { name: "thread-rename", path: thread("hello"), act: (page) => menuItem(page, "Rename") },
  { name: "thread-menu", path: thread("hello"), act: (page) => button(page, "More").click() },
  { name: "thread-mode", path: thread("showcase"), act: (page) => button(page, /^Mode/).click() },
  {
    name: "thread-toast",
    path: thread("hello"),
    act: async (page) => {
      await menuItem(page, "Copy link");
      await page.locator("[data-sonner-toast]").waitFor();
    },
  },
  { name: "thread-palette", path: thread("showcase"), act: (page) => press(page, "Control+k") },
  { name: "showcase", path: thread("showcase") },
  { name: "showcase-steps", path: thread("showcase"), act: openSteps },
  { name: "showcase-plan", path: thread("showcase"), act: (page) => panel(page, "Plan") },
  {
    name: "showcase-changes",
    path: thread("showcase"),
    act: async (page) => {
      await panel(page, "Changes");
      await page.getByRole("tabpanel").getByRole("button", { expanded: false }).first().click();
    },
  },
  { name: "showcase-details", path: thread("showcase"), act: (page) => panel(page, "Details") },
  { name: "changes-split", path: thread("showcase"), act: allChanges },
  {
    name: "changes-unified",
    path: thread("showcase"),
    async act(page) {
      await allChanges(page);
      const unified = page.getByRole("button", { name: "Show unified" });
      if (await unified.isVisible()) await unified.click();
    },
  },
  { name: "queue", path: thread("queue"), act: (page) => panel(page, "Queue") },
  {
    name: "queue-edit",
    path: thread("queue"),
    act: async (page) => {
      await panel(page, "Queue");
      await page.getByRole("tabpanel").getByRole("button", { name: "Edit" }).first().click();
    },
  },
  {
    name: "prompt-commands",
    path: thread("hello"),
    act: async (page) => {
      await prompt(page).pressSequentially("/");
      await page.getByRole("listbox").waitFor();
    },
  },
  {
    name: "prompt-files",
    path: thread("hello"),
    act: async (page) => {
      await prompt(page).fill("");
      await prompt(page).pressSequentially("Look at @");
      await page.getByRole("listbox").waitFor();
    },
  },
  {
    name: "prompt-attachments",
    path: thread("hello"),
    act: async (page) => {
      await prompt(page).fill("Compare these.");
      await page.getByLabel("Files to attach").setInputFiles([
        { name: "screen.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") },
        { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("What was said.") },
      ]);
      await page.getByRole("button", { name: "Remove notes.txt" }).waitFor();
    },
  },
  {
    name: "offline",
    path: thread("hello"),
    act: async (page, network) => {
      await page.getByText("no account").first().waitFor();
      await goOffline(page, network);
    },
  },
];
