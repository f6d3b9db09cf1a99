import { useState } from "react";
import { historyOf } from "./sent.ts";

/** Going through what was sent before, as ↑ and ↓ do. */
export type History = {
  /** Whether a prompt of the past stands in the box. */
  readonly browsing: boolean;
  /** The prompt before or after; `""` after the last; `null` where there is none. */
  readonly step: (by: 1 | -1) => string | null;
  /** What stands in the box is the person's own again. */
  readonly leave: () => void;
};

export function useHistory(thread: string): History {
  const [past, setPast] = useState<number | null>(null);
  return {
    browsing: past !== null,
    step: (by) => {
      const sent = historyOf(thread);
      const at = past === null ? (by < 0 ? sent.length - 1 : null) : past + by;
      if (at === null || at < 0) return null;
      const found = sent[at];
      setPast(found === undefined ? null : at);
      return found ?? "";
    },
    leave: () => setPast(null),
  };
}
