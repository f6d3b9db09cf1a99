import { indexedDbReplicas, SkeinClient, webStorage } from "@skein/client";
import { SkeinProvider } from "@skein/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { LoadBoundary } from "./app/load-boundary.tsx";
import { refuseFileDrops } from "./lib/file-drops.ts";
import { followServerClock } from "./lib/server-clock.ts";
import { followVisibleHeight } from "./lib/viewport.ts";
import { registerServiceWorker } from "./pwa/register.ts";
import { say } from "./ui/toasts.tsx";

/** One client, and so one socket, for the app's life. */
const client = new SkeinClient({ url: location.origin, name: "skein-web", ...outboxStorage(), ...replicaStorage() });

/** Commands survive a reload where the browser lets us store anything. */
function outboxStorage() {
  try {
    return { storage: webStorage(localStorage, "skein.outbox.") };
  } catch {
    return {};
  }
}

/** What was loaded can be read after a reload without a server. Old private windows have no such storage. */
function replicaStorage() {
  const { indexedDB } = globalThis as { indexedDB?: IDBFactory };
  return indexedDB ? { replicas: indexedDbReplicas(indexedDB) } : {};
}

// The system may end a page that is hidden without another word.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") client.keepNow();
});
followVisibleHeight();
followServerClock(client);
refuseFileDrops();
registerServiceWorker(() => say("Skein was updated.", { label: "Reload", run: () => location.reload() }));

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element #app.");
createRoot(root).render(
  <StrictMode>
    <LoadBoundary>
      <SkeinProvider client={client}>
        <App />
      </SkeinProvider>
    </LoadBoundary>
  </StrictMode>,
);
