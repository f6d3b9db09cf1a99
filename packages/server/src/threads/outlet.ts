import { SkeinError, type Change, type Topic } from "@skein/client/protocol";
import type { Clock, Timer } from "../clock.ts";
import type { Health } from "../health.ts";
import type { Hub } from "../hub/hub.ts";
import type { RawEvent, Write, WriteResult } from "../store/contract.ts";
import type { NewBlob } from "./writer/state.ts";

/** Where blobs are kept: `put` answers with the SHA-256 of the bytes, in hexadecimal; `claim` whether there is one. */
export type BlobStore = {
  put(bytes: Uint8Array): Promise<string>;
  claim(sha256: string): Promise<boolean>;
  get(sha256: string): Promise<Blob | null>;
};

/** Waiting changes, and UTF-16 units of waiting raw lines, above which the agent is not read on. */
const CHANGES_WAITING = 2_000;
const LINES_WAITING = 1024 * 1024;
/** Between two tries of a write that cannot be made now, in milliseconds; each pause is twice the one before. */
const AGAIN_MS = { first: 100, longest: 2_000 };
/** Raw lines are written when there are this many, or when the first of them has waited this long, in milliseconds. */
const LINES_TOGETHER = 128;
const LINES_WITHIN_MS = 250;

type Waiting = { resolve: (result: WriteResult) => void; reject: (error: unknown) => void };
type Job = {
  changes: Map<Topic, Change[]>;
  /** How many changes these are. */
  count: number;
  blobs: NewBlob[];
  events: RawEvent[];
  /** UTF-16 units of the events. */
  lines: number;
  single?: Write;
  /** Undoes what was decided with `single`, where that can be: then it fails instead of being waited for. */
  takeBack?: () => boolean;
  /** Nothing behind it is written. */
  failure?: SkeinError;
  waiting: Waiting[];
};

/**
 * A thread's way to the log: what goes in comes out in the same order, one write at a time, so that after a write that
 * failed none that rests on it can succeed. What comes meanwhile is gathered into the next.
 * A write that cannot be made now, because the disk is full or another program holds the database, is made again until it
 * succeeds, and the agent is not read on meanwhile. Only what can never be written fails.
 * Blobs are kept before the changes that name them are written. Raw lines are for looking back at, and nothing rests on
 * them: they are gathered for a moment, because one by one they would cost as much as the changes.
 */
export class Outlet {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #blobs: BlobStore;
  readonly #failed: (error: unknown) => void;
  #jobs: Job[] = [];
  #events: RawEvent[] = [];
  /** UTF-16 units of the raw lines that are not written yet, in `#events` and in jobs. */
  #lines = 0;
  #linesTimer: Timer | null = null;
  /** Changes in jobs that are not begun yet. */
  #changes = 0;
  #busy = false;
  #broken: { error: unknown } | null = null;
  /** Why the write under way cannot be made now. */
  #blocked: SkeinError | null = null;
  #patient = false;
  /** Ends the pause before the next try. */
  #tryNow: () => void = () => {};
  readonly #health: Health;

  constructor(options: { hub: Hub; clock: Clock; blobs: BlobStore; health: Health; failed: (error: unknown) => void }) {
    this.#hub = options.hub;
    this.#health = options.health;
    this.#clock = options.clock;
    this.#blobs = options.blobs;
    this.#failed = options.failed;
  }

  /** Whether what cannot be written now is waited for, or fails as what can never be. It fails until somebody says so. */
  set patient(patient: boolean) {
    this.#patient = patient;
    this.#tryNow();
  }

  /** Why nothing can be written for the time being: whoever wants something written should come later. */
  get blocked(): SkeinError | null {
    return this.#blocked;
  }

  /** Adds changes to what is written next. */
  push(changes: readonly { topic: Topic; changes: readonly Change[] }[], blobs: readonly NewBlob[] = []): void {
    const job = this.#gathering();
    for (const each of changes) {
      if (each.changes.length === 0) continue;
      const list = job.changes.get(each.topic);
      if (list) list.push(...each.changes);
      else job.changes.set(each.topic, [...each.changes]);
      job.count += each.changes.length;
      this.#changes += each.changes.length;
    }
    job.blobs.push(...blobs);
    this.#pump();
  }

