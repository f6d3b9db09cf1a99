import { useEffect, useState } from "react";
import type { FileDiff } from "./diff-lines.ts";

/** What a tool changed in a file; `null` for a text stands for no file. */
export type Change = { readonly path: string; readonly before: string | null; readonly after: string | null };

let module: typeof import("./diff-lines.ts") | undefined;
const known = new WeakMap<object, FileDiff>();

/**
 * The diff of a change, computed once for each. `of` is the immutable object it was read from. `null` until the diff
 * library is there.
 */
export function useDiff(of: object, change: Change): FileDiff | null {
  const [, loaded] = useState(module !== undefined);
  useEffect(() => {
    if (module !== undefined) return;
    let stopped = false;
    void import("./diff-lines.ts").then(
      (found) => {
        module = found;
        if (!stopped) loaded(true);
      },
      () => {}, // Offline before it was ever loaded: the row does without.
    );
    return () => void (stopped = true);
  }, []);
  if (module === undefined) return null;
  let diff = known.get(of);
  if (diff === undefined) known.set(of, (diff = module.diffFiles(change.before, change.after)));
  return diff;
}
