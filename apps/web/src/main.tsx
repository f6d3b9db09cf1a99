import { SkeinClient, webStorage } from "@skein/client";
import { SkeinProvider } from "@skein/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { refuseFileDrops } from "./lib/file-drops.ts";
import { followVisibleHeight } from "./lib/viewport.ts";
import { registerServiceWorker } from "./pwa/register.ts";
import { say } from "./ui/toasts.tsx";

/** One client, and so one socket, for the app's life. */
const client = new SkeinClient({ url: location.origin, name: "skein-web", ...outboxStorage() });

/** Commands survive a reload where the browser lets us store anything. */
function outboxStorage() {
  try {
    return { storage: webStorage(localStorage, "skein.outbox.") };
  } catch {
    return {};
  }
}

followVisibleHeight();
refuseFileDrops();
registerServiceWorker(() => say("Skein was updated.", { label: "Reload", run: () => location.reload() }));

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element #app.");
createRoot(root).render(
  <StrictMode>
    <SkeinProvider client={client}>
      <App />
    </SkeinProvider>
  </StrictMode>,
);
