import { isAbsolute } from "node:path";
import * as z from "zod";
import type { Json } from "@skein/client/protocol";
import type { Clock } from "../../clock.ts";
import type { DriverEvent } from "../driver.ts";
import { RequestError, RPC, type Reply } from "../rpc-peer.ts";
import { readParams } from "./params.ts";
import { Terminal } from "./terminal.ts";

const createRequest = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string().min(1), value: z.string() })).nullish(),
  cwd: z.string().nullish(),
  outputByteLimit: z.number().nonnegative().nullish(),
});
const terminalRequest = z.looseObject({ terminalId: z.string() });

/** Terminals an agent may hold at a time. */
const MAX_TERMINALS = 64;
/** Bytes of output kept when the agent names no limit, and the most it may ask for. */
const USUAL_OUTPUT_BYTES = 1024 * 1024;
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

export type TerminalsOptions = {
  /** Added to the environment of each. */
  env: Readonly<Record<string, string>>;
  /** What all ids begin with, so that those of an agent started again are others. */
  prefix: string;
  /** The thread's working directory, a terminal's unless the agent names another. */
  cwd: string;
  clock: Clock;
  emit: (event: DriverEvent) => void | Promise<void>;
};

/** ACP's `terminal/*` methods: real processes, each a process group of its own. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #terminals = new Map<string, Terminal>();
  readonly #ends = new Set<Promise<unknown>>();
  #next = 1;
  #closed = false;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** @throws RequestError for wrong parameters, a missing directory, too many terminals. */
  create(params: Json | undefined): Json {
    const { command, args, env, cwd, outputByteLimit } = readParams(createRequest, params);
    if (this.#closed) throw new RequestError(RPC.internal, "The session is ending.");
    if (this.#terminals.size >= MAX_TERMINALS) {
      throw new RequestError(RPC.internal, `${MAX_TERMINALS} terminals are open: release some first.`);
    }
    const directory = cwd ?? this.#options.cwd;
    if (!isAbsolute(directory))
      throw new RequestError(RPC.invalidParams, `params.cwd: ${directory} is not an absolute path.`);
    const terminalId = `${this.#options.prefix}x${this.#next++}`;
    try {
      const terminal = new Terminal({
        ...this.#options,
        id: terminalId,
        command,
        args: args ?? [],
        env: { ...this.#options.env, ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])) },
        cwd: directory,
        outputLimit: Math.min(outputByteLimit ?? USUAL_OUTPUT_BYTES, MAX_OUTPUT_BYTES),
      });
      this.#terminals.set(terminalId, terminal);
      this.#await(terminal.exited);
    } catch (error) {
      throw new RequestError(RPC.invalidParams, error instanceof Error ? error.message : String(error));
    }
    return { terminalId };
  }

  output(params: Json | undefined): Json {
    const { output, truncated, exit } = this.#find(params).output();
    return { output, truncated, exitStatus: exit && { exitCode: exit.code, signal: exit.signal } };
  }

  /** Answers when the command has ended, however long that takes; nothing else waits for it. */
  waitForExit(params: Json | undefined, reply: Reply): void {
    void this.#find(params).exited.then(({ code, signal }) => reply.result({ exitCode: code, signal }));
  }

  kill(params: Json | undefined): Json {
    this.#await(this.#find(params).kill());
    return {};
  }

  release(params: Json | undefined): Json {
    const terminal = this.#find(params);
    this.#terminals.delete(readParams(terminalRequest, params).terminalId);
    this.#await(terminal.kill());
    return {};
  }

  /** Ends all of them. Resolves when they are gone and have said so. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const terminal of this.#terminals.values()) this.#await(terminal.kill());
    this.#terminals.clear();
    await Promise.all(this.#ends);
  }

  killNow(): void {
    this.#closed = true;
    for (const terminal of this.#terminals.values()) terminal.killNow();
  }

  #find(params: Json | undefined): Terminal {
    const { terminalId } = readParams(terminalRequest, params);
    const terminal = this.#terminals.get(terminalId);
    if (!terminal) throw new RequestError(RPC.notFound, `There is no terminal ${terminalId}.`);
    return terminal;
  }

  #await(end: Promise<unknown>): void {
    this.#ends.add(end);
    void end.then(() => this.#ends.delete(end));
  }
}
