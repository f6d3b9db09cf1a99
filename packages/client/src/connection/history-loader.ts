import type { Commit } from "../protocol/changes.ts";
import type { SkeinError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { applyChange, GapError } from "../replica/apply-change.ts";
import type { Page, Replica } from "../replica/replica.ts";
import type { Ask, Outcome } from "./ask.ts";

type Answer = Result<"history">;
type Load = {
  send: (ask: Ask) => void;
  resolve: (older: boolean) => void;
  reject: (error: SkeinError) => void;
  /** What the replica was when the page was asked for. */
  of: { replica: Replica; epoch: string | null; floor: number };
  /** Commits that it applied since. */
  since: Commit[];
  /** The answer, while the replica is not yet where the page was read. */
  page: Answer | null;
};

/**
 * Loads older items, one page at a time. A page is read at some `seq`. Commits beyond it that the replica applied while
 * the page was on its way skipped the page's items, which it did not hold yet: they are kept and made good on the page.
 * And a page from beyond the replica's own position waits until the replica is there: so at every moment the replica is
 * what the commits up to its position add up to (G2).
 */
export class HistoryLoader {
  readonly #replica: () => Replica;
  readonly #loaded: () => void;
  #loading: Promise<boolean> | null = null;
  #load: Load | null = null;

  /** @param loaded Called when a page has been taken in. */
  constructor(replica: () => Replica, loaded: () => void) {
    this.#replica = replica;
    this.#loaded = loaded;
  }

  /** Notes a commit that the replica applied. */
  record(commit: Commit): void {
    this.#load?.since.push(commit);
    this.#finish();
  }

  /** The replica's position is one of another epoch now. */
  moved(): void {
    this.#finish();
  }

  /** Nothing will come any more: who waits is told. */
  giveUp(error: SkeinError): void {
    const load = this.#load;
    this.#load = null;
    load?.reject(error);
  }

  /**
   * Loads the page before what is held, or joins the load that is under way.
   * @param send Gives the request to the connection.
   * @returns Whether there are older items still.
   * @throws SkeinError when the server refused.
   */
  load(send: (ask: Ask) => void): Promise<boolean> {
    if (this.#loading) return this.#loading;
    const loading = new Promise<boolean>((resolve, reject) => this.#ask(send, resolve, reject)).finally(() => {
      this.#loading = null;
    });
    this.#loading = loading;
    return loading;
  }

  #ask(send: Load["send"], resolve: Load["resolve"], reject: Load["reject"]): void {
    const replica = this.#replica();
    const { epoch, floor } = replica;
    if (!replica.hasOlder) {
      resolve(false);
      return;
    }
    const load: Load = { send, resolve, reject, of: { replica, epoch, floor }, since: [], page: null };
    this.#load = load;
    const params: CheckedParams<"history"> = { topic: replica.topic, before: floor };
    send({ method: "history", params, settle: (outcome) => this.#answered(load, outcome) });
  }

  #answered(load: Load, outcome: Outcome): void {
    if (this.#load !== load) return;
    switch (outcome.type) {
      case "result":
        load.page = outcome.result as Answer;
        this.#finish();
        return;
      case "error":
        this.#load = null;
        load.reject(outcome.error);
        return;
      case "lost":
        this.#ask(load.send, load.resolve, load.reject);
        return;
      default:
        outcome satisfies never;
    }
  }

  #finish(): void {
    const load = this.#load;
    if (load === null || load.page === null) return;
    const { replica, epoch, floor } = load.of;
    const same = replica === this.#replica() && replica.epoch === epoch && replica.floor === floor;
    // The replica is on its way to where the page was read: by commits, or by a snapshot of another epoch.
    if (same && (load.page.epoch !== epoch || replica.seq < load.page.seq)) return;
    this.#load = null;
    const page = same ? bringUpToDate(load.page, load.since) : null;
    // The window moved meanwhile, or is another: such a page would leave a hole.
    if (page === null || !replica.addHistory(page)) {
      this.#ask(load.send, load.resolve, load.reject);
      return;
    }
    this.#loaded();
    load.resolve(replica.hasOlder);
  }
}

/** The page as it is after the commits; `null` when that cannot be told. */
function bringUpToDate(page: Answer, since: readonly Commit[]): Page | null {
  const items = new Map<string, { kind: string; id: string; value: Record<string, unknown> | undefined }>();
  for (const { kind, id, value } of page.items) items.set(`${kind} ${id}`, { kind, id, value });
  try {
    for (const commit of since) {
      if (commit.after === null) return null;
      if (commit.seq <= page.seq) continue;
      for (const change of commit.changes) {
        const item = items.get(`${change.kind} ${change.id}`);
        if (item) item.value = applyChange(item.value, change);
      }
    }
  } catch (error) {
    if (error instanceof GapError) return null;
    throw error;
  }
  const present = [...items.values()].flatMap(({ kind, id, value }) => (value ? [{ kind, id, value }] : []));
  return { epoch: page.epoch, items: present, before: page.before };
}
