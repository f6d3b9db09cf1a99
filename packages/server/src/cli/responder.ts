import { SkeinError, type PermissionEntity, type QuestionEntity, type Replica, type SkeinClient } from "@skein/client";
import { askChoice, askLine } from "./ask-person.ts";
import {
  chosenOption,
  defaultsOf,
  fieldHint,
  fieldsOf,
  optionFor,
  optionLines,
  readField,
  type Policy,
} from "./choose.ts";
import type { Reached } from "./reach.ts";
import type { Screen } from "./screen.ts";
import { subjectOf } from "./subject.ts";
import { oneLine } from "./text.ts";

type Answer =
  | { permission: string; option: string }
  | { question: string; action: "accept" | "decline"; content?: Record<string, unknown> };

/** The question went away: answered by somebody else, or withdrawn. */
class Gone extends Error {}

/** Answers what the agent of one thread asks, one thing after the other, by a policy or by asking the person here. */
export class Responder {
  readonly #client: SkeinClient;
  readonly #blobText: Reached["blobText"];
  readonly #thread: string;
  readonly #screen: Screen;
  readonly #policy: Policy;
  /** Nobody said how to answer, and there is nobody to ask. */
  readonly #byDefault: boolean;
  readonly #canAsk: boolean;
  readonly #taken = new Map<string, AbortController>();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: {
    client: SkeinClient;
    blobText: Reached["blobText"];
    thread: string;
    screen: Screen;
    policy: Policy | undefined;
  }) {
    this.#client = options.client;
    this.#blobText = options.blobText;
    this.#thread = options.thread;
    this.#screen = options.screen;
    this.#canAsk = options.screen.interactive && process.stdin.isTTY;
    this.#policy = options.policy ?? (this.#canAsk ? "ask" : "reject");
    this.#byDefault = options.policy === undefined && !this.#canAsk;
  }

  /** Takes up what is newly asked, and drops what is asked no more. */
  look(replica: Replica): void {
    for (const kind of ["permission", "question"] as const) {
      for (const [id, value] of replica.all(kind)) {
        const key = `${kind} ${id}`;
        const taken = this.#taken.get(key);
        if (value["status"] !== "pending") taken?.abort(new Gone());
        else if (!taken) this.#take(key, kind, id, value, replica);
      }
    }
  }

  /** Asks nothing any more. */
  end(): void {
    for (const taken of this.#taken.values()) taken.abort(new Gone());
  }

  #take(
    key: string,
    kind: "permission" | "question",
    id: string,
    value: Record<string, unknown>,
    replica: Replica,
  ): void {
    const control = new AbortController();
    this.#taken.set(key, control);
    const work = (): Promise<void> =>
      kind === "permission"
        ? this.#permission(id, value as PermissionEntity, control.signal, replica)
        : this.#question(id, value as QuestionEntity, control.signal);
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      if (control.signal.aborted) return;
      const late = error instanceof SkeinError && error.kind === "conflict";
      if (!late)
        this.#screen.warn(`skein: could not answer: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async #permission(
    id: string,
    { title, options, tool }: PermissionEntity,
    signal: AbortSignal,
    replica: Replica,
  ): Promise<void> {
    if (signal.aborted) return;
    if (this.#policy === "ask") {
      if (!this.#canAsk) {
        const choices = options.map(({ optionId }) => oneLine(optionId)).join(" | ");
        this.#screen.warn(`waiting for an answer: skein answer ${this.#thread} ${choices}`);
        return;
      }
      const subject = await subjectOf({ title, tool }, replica, this.#blobText);
      if (signal.aborted) return;
      const option = await askChoice(
        this.#screen,
        [
          `Permission needed: ${oneLine(title)}`,
          ...this.#shortened(subject, options.length),
          ...optionLines(options),
          "Which? ",
        ].join("\n"),
        // With ten choices or more, 1 may be the beginning of 10.
        (key) => (options.length < 10 && /^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined),
        (typed) => {
          const chosen = chosenOption(options, typed);
          return typeof chosen === "string" ? { why: chosen } : { answer: chosen };
        },
        signal,
      );
      await this.#answer({ permission: id, option: option.optionId });
      return;
    }
    const option = optionFor(this.#policy, options);
    if (!option) {
      this.#screen.warn(`No choice would ${this.#policy} "${oneLine(title)}"; the turn is cancelled.`);
      await this.#client.command("thread.cancel", { thread: this.#thread });
      return;
    }
    await this.#answer({ permission: id, option: option.optionId });
    if (this.#byDefault) {
      this.#screen.warn(`Rejected: no terminal to ask on. Pass --answer allow to permit. (${oneLine(title)})`);
    }
  }

  async #question(id: string, { message, mode, schema, url }: QuestionEntity, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (this.#policy === "ask") {
      if (!this.#canAsk) {
        this.#screen.warn(`waiting for an answer: skein answer ${this.#thread} accept --content JSON | decline`);
        return;
      }
      const content =
        mode === "url" ? await this.#visit(message, url, signal) : await this.#form(message, schema, signal);
      await this.#answer(
        content === null ? { question: id, action: "decline" } : { question: id, action: "accept", content },
      );
      return;
    }
    const content = this.#policy === "allow" && mode === "form" ? defaultsOf(schema) : null;
    if (content === null) {
      this.#screen.warn(`Declined: it needs a person. Pass --answer ask to be asked. (${oneLine(message)})`);
      await this.#answer({ question: id, action: "decline" });
    } else {
      await this.#answer({ question: id, action: "accept", content });
    }
  }

  async #visit(message: string, url: string | undefined, signal: AbortSignal): Promise<Record<string, unknown> | null> {
    const text = `The agent asks: ${oneLine(message, 300)}\n  ${oneLine(url ?? "", 2_000)}\nDone there? (y/n) `;
    const isYes = (typed: string): boolean | undefined => YES_OR_NO.get(typed.trim().toLowerCase());
    const done = await askChoice(
      this.#screen,
      text,
      isYes,
      (typed) => {
        const answer = isYes(typed);
        return answer === undefined ? { why: "Answer y or n." } : { answer };
      },
      signal,
    );
    return done ? {} : null;
  }

  async #form(
    message: string,
    schema: QuestionEntity["schema"],
    signal: AbortSignal,
  ): Promise<Record<string, unknown> | null> {
    this.#screen.warn(`The agent asks: ${oneLine(message, 300)} (Leave a required answer empty to decline.)`);
    const content = new Map<string, unknown>();
    for (const field of fieldsOf(schema)) {
      const hint = fieldHint(field);
      for (;;) {
        const typed = await askLine(this.#screen, `${oneLine(field.title)} [${hint}]: `, signal);
        const value = readField(field, typed);
        if (value !== undefined) content.set(field.name, value);
        else if (typed.trim() !== "") {
          this.#screen.warn(`"${oneLine(typed)}" does not fit: ${hint}`);
          continue;
        } else if (field.required) return null;
        break;
      }
    }
    return Object.fromEntries(content);
  }

  /** As much of a subject as leaves room for the choices on the screen. */
  #shortened(subject: readonly string[], choices: number): string[] {
    const room = Math.max(LEAST_LINES, (process.stderr.rows ?? 24) - choices - 4);
    const shown = subject.slice(0, room).map((line) => `    ${line}`);
    const left = subject.length - shown.length;
    return left > 0 ? [...shown, `    … ${left} more lines; all of them: skein answer ${this.#thread}`] : shown;
  }

  async #answer(answer: Answer): Promise<void> {
    await this.#client.command("thread.answer", { thread: this.#thread, ...answer });
  }
}

/** Lines of a permission's subject that are shown at least, however small the terminal. */
const LEAST_LINES = 8;

const YES_OR_NO: ReadonlyMap<string, boolean> = new Map([
  ["y", true],
  ["yes", true],
  ["n", false],
  ["no", false],
]);
