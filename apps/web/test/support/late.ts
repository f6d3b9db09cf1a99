import { live } from "./app.ts";
import type { Page } from "./browser.ts";

/** What the server says to a page's sockets, through hands that can keep it back for a while, as a slow network does. */
export async function late(page: Page): Promise<{ keepBack: () => void; letThrough: () => void }> {
  let held: (() => void)[] | null = null;
  await page.routeWebSocket(/\/v1\/socket$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (held === null) socket.send(message);
      else held.push(() => socket.send(message));
    });
  });
  return {
    keepBack: () => void (held = []),
    letThrough() {
      const said = held ?? [];
      held = null;
      for (const say of said) say();
    },
  };
}

/** Loads the page anew, with a part of the app that is slow to come; what it gives lets the part through. */
export async function heldBack(page: Page, name: RegExp): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(name, async (route) => {
    await promise;
    await route.continue();
  });
  await page.reload();
  await live(page);
  return resolve;
}