  /**
   * Writes something with a guard or a command, by itself, in its turn.
   * @param takeBack Asked where it cannot be written now: undoes what was decided with it and says that it did, so that
   *   whoever waits for the answer hears that at once; or says that too much rests on it already.
   */
  async send(write: Write, takeBack = () => false): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ ...emptyJob(), single: write, takeBack, waiting: [{ resolve, reject }] });
      this.#pump();
    });
  }

  /** Lets what was pushed so far be written, and then fails: nothing that comes later is taken. */
  fail(error: SkeinError): void {
    this.flushLines();
    this.#jobs.push({ ...emptyJob(), failure: error });
    this.#pump();
  }

  /** Writes nothing any more; who waits for something gets the error. */
  abandon(error: unknown): void {
    this.#broken ??= { error };
    this.#rejectAll(this.#broken.error);
    this.#tryNow();
  }

  /** A raw line: it is written soon, with others. */
  record(event: RawEvent): void {
    this.#events.push(event);
    this.#lines += event.line.length;
    if (this.#events.length >= LINES_TOGETHER || this.#lines >= LINES_WAITING) this.flushLines();
    else this.#linesTimer ??= this.#clock.setTimeout(() => this.flushLines(), LINES_WITHIN_MS);
  }

  /** Writes the raw lines gathered so far. */
  flushLines(): void {
    this.#linesTimer?.cancel();
    this.#linesTimer = null;
    if (this.#events.length === 0) return;
    const job = this.#gathering();
    for (const event of this.#events) {
      job.events.push(event);
      job.lines += event.line.length;
    }
    this.#events = [];
    this.#pump();
  }

  /** Resolves when everything pushed so far is durable; rejects when it will not be. */
  async durable(): Promise<void> {
    if (this.#broken) throw this.#broken.error;
    if (this.#jobs.length === 0 && !this.#busy) return;
    await new Promise<WriteResult>((resolve, reject) => {
      const last = this.#jobs.at(-1) ?? this.#gathering();
      last.waiting.push({ resolve, reject });
      this.#pump();
    });
  }

  /** Defined while too much waits to be written, or nothing can be. */
  pressure(): Promise<void> | undefined {
    if (this.#blocked === null && this.#changes <= CHANGES_WAITING && this.#lines <= LINES_WAITING) return undefined;
    return this.durable().catch(() => {});
  }

  get idle(): boolean {
    return !this.#busy && this.#jobs.length === 0;
  }

  #gathering(): Job {
    const last = this.#jobs.at(-1);
    if (last && !last.single && last.failure === undefined) return last;
    const job = emptyJob();
    this.#jobs.push(job);
    return job;
  }

  #pump(): void {
    if (this.#broken) return this.#rejectAll(this.#broken.error);
    if (this.#busy) return;
    this.#busy = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      this.#changes -= job.count;
      this.#lines -= job.lines;
      try {
        const result = await this.#writeInTime(job);
        for (const each of job.waiting) each.resolve(result);
      } catch (error) {
        if (error instanceof TakenBack) continue;
        const abandoned = this.#broken !== null;
        this.#broken ??= { error };
        this.#busy = false;
        for (const each of job.waiting) each.reject(error);
        this.#rejectAll(error);
        if (!abandoned) this.#failed(error);
        return;
      }
    }
    this.#busy = false;
  }

  /** Writes a job, again and again while it cannot be written now. */
  async #writeInTime(job: Job): Promise<WriteResult> {
    try {
      for (let pause = AGAIN_MS.first; ; pause = Math.min(2 * pause, AGAIN_MS.longest)) {
        try {
          return await this.#write(job);
        } catch (error) {
          const reason = notNow(error);
          if (reason === null || !this.#patient || this.#broken) throw error;
          if (this.#takeBack(job, reason)) throw new TakenBack();
          this.#blocked = reason;
          this.#health.begin(this, reason.message);
          await new Promise<void>((resolve) => {
            const timer = this.#clock.setTimeout(resolve, pause);
            this.#tryNow = () => {
              timer.cancel();
              resolve();
            };
          });
          this.#tryNow = () => {};
        }
      }
    } finally {
      this.#blocked = null;
      this.#health.end(this);
    }
  }

  /**
   * Takes back the commands that nothing rests on, the newest first: those behind the job that cannot be written now, and the
   * job itself where it is one. Whoever waits for all to be durable goes on waiting for what is left.
   * @returns Whether the job itself was taken back.
   */
  #takeBack(job: Job, reason: SkeinError): boolean {
    for (let last = this.#jobs.at(-1) ?? job; last.takeBack?.(); last = this.#jobs.at(-1) ?? job) {
      this.#jobs.pop();
      const [asker, ...others] = last.waiting;
      asker?.reject(reason);
      if (last === job) {
        for (const each of others) each.resolve({ ok: true, positions: new Map() });
        return true;
      }
      (this.#jobs.at(-1) ?? job).waiting.push(...others);
    }
    return false;
  }

  async #write(job: Job): Promise<WriteResult> {
    if (job.failure !== undefined) throw job.failure;
    if (job.single) return this.#hub.write(job.single);
    if (job.blobs.length > 0) await Promise.all(job.blobs.map(async (blob) => this.#blobs.put(blob.bytes)));
    const changes = [...job.changes].map(([topic, list]) => ({ topic, changes: list }));
    if (changes.length === 0 && job.events.length === 0) return { ok: true, positions: new Map() };
    const result = await this.#hub.write(job.events.length > 0 ? { changes, events: job.events } : { changes });
    // Changes without a guard are refused only where they do not fit what the log has.
    if (!result.ok) throw new SkeinError("internal", "The thread's changes do not fit its log.", { detail: result });
    return result;
  }

  #rejectAll(error: unknown): void {
    this.#linesTimer?.cancel();
    this.#linesTimer = null;
    this.#events = [];
    this.#lines = 0;
    this.#changes = 0;
    for (const job of this.#jobs.splice(0)) for (const each of job.waiting) each.reject(error);
  }
}

/** The job under way was taken back, and whoever waited for it knows. */
class TakenBack extends Error {}

/** Why a write cannot be made now and may be later; `null` for an error that another try will not mend. */
function notNow(error: unknown): SkeinError | null {
  return error instanceof SkeinError && error.kind === "busy" ? error : null;
}

const emptyJob = (): Job => ({ changes: new Map(), count: 0, blobs: [], events: [], lines: 0, waiting: [] });
