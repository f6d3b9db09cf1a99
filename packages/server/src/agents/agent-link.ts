import { SkeinError } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import { LinePipe } from "./line-pipe.ts";
import { ProcessGroup, type Exit, type Graces, type ProcessOptions } from "./process-group.ts";
import { RpcPeer, type RpcPeerOptions } from "./rpc-peer.ts";
import { StderrTail } from "./stderr-tail.ts";

export type AgentLinkOptions = Omit<ProcessOptions, "stdin"> &
  Pick<RpcPeerOptions, "request" | "notification" | "fault"> & {
    clock: Clock;
    graces: Graces;
    maxLineBytes: number;
    maxUnreadBytes: number;
    record: (direction: "in" | "out" | "error", line: string) => void;
  };

/** How it ended. `expected` when its end was asked for. */
export type Gone = Exit & { stderr: string; lastWords: string | undefined; expected: boolean };

/** Pipes of a process that is gone may be held open by one that left its group; they are let go after this long, in ms. */
const HELD_OPEN_MS = 1000;
/** Bound on one line of stderr, in bytes. */
const MAX_STDERR_LINE_BYTES = 64 * 1024;

/** A running agent and the JSON-RPC conversation with it on its stdio. */
export class AgentLink {
  readonly peer: RpcPeer;
  /** Resolves when nothing of the agent is left and all it said was taken. Never rejects. */
  readonly gone: Promise<Gone>;
  readonly #options: AgentLinkOptions;
  readonly #process: ProcessGroup;
  readonly #stderr = new StderrTail();
  #expected = false;

  /** @throws SkeinError `agent` when the program cannot be started. */
  constructor(options: AgentLinkOptions) {
    const { clock, record } = options;
    this.#options = options;
    this.#process = ProcessGroup.start({ ...options, stdin: "pipe" });
    this.peer = new RpcPeer({
      ...options,
      write: (line) => {
        record("out", line);
        this.#process.write(`${line}\n`);
        if (this.#process.unreadBytes > options.maxUnreadBytes) this.giveUp("it does not read what it is sent");
      },
    });
    const said = new LinePipe(this.#process.stdout, {
      clock,
      maxLineBytes: options.maxLineBytes,
      line: (line) => {
        record("in", line);
        return this.peer.receive(line);
      },
      overlong: (start, bytes) => {
        record("in", start);
        return this.peer.receiveOverlong(start, bytes);
      },
    });
    const complained = new LinePipe(this.#process.stderr, {
      clock,
      maxLineBytes: MAX_STDERR_LINE_BYTES,
      line: (line) => this.#complain(line),
      overlong: (start) => this.#complain(start),
    });
    this.gone = this.#follow(said, complained);
  }

  /** Ends the agent: end of stdin, then SIGTERM, then SIGKILL to its group. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#expected = true;
    await this.#process.end(this.#options.clock, this.#options.graces);
    await this.gone;
  }

  /** SIGKILL to the group at once. */
  kill(): void {
    this.#expected = true;
    this.#process.signal("SIGKILL");
  }

  /** Ends an agent that cannot be gone on with; the reason stands at the end of what it said on stderr. */
  giveUp(reason: string): void {
    this.#complain(`(Skein ended the agent: ${reason})`);
    this.#process.signal("SIGKILL");
  }

  #complain(line: string): void {
    this.#stderr.add(line);
    this.#options.record("error", line);
  }

  async #follow(said: LinePipe, complained: LinePipe): Promise<Gone> {
    // Taking a line fails only when its taker is broken: then nobody listens any more, and the agent must not go on.
    const taken = said.ended.catch((error: unknown) => {
      this.giveUp(error instanceof Error ? error.message : String(error));
    });
    // An agent that closed its stdout can no longer be heard; one whose leader is gone may have left others behind.
    await Promise.race([this.#process.exited, taken]);
    await this.#process.end(this.#options.clock, this.#options.graces);
    const exit = await this.#process.exited;
    said.endWhenSilent(HELD_OPEN_MS);
    complained.endWhenSilent(HELD_OPEN_MS);
    await Promise.all([taken, complained.ended]);
    const gone = { ...exit, stderr: this.#stderr.text, lastWords: this.#stderr.lastLine, expected: this.#expected };
    this.peer.close(new SkeinError("agent", `The agent ${describeExit(gone)}.`, { detail: exit }));
    return gone;
  }
}

/** "ended with exit code 3", "was ended by SIGKILL". */
function describeExit(exit: Exit): string {
  return exit.signal === null ? `ended with exit code ${exit.code ?? "unknown"}` : `was ended by ${exit.signal}`;
}
