import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@skein/client/protocol";
import type { Step } from "../../../../../test/support/scripted-agent.ts";
import { systemClock, type Clock } from "../../clock.ts";
import { AcpDriver, type AcpBounds } from "../acp/driver.ts";
import type { DriverEvent, OpenOptions, Session } from "../driver.ts";

type Line = { direction: "in" | "out" | "error"; line: string };
type Of<Type extends DriverEvent["type"]> = Extract<DriverEvent, { type: Type }>;

export type WatchOptions = Partial<OpenOptions> & { clock?: Clock; bounds?: Partial<AcpBounds>; confine?: boolean };

/** A real agent process in a directory of its own, whose every event is kept. */
export class WatchedAgent {
  readonly events: DriverEvent[] = [];
  readonly lines: Line[] = [];
  readonly cwd: string;
  session!: Session;
  #prompts = 0;
  #waiting: { test: (event: DriverEvent) => boolean; resolve: (event: DriverEvent) => void }[] = [];

  private constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** A directory and ears, with no agent yet. */
  static async prepare(): Promise<WatchedAgent> {
    return new WatchedAgent(await realpath(await mkdtemp(join(tmpdir(), "skein-agent-"))));
  }

  static async open(
    agent: { command: string; args: readonly string[] },
    options: WatchOptions = {},
  ): Promise<WatchedAgent> {
    const watched = await WatchedAgent.prepare();
    try {
      await watched.start(agent, options);
    } catch (error) {
      await watched.remove();
      throw error;
    }
    return watched;
  }

  async start(agent: { command: string; args: readonly string[] }, options: WatchOptions = {}): Promise<void> {
    const { clock = systemClock, bounds, confine = false, ...rest } = options;
    const driver = new AcpDriver({
      clock,
      client: { name: "skein-test", version: "1" },
      confine,
      ...(bounds ? { bounds } : {}),
    });
    this.session = await driver.open({
      ...agent,
      cwd: this.cwd,
      emit: (event) => this.take(event),
      record: (direction, line) => void this.lines.push({ direction, line }),
      ...rest,
    });
  }

  /** Keeps an event and wakes who waits for it. */
  take(event: DriverEvent): void {
    this.events.push(event);
    const woken = this.#waiting.filter(({ test }) => test(event));
    this.#waiting = this.#waiting.filter((each) => !woken.includes(each));
    for (const { resolve } of woken) resolve(event);
  }

  /** The first event of that type that passes `test`, come or to come. */
  async event<Type extends DriverEvent["type"]>(
    type: Type,
    test: (event: Of<Type>) => boolean = () => true,
  ): Promise<Of<Type>> {
    const fits = (event: DriverEvent): event is Of<Type> => event.type === type && test(event as Of<Type>);
    const come = this.events.find(fits);
    if (come) return come;
    return new Promise((resolve) => {
      this.#waiting.push({ test: fits, resolve: (event) => resolve(event as Of<Type>) });
    });
  }

  all<Type extends DriverEvent["type"]>(type: Type): Of<Type>[] {
    return this.events.filter((event): event is Of<Type> => event.type === type);
  }

  /** Sends a prompt: text, or steps for a scripted agent. Returns its number. */
  send(prompt: string | readonly Step[]): number {
    this.#prompts++;
    this.session.prompt(this.#prompts, [
      { type: "text", text: typeof prompt === "string" ? prompt : JSON.stringify(prompt) },
    ]);
    return this.#prompts;
  }

  /** Sends a prompt and waits for its end. */
  prompt(prompt: string | readonly Step[]): Promise<Of<"turn">> {
    const number = this.send(prompt);
    return this.event("turn", (turn) => turn.prompt === number);
  }

  /** What the agent said, chunk by chunk. */
  get said(): string[] {
    return this.all("update").flatMap(({ update }) => {
      const content = update["content"];
      const text =
        typeof content === "object" && content !== null && !Array.isArray(content) ? content["text"] : undefined;
      return update.sessionUpdate === "agent_message_chunk" && typeof text === "string" ? [text] : [];
    });
  }

  /** The last thing the agent said, read as JSON: what a scripted agent was answered. */
  get answer(): Json {
    return JSON.parse(this.said.at(-1) ?? "null") as Json;
  }

  async remove(): Promise<void> {
    await this.session?.close();
    await rm(this.cwd, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** Whether a process is there and not merely waiting to be collected. */
export function isAlive(pid: number): boolean {
  const state = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
    .stdout.toString()
    .trim();
  return state !== "" && !state.startsWith("Z");
}
