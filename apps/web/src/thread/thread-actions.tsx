import type { ThreadEntity } from "@skein/client";
import { useClient, usePermissions } from "@skein/client/react";
import { useEffect, type RefObject } from "react";
import { useActions, type Action } from "../app/actions.tsx";
import { focusOfEntry } from "../app/router.tsx";
import { isCoarse } from "../lib/coarse.ts";
import { changeSetting } from "./lib/change-setting.ts";
import { settingsOf } from "./lib/settings.ts";
import { panelActions, type PanelTab } from "./panels/panel-actions.ts";
import type { PromptBoxHandle } from "./prompt/prompt-box.tsx";
import type { Stop } from "./prompt/use-stop.ts";
import type { TimelineHandle } from "./timeline/timeline.tsx";

/** What can be done in a thread. Draws nothing. */
export function ThreadActions({
  id,
  thread,
  stop: { running, state, stop },
  timeline,
  promptBox,
  panel,
  onPanel,
  onChanges,
}: {
  id: string;
  thread: ThreadEntity;
  stop: Stop;
  timeline: RefObject<TimelineHandle | null>;
  promptBox: RefObject<PromptBoxHandle | null>;
  /** The panel's tab that is open. */
  panel: PanelTab | null;
  /** Opens the panel at a tab; without one, where it was last; `null` closes it. */
  onPanel: (tab?: PanelTab | null) => void;
  /** Shows all changes over the page. */
  onChanges: () => void;
}) {
  const client = useClient();
  const { permissions, questions } = usePermissions(id);
  const first = [...permissions, ...questions].sort((a, b) => a.value.pos - b.value.pos)[0];

  // Who has just begun the thread goes on writing to it; on a touch screen that would bring the keyboard up unasked.
  useEffect(() => {
    if (focusOfEntry() === "prompt" && !isCoarse()) promptBox.current?.focus();
  }, [promptBox]);

  const goToFirst = (): void | false => {
    if (first === undefined) return false;
    timeline.current?.show(first.id);
  };
  /** Answers the request that has the focus; without one, the first press goes to the oldest. */
  const answer = (key: "a" | "d"): void | false => {
    const request = focusedRequest();
    if (request === null) return goToFirst();
    const button = request.querySelector<HTMLButtonElement>(`[data-answer="${key}"]`);
    if (button) return button.click();
    // The bar has one line only: the rest is in its card.
    const asked = request.dataset["request"];
    if (asked === undefined || request.closest("[data-row]")) return false;
    timeline.current?.show(asked);
  };
  const stopTurn = (): void | false => {
    if (!running || state !== "no") return false;
    stop();
  };
  const archived = thread.status === "archived";
  const settings = archived ? [] : settingsOf(thread);
  const switches = settings.flatMap((setting) =>
    setting.choices
      .filter(({ value }) => value !== setting.value)
      .map(({ value, name }): Action => {
        const run = (): void => changeSetting(client, id, thread, setting, value);
        return {
          id: `${setting.by} ${setting.id} ${value}`,
          label: `${setting.name}: ${name}`,
          place: "In a thread",
          run,
        };
      }),
  );

  useActions([
    { name: "allChanges", run: () => onChanges() },
    { name: "nextItem", run: () => timeline.current?.move(1) ?? false },
    { name: "previousItem", run: () => timeline.current?.move(-1) ?? false },
    { name: "openItem", run: toggleFocused },
    { name: "allow", run: () => answer("a") },
    { name: "deny", run: () => answer("d") },
    ...(first ? [{ name: "answer" as const, run: goToFirst }] : []),
    ...(running && state === "no" ? [{ name: "stop" as const, run: stopTurn }] : []),
    ...(archived ? [] : [{ name: "prompt" as const, run: () => promptBox.current?.focus() }]),
    { name: "toEnd", run: () => timeline.current?.toEnd() },
    ...panelActions(panel, onPanel),
    ...switches,
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
