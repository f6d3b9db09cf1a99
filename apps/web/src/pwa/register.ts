/**
 * Registers the service worker where there may be one: on https, and on this machine.
 * @param onNewBuild Called when the server has another build than the one that runs here.
 */
export function registerServiceWorker(onNewBuild: () => void): void {
  // Absent on plain http from another machine, whatever the types say.
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined) return;
  // The first worker to take a page over is no news; a second one comes with a new build.
  const hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) onNewBuild();
  });
  const register = async (): Promise<void> => {
    const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
    document.addEventListener("visibilitychange", () => {
      // Offline it cannot be asked; it is asked again the next time.
      if (document.visibilityState === "visible") registration.update().catch(() => {});
    });
  };
  // Private windows of some browsers refuse: the app works without it.
  register().catch((error: unknown) => console.warn("No service worker:", error));
}
