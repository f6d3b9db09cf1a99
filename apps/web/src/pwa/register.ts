import { whenIdle } from "../lib/when-idle.ts";

/**
 * Registers the service worker where there may be one: on https, and on this machine.
 * @param onNewBuild Called when the server has another build than the one that runs here.
 */
export function registerServiceWorker(onNewBuild: () => void): void {
  // Absent on plain http from another machine, whatever the types say.
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined) return;
  serviceWorker.addEventListener("controllerchange", () => {
    // A worker takes a page over that is of its own build too: at the first visit, and after a reload.
    void isOfNewestBuild().then((newest) => {
      if (!newest) onNewBuild();
    });
  });
  const register = async (): Promise<void> => {
    const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's has no such argument
    whenIdle(() => void serviceWorker.ready.then(({ active }) => active?.postMessage("keep the rest")));
    document.addEventListener("visibilitychange", () => {
      // Offline it cannot be asked; it is asked again the next time.
      if (document.visibilityState === "visible") registration.update().catch(() => {});
    });
  };
  // Private windows of some browsers refuse: the app works without it.
  register().catch((error: unknown) => console.warn("No service worker:", error));
}

/** Whether the server's page runs the same script as this one: the script's name is a hash of it. */
async function isOfNewestBuild(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"]');
  const page = await fetch("/", { cache: "no-store" }).catch(() => null);
  // Out of reach, there is nothing to load anyway.
  if (script === null || page === null || !page.ok) return true;
  return (await page.text()).includes(new URL(script.src).pathname);
}
