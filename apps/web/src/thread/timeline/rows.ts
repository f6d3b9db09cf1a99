import type { TimelineKey } from "@skein/client/react";
import { readTrait } from "./item-trait.ts";

type ItemRow = {
  readonly type: "item";
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  /** Where it stands in a run of steps: these share a rule at their left. */
  readonly rail: "none" | "first" | "middle" | "last" | "only";
};

/** What stands in the timeline, one below the other. Keys are unique and stay with what they name. */
export type Row =
  | ItemRow
  /** A run of steps of a turn that is over, folded or not: `steps` tool calls, of which `failed` are shown all the same. */
  | {
      readonly type: "fold";
      readonly key: string;
      readonly steps: number;
      readonly failed: number;
      readonly open: boolean;
      readonly ids: readonly string[];
    }
  /** The line that closes a turn. */
  | { readonly type: "footer"; readonly key: string; readonly turn: string };

/** What of a thread's state the rows depend on, besides its items. */
export type RowsOptions = {
  /** Keys of the folds that were opened. */
  opened: ReadonlySet<string>;
  /** The turn at work, if any: its steps stay open. */
  running: string | undefined;
};

/** Kinds that belong to a run of steps. */
const isStep = (kind: string, state: string): boolean =>
  kind === "tool" || kind === "terminal" || (kind === "permission" && state !== "pending");

type Key = TimelineKey<string>;
type Step = { item: Key; state: string };

/**
 * Makes rows of a timeline's items: tool calls in a row become a run, which folds once its turn is over; each turn that
 * ended is closed by a footer; terminals within a tool call, and what is empty, are not shown on their own.
 */
export function rowsOf(items: readonly Key[], { opened, running }: RowsOptions): Row[] {
  const within = new Set(items.flatMap(({ kind, trait }) => (kind === "tool" ? readTrait(trait).terminals : [])));
  const rows: Row[] = [];
  let run: Step[] = [];
  let turn: string | undefined;

  const endRun = (): void => {
    if (run.length > 0) rows.push(...rowsOfRun(run, turn === undefined || turn !== running, opened));
    run = [];
  };
  const endTurn = (): void => {
    endRun();
    if (turn !== undefined) rows.push({ type: "footer", key: `footer ${turn}`, turn });
    turn = undefined;
  };

  for (const item of items) {
    const { state } = readTrait(item.trait);
    if (item.kind === "turn") {
      endTurn();
      turn = item.id;
      continue;
    }
    if (item.turn !== undefined && item.turn !== turn) {
      endTurn();
      turn = item.turn;
    }
    if (item.kind === "message" && state === "empty") continue;
    if (item.kind === "terminal" && within.has(item.id)) continue;
    if (isStep(item.kind, state)) {
      run.push({ item, state });
      continue;
    }
    // A thought between two steps belongs to their run; whether another step follows shows only then.
    if (item.kind === "message" && state === "thought" && run.length > 0) {
      run.push({ item, state });
      continue;
    }
    endRun();
    rows.push(rowOf(item, "none"));
  }
  endTurn();
  return rows;
}

function rowsOfRun(run: readonly Step[], over: boolean, opened: ReadonlySet<string>): Row[] {
  const last = run.findLastIndex(({ item }) => item.kind !== "message");
  const [inside, after] = [run.slice(0, last + 1), run.slice(last + 1)];
  const steps = inside.filter(({ item }) => item.kind === "tool" || item.kind === "terminal");
  const tail = after.map(({ item }) => rowOf(item, "none"));
  if (!over || steps.length < 2) return [...railed(inside), ...tail];
  const failed = steps.filter(({ state }) => state === "failed" || state === "interrupted");
  // The last step names the run: older items that are loaded later make it longer at its start only.
  const key = `fold ${steps.at(-1)?.item.id}`;
  const open = opened.has(key);
  const fold: Row = {
    type: "fold",
    key,
    steps: steps.length,
    failed: failed.length,
    open,
    ids: inside.map(({ item }) => item.id),
  };
  return [fold, ...railed(open ? inside : failed), ...tail];
}

function railed(steps: readonly Step[]): Row[] {
  return steps.map(({ item }, index) => {
    if (steps.length === 1) return rowOf(item, "only");
    return rowOf(item, index === 0 ? "first" : index === steps.length - 1 ? "last" : "middle");
  });
}

const known = new WeakMap<Key, ItemRow>();

/** The same object for the same item at the same place, so that its row is not drawn again. */
function rowOf(item: Key, rail: ItemRow["rail"]): ItemRow {
  const before = known.get(item);
  if (before?.rail === rail) return before;
  const row: ItemRow = { type: "item", key: item.id, kind: item.kind, id: item.id, rail };
  known.set(item, row);
  return row;
}

/** The place of an item's row, or of the fold that hides it; -1 when it is not there. */
export function indexOfItem(rows: readonly Row[], id: string): number {
  const shown = rows.findIndex((row) => row.type === "item" && row.id === id);
  return shown >= 0 ? shown : rows.findIndex((row) => row.type === "fold" && row.ids.includes(id));
}
