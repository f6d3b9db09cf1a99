import type { Entry } from "../../lib/device-storage.ts";

export type DiffLayout = "unified" | "split";

/** How this device shows diffs where there is room for both ways. */
export const DIFF_LAYOUT: Entry<DiffLayout> = {
  name: "diff-layout",
  read: (value) => (value === "unified" ? "unified" : "split"),
};
