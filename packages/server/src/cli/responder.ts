import {
  SkeinError,
  type PermissionEntity,
  type QuestionEntity,
  type Replica,
  type SkeinClient,
  type ToolContent,
} from "@skein/client";
import { askKey, askLine } from "./ask-person.ts";
import { defaultsOf, fieldsOf, optionFor, readField, type Policy } from "./choose.ts";
import { diffOf } from "./diff.ts";
import type { Reached } from "./reach.ts";
import type { Screen } from "./screen.ts";
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
        const choices = options.map(({ optionId }) => optionId).join(" | ");
        this.#screen.warn(`waiting for an answer: skein answer ${this.#thread} ${choices}`);
        return;
      }
      const offered = options.slice(0, 9);
      const list = offered.map(({ name }, index) => `  ${index + 1}  ${oneLine(name)}\n`).join("");
      const keys = offered.map((_, index) => String(index + 1));
      const what = await subjectOf(tool === undefined ? undefined : replica.get("tool", tool), this.#blobText);
      if (signal.aborted) return;
      const key = await askKey(this.#screen, `The agent asks: ${oneLine(title)}\n${what}${list}Which? `, keys, signal);
      const option = offered[Number(key) - 1];
      if (option) await this.#answer({ permission: id, option: option.optionId });
      return;
    }
    const option = optionFor(this.#policy, options);
    if (!option) {
      this.#screen.warn(`"${oneLine(title)}" offers nothing to ${this.#policy} it by; the turn is cancelled.`);
      await this.#client.command("thread.cancel", { thread: this.#thread });
      return;
    }
    await this.#answer({ permission: id, option: option.optionId });
    if (this.#byDefault) {
      this.#screen.warn(
        `rejected, for there is nobody to ask (to allow such things: --answer allow): ${oneLine(title)}`,
      );
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
      this.#screen.warn(`declined, for it needs a person (to be asked: --answer ask): ${oneLine(message)}`);
      await this.#answer({ question: id, action: "decline" });
    } else {
      await this.#answer({ question: id, action: "accept", content });
    }
  }

  async #visit(message: string, url: string | undefined, signal: AbortSignal): Promise<Record<string, unknown> | null> {
    const text = `The agent asks: ${oneLine(message, 300)}\n  ${oneLine(url ?? "", 2_000)}\nDone there? (y/n) `;
    return (await askKey(this.#screen, text, ["y", "n"], signal)) === "y" ? {} : null;
  }

  async #form(
    message: string,
    schema: QuestionEntity["schema"],
    signal: AbortSignal,
  ): Promise<Record<string, unknown> | null> {
    this.#screen.warn(
      `The agent asks: ${oneLine(message, 300)} (an empty line where nothing can be left out declines)`,
    );
    const content = new Map<string, unknown>();
    for (const field of fieldsOf(schema)) {
      const choices = field.choices ? ` [${field.choices.join(", ")}]` : field.type === "boolean" ? " [y/n]" : "";
      const preset = field.default === undefined ? "" : ` (${JSON.stringify(field.default)})`;
      for (;;) {
        const typed = await askLine(this.#screen, `${oneLine(field.title)}${choices}${preset}: `, signal);
        const value = readField(field, typed);
        if (value !== undefined) content.set(field.name, value);
        else if (typed.trim() !== "") continue;
        else if (field.required) return null;
        break;
      }
    }
    return Object.fromEntries(content);
  }

  async #answer(answer: Answer): Promise<void> {
    await this.#client.command("thread.answer", { thread: this.#thread, ...answer });
  }
}

/** Lines of a subject shown at most: more would push the question off the screen. */
const SUBJECT_LINES = 24;

/** What a permission is about, for the person who is to give it: the command, or the change of a file. */
async function subjectOf(tool: Record<string, unknown> | undefined, load: Reached["blobText"]): Promise<string> {
  const { input, content = [] } = (tool ?? {}) as { input?: { command?: unknown }; content?: ToolContent[] };
  const command = typeof input?.command === "string" ? input.command.split("\n") : [];
  const changes = await Promise.all(content.map((part) => diffOf(part, load)));
  const lines = [...command, ...changes.flatMap((change) => change?.split("\n") ?? [])];
  const shown = lines.slice(0, SUBJECT_LINES).map((line) => `    ${line}\n`);
  if (lines.length > shown.length) shown.push(`    … ${lines.length - shown.length} more lines\n`);
  return shown.join("");
}
