import type { WebSocketRoute } from "playwright-core";
import type { Page } from "./browser.ts";

/** The page's sockets, through hands that can cut them: Chromium's own offline mode leaves open sockets be. */
export async function cuttable(page: Page): Promise<{ cut: () => Promise<void>; mend: () => void }> {
  let isCut = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/v1\/socket/, (route) => {
    if (isCut) {
      void route.close({ code: 3001 });
      return;
    }
    open.add(route);
    route.connectToServer();
  });
  return {
    async cut() {
      isCut = true;
      for (const route of open) await route.close({ code: 3001 });
      open.clear();
    },
    mend: () => void (isCut = false),
  };
}

/** Keeps requests of one method from the server until `mend` is called: they get no answer, as on a bad line. */
export async function swallowing(page: Page, method: string): Promise<{ mend: () => void }> {
  let swallows = true;
  await page.routeWebSocket(/\/v1\/socket/, (route) => {
    const server = route.connectToServer();
    route.onMessage((frame) => {
      if (!swallows || !String(frame).includes(`"${method}"`)) server.send(frame);
    });
  });
  return { mend: () => void (swallows = false) };
}
