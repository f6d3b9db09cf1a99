import type { Change } from "../protocol/changes.ts";
import { applyChange } from "./apply-change.ts";
import { composePatches } from "./merge-patch.ts";

/**
 * The same effect in fewer changes: text appended piece by piece is joined, patches are merged, what a `put` or `drop`
 * makes moot is left out. Entities keep the order in which they were first touched; changes of one entity keep theirs.
 * The changes given are never altered. Rests on ids not being used again after a `drop`.
 */
export function coalesce(changes: readonly Change[]): Change[] {
  if (changes.length < 2) return [...changes];
  const entities = new Map<string, Run>();
  const order: Run[] = [];
  let lastKind = "";
  let lastId = "";
  let last: Run | undefined;
  for (const change of changes) {
    // A token stream touches one entity again and again: no key is built for it.
    let run = last !== undefined && change.id === lastId && change.kind === lastKind ? last : undefined;
    if (run === undefined) {
      const key = `${change.kind}\u0000${change.id}`;
      run = entities.get(key);
      if (run === undefined) {
        run = { changes: [], texts: [], joined: 0 };
        entities.set(key, run);
        order.push(run);
      }
      last = run;
      lastKind = change.kind;
      lastId = change.id;
    }
    add(run, change);
  }
  return order.flatMap((run) => {
    settle(run);
    return run.changes;
  });
}

/** The changes of one entity so far; `texts` are appends that follow the last of them, not joined to it yet. */
type Run = { changes: Change[]; texts: string[]; joined: number };

function add(run: Run, change: Change): void {
  if (change.op === "put" || change.op === "drop") {
    run.changes = [change];
    run.texts = [];
    return;
  }
  const before = run.changes.at(-1);
  if (before === undefined) {
    run.changes.push(change);
    return;
  }
  if (change.op === "append") {
    if (before.op === "append" && before.field === change.field) {
      const end = run.texts.length > 0 ? run.joined : before.at + before.text.length;
      if (end === change.at) {
        run.texts.push(change.text);
        run.joined = end + change.text.length;
        return;
      }
    }
    settle(run);
    const settled = run.changes.at(-1);
    const text = settled?.op === "put" ? settled.value[change.field] : undefined;
    if (settled?.op === "put" && typeof text === "string" && text.length === change.at) {
      run.changes[run.changes.length - 1] = { ...settled, value: applyChange(settled.value, change) ?? settled.value };
      return;
    }
    run.changes.push(change);
    return;
  }
  settle(run);
  if (before.op === "put") {
    run.changes[run.changes.length - 1] = { ...before, value: applyChange(before.value, change) ?? before.value };
    return;
  }
  if (before.op === "patch") {
    const value = composePatches(before.value, change.value);
    if (value !== null) {
      run.changes[run.changes.length - 1] = { ...before, value };
      return;
    }
  }
  run.changes.push(change);
}

function settle(run: Run): void {
  const last = run.changes.at(-1);
  if (run.texts.length === 0 || last?.op !== "append") return;
  run.changes[run.changes.length - 1] = { ...last, text: last.text + run.texts.join("") };
  run.texts = [];
}
