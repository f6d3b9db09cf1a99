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
