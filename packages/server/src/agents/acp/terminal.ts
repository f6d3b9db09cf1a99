import type { Clock } from "../../clock.ts";
import type { DriverEvent } from "../driver.ts";
import { ProcessGroup, type Exit } from "../process-group.ts";
import { OutputRing } from "./output-ring.ts";

export type TerminalOptions = {
  id: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Bytes of output kept for `terminal/output`. */
  outputLimit: number;
  clock: Clock;
  emit: (event: DriverEvent) => void | Promise<void>;
};

/** After the command ended, its output is waited for this long: something it started may hold the pipe open. In ms. */
const DRAIN_MS = 250;
const GRACES = { inputMs: 0, termMs: 2000 };

/**
 * A command an agent had us start. stdout and stderr share one pipe, so their order is as written: a shell joins them
 * and then becomes the command. Without arguments the command may be a whole command line; agents send both.
 */
export class Terminal {
  /** Resolves when the command has ended and its output was taken. Never rejects. */
  readonly exited: Promise<Exit>;
  readonly #options: TerminalOptions;
  readonly #process: ProcessGroup;
  readonly #ring: OutputRing;
  #exit: Exit | null = null;

  /** @throws SkeinError `agent` when the working directory does not exist. */
  constructor(options: TerminalOptions) {
    const { id, command, args, cwd, env } = options;
    this.#options = options;
    this.#ring = new OutputRing(options.outputLimit);
    const script = args.length === 0 ? `exec 2>&1\n${command}` : 'exec 2>&1; exec "$0" "$@"';
    const words = args.length === 0 ? [] : [command, ...args];
    this.#process = ProcessGroup.start({
      command: "/bin/sh",
      args: ["-c", script, ...words],
      cwd,
      env,
      stdin: "ignore",
    });
    void options.emit({ type: "terminal", terminal: id, event: "started", command, args: [...args], cwd });
    this.exited = this.#follow();
  }

  output(): { output: string; truncated: boolean; exit: Exit | null } {
    return { ...this.#ring.read(), exit: this.#exit };
  }

  /** SIGTERM, then SIGKILL, to the command and all it started. */
  kill(): Promise<void> {
    return this.#process.end(this.#options.clock, GRACES);
  }

  /** SIGKILL at once. */
  killNow(): void {
    this.#process.signal("SIGKILL");
  }

  async #follow(): Promise<Exit> {
    const { clock, emit, id } = this.#options;
    const drained = this.#drain().catch(ignoreBrokenPipe);
    const exit = await this.#process.exited;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, DRAIN_MS);
      void drained.then(() => {
        timer.cancel();
        resolve();
      });
    });
    this.#exit = exit;
    await emit({ type: "terminal", terminal: id, event: "exited", ...exit });
    return exit;
  }

  /** Reads to the end; what comes after the command's own end is kept for `terminal/output`, but is no event. */
  async #drain(): Promise<void> {
    const { emit, id } = this.#options;
    const decoder = new TextDecoder();
    const tell = (text: string): void | Promise<void> => {
      if (text !== "" && !this.#exit) return emit({ type: "terminal", terminal: id, event: "output", text });
    };
    for await (const chunk of this.#process.stdout) {
      this.#ring.add(chunk);
      const taken = tell(decoder.decode(chunk, { stream: true }));
      if (taken) await taken;
    }
    await tell(decoder.decode());
  }
}

/** A pipe that breaks has ended: the process behind it tells why. */
function ignoreBrokenPipe(_error: unknown): void {}
