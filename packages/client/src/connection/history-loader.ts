import type { Commit } from "../protocol/changes.ts";
import type { SkeinError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { applyChange, GapError } from "../replica/apply-change.ts";
import type { Page, Replica } from "../replica/replica.ts";
import type { Ask, Outcome } from "./ask.ts";

/**
 * Loads older items, one page at a time. A page is read at some `seq`; commits that the replica applied while the page
 * was on its way skipped the page's items, which it did not hold yet. They are kept meanwhile and made good on the page.
 */
export class HistoryLoader {
  readonly #replica: () => Replica;
  #loading: Promise<boolean> | null = null;
  /** Commits applied since the request was made; `null` when none is under way. */
  #since: Commit[] | null = null;

  constructor(replica: () => Replica) {
    this.#replica = replica;
  }

  /** Notes a commit that the replica applied. */
  record(commit: Commit): void {
    this.#since?.push(commit);
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

  #ask(send: (ask: Ask) => void, resolve: (older: boolean) => void, reject: (error: SkeinError) => void): void {
    const replica = this.#replica();
    if (!replica.hasOlder) {
      resolve(false);
      return;
    }
    const { epoch, floor } = replica;
    const since: Commit[] = (this.#since = []);
    const params: CheckedParams<"history"> = { topic: replica.topic, before: floor };
    const settle = (outcome: Outcome): void => {
      this.#since = null;
      if (outcome.type === "error") {
        reject(outcome.error);
        return;
      }
      const same = replica === this.#replica() && replica.epoch === epoch && replica.floor === floor;
      const page = outcome.type === "result" && same ? bringUpToDate(outcome.result as Result<"history">, since) : null;
      // Lost on the way, or the window moved meanwhile: such a page would leave a hole.
      if (page === null || !replica.addHistory(page)) this.#ask(send, resolve, reject);
      else resolve(replica.hasOlder);
    };
    send({ method: "history", params, settle });
  }
}

/** The page as it is after the commits; `null` when that cannot be told. */
function bringUpToDate(page: Result<"history">, since: readonly Commit[]): Page | null {
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
