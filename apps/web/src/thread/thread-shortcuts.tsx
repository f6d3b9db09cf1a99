import { usePermissions } from "@skein/client/react";
import type { RefObject } from "react";
import { useShortcuts } from "../app/shortcuts.tsx";
import type { PromptBoxHandle } from "./prompt/prompt-box.tsx";
import type { Stop } from "./prompt/use-stop.ts";
import type { TimelineHandle } from "./timeline/timeline.tsx";

/** The keys that hold in a thread. Draws nothing. */
export function ThreadShortcuts({
  id,
  timeline,
  promptBox,
  stop: { running, state, stop },
}: {
  id: string;
  timeline: RefObject<TimelineHandle | null>;
  promptBox: RefObject<PromptBoxHandle | null>;
  stop: Stop;
}) {
  const { permissions, questions } = usePermissions(id);
  const first = [...permissions, ...questions].sort((a, b) => a.value.pos - b.value.pos)[0];

  /** Answers the request that has the focus; without one, the first press goes to the oldest. */
  const answer = (key: "a" | "d"): void | false => {
    const request = focusedRequest();
    if (request === null) {
      if (first === undefined) return false;
      timeline.current?.show(first.id);
      return;
    }
    const button = request.querySelector<HTMLButtonElement>(`[data-answer="${key}"]:not(:disabled)`);
    if (button) return button.click();
    // The bar has one line only: the rest is in its card.
    const asked = request.dataset["request"];
    if (asked === undefined || request.closest("[data-row]")) return false;
    timeline.current?.show(asked);
  };

  useShortcuts([
    { keys: "j", label: "Next item", group: "In a thread", run: () => timeline.current?.move(1) ?? false },
    { keys: "k", label: "Previous item", group: "In a thread", run: () => timeline.current?.move(-1) ?? false },
    { keys: "o", label: "Open or fold the item", group: "In a thread", run: toggleFocused },
    { keys: "a", label: "Allow what the focused request asks", group: "In a thread", run: () => answer("a") },
    { keys: "d", label: "Deny what the focused request asks", group: "In a thread", run: () => answer("d") },
    { keys: "e", label: "Go to the end", group: "In a thread", run: () => timeline.current?.toEnd() },
    { keys: "i", label: "Write a prompt", group: "In a thread", run: () => promptBox.current?.focus() },
    {
      keys: "escape escape",
      label: "Stop the running turn",
      group: "In a thread",
      whileTyping: true,
      run: () => {
        if (!running || state !== "no") return false;
        stop();
      },
    },
  ]);
  return null;
}

/** The request that the focus is on: in its card, in the row around it, or in the bar above the prompt box. */
function focusedRequest(): HTMLElement | null {
  const { activeElement } = document;
  return (
    activeElement?.closest<HTMLElement>("[data-request]") ??
    activeElement?.closest("[data-row]")?.querySelector<HTMLElement>("[data-request]") ??
    null
  );
}

function toggleFocused(): void | false {
  const toggle = document.activeElement?.closest("[data-row]")?.querySelector<HTMLButtonElement>("[data-toggle]");
  if (!toggle) return false;
  toggle.click();
}
