import type { Action } from "../../app/actions.tsx";

const TABS = ["plan", "changes", "queue", "details"] as const;

export type PanelTab = (typeof TABS)[number];

/**
 * Opens a thread's panel, at one of its tabs or where it was last; what is open is closed.
 * @param panel The tab that is open.
 * @param onPanel Opens the panel at a tab; without one, where it was last; `null` closes it.
 */
export const panelActions = (panel: PanelTab | null, onPanel: (tab?: PanelTab | null) => void): Action[] => [
  { name: "panel", run: () => onPanel(panel === null ? undefined : null) },
  ...TABS.map((tab) => ({ name: tab, run: () => onPanel(panel === tab ? null : tab) })),
];
