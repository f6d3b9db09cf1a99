import type { CallParams, Clock, Result, SkeinClient, SkeinError, Timer } from "../index.ts";
import { tellAll } from "./signals.ts";

/**
 * One find: where it is (`topic`, `kind`, `id`, `pos`), when it was said (`ts`, milliseconds since 1970), and the text around
 * it, with what was looked for between U+0002 and U+0003.
 */
export type SearchHit = Result<"search">["hits"][number];

export type SearchState = {
  /** What `hits` are for; it trails what is typed. */
  readonly text: string;
  readonly hits: readonly SearchHit[];
  /** Whether an answer is waited for, or typing is. */
  readonly pending: boolean;
  readonly error: SkeinError | null;
  /** The place of the next page; `null` when there is none. */
  readonly next: string | null;
};

export type SearchFor = Pick<CallParams<"search">, "text" | "board" | "limit">;

const NOTHING: SearchState = { text: "", hits: [], pending: false, error: null, next: null };

/** One search box: waits until typing rests, asks, and takes no answer but the newest question's. */
export class Search {
  readonly #client: SkeinClient;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #state = NOTHING;
  #wanted: SearchFor = { text: "" };
  #timer: Timer | undefined;
  #asking: AbortController | undefined;

  constructor(client: SkeinClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  readonly get = (): SearchState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  /** Searches for something else once `delayMs` milliseconds have passed without another wish. */
  want(wanted: SearchFor, delayMs: number): void {
    this.stop();
    this.#wanted = wanted;
    if (wanted.text.trim() === "") {
      this.#become(NOTHING);
      return;
    }
    this.#become({ pending: true, error: null });
    this.#timer = this.#clock.setTimeout(() => void this.#ask(null), delayMs);
  }

  /** Asks for the next page, or again for what failed. */
  more(): void {
    const { pending, next, error } = this.#state;
    if (!pending && (next !== null || error !== null)) void this.#ask(next);
  }

  /** Nothing that is under way is wanted any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#asking?.abort();
    this.#asking = undefined;
  }

  async #ask(before: string | null): Promise<void> {
    const asking = (this.#asking = new AbortController());
    const { text } = this.#wanted;
    this.#become({ pending: true, error: null });
    try {
      const params = before === null ? this.#wanted : { ...this.#wanted, before };
      const { hits, next } = await this.#client.query("search", params, { signal: asking.signal });
      if (asking.signal.aborted) return;
      const earlier = before === null ? [] : this.#state.hits;
      this.#become({ text, hits: [...earlier, ...hits], next, pending: false });
    } catch (error) {
      if (asking.signal.aborted) return;
      const older = before === null ? { text, hits: [], next: null } : {};
      this.#become({ ...older, pending: false, error: error as SkeinError });
    }
  }

  #become(change: Partial<SearchState>): void {
    this.#state = { ...this.#state, ...change };
    tellAll(this.#listeners, this.#client.report);
  }
}
