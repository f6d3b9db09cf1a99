import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Step } from "../../../../../test/support/scripted-agent.ts";
import type { Exported } from "../exported.ts";

const SCRIPTED_AGENT = fileURLToPath(new URL("../../../../../test/support/scripted-agent.ts", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../../../bin/skein", import.meta.url));
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** The arguments of `run` for an agent that does what its prompt says (see the file). */
export const scripted = (...steps: readonly Step[]): string[] => [
  "--exec",
  `"${process.execPath}" '${SCRIPTED_AGENT}'`,
  JSON.stringify(steps),
];

/** The same for steps that are too large for a command line: they stand in a file. */
export async function scriptedInFile(file: string, ...steps: readonly Step[]): Promise<string[]> {
  await Bun.write(file, JSON.stringify({ prompts: [steps] }));
  return ["--exec", `"${process.execPath}" '${SCRIPTED_AGENT}' '${file}'`, "Go"];
}

/** Says its pid in a line, and goes on for ever: neither the end of its stdin nor SIGTERM ends it. */
export const STUBBORN: readonly Step[] = [
  { ignore: "SIGTERM" },
  { ignore: "EOF" },
  { tell: "pid" },
  { text: "\n" },
  { hang: true },
];

export type Ended = { code: number; out: string; err: string };

/** What a program writes to one of its streams, as far as it has come. */
class Gathered {
  text = "";
  readonly #done: Promise<void>;
  readonly #looks = new Set<() => void>();
  #isDone = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#done = this.#gather(stream);
  }

  /** The first line, come or to come, that is wanted. @throws when the stream ends without it. */
  async line(wanted: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const found = this.text.split("\n").slice(0, -1).find(wanted);
      if (found !== undefined) return found;
      if (this.#isDone) throw new Error(`The line never came. What came:\n${this.text}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#looks.add(resolve);
      await promise;
      this.#looks.delete(resolve);
    }
  }

  async whole(): Promise<string> {
    await this.#done;
    return this.text;
  }

  async #gather(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      this.text += decoder.decode(bytes, { stream: true });
      for (const look of this.#looks) look();
    }
    this.#isDone = true;
    for (const look of this.#looks) look();
  }
}

/** A program that runs. */
export class Program {
  readonly process: Bun.Subprocess<"ignore" | Blob, "pipe", "pipe">;
  readonly out: Gathered;
  readonly err: Gathered;

  constructor(process: Bun.Subprocess<"ignore" | Blob, "pipe", "pipe">) {
    this.process = process;
    this.out = new Gathered(process.stdout);
    this.err = new Gathered(process.stderr);
  }

  async ended(): Promise<Ended> {
    const [code, out, err] = await Promise.all([this.process.exited, this.out.whole(), this.err.whole()]);
    return { code, out, err };
  }
}

/** A place of its own for a test's data, working directory and demo agent, and the command line run in it. */
export class Place {
  readonly root: string;
  readonly data: string;
  readonly cwd: string;
  readonly #running = new Set<Bun.Subprocess>();

  private constructor(root: string) {
    this.root = root;
    this.data = join(root, "data");
    this.cwd = join(root, "work");
  }

  static async make(): Promise<Place> {
    const place = new Place(await realpath(await mkdtemp(join(tmpdir(), "skein-cli-"))));
    await Bun.write(join(place.cwd, "readme.txt"), "a file\n");
    return place;
  }

  get env(): Record<string, string> {
    const { SKEIN_URL: _url, SKEIN_TOKEN: _token, SKEIN_AGENT: _agent, ...env } = process.env;
    return {
      ...(env as Record<string, string>),
      SKEIN_DATA: this.data,
      SKEIN_DEMO_DELAY_MS: "0",
      SKEIN_DEMO_STATE: join(this.root, "demo"),
    };
  }

  /** Starts `skein` on Bun, as the launcher does. */
  start(args: readonly string[], env: Record<string, string> = {}): Program {
    return this.#spawn([process.execPath, MAIN, ...args], env);
  }

  /** Starts `skein` as npm does: by the launcher. */
  launch(args: readonly string[], env: Record<string, string> = {}): Program {
    return this.#spawn([LAUNCHER, ...args], env);
  }

  /** Starts a shell with a script, whose `"$@"` runs `skein` and whose `$0` is `name`. */
  shell(script: string, name: string, args: readonly string[], env: Record<string, string> = {}): Program {
    return this.#spawn(["/bin/sh", "-c", script, name, process.execPath, MAIN, ...args], env);
  }

  /** Runs `skein` to its end. */
  async skein(
    args: readonly string[],
    more: { env?: Record<string, string>; stdin?: string | Uint8Array<ArrayBuffer> } = {},
  ): Promise<Ended> {
    const stdin = more.stdin === undefined ? "ignore" : new Blob([more.stdin]);
    return this.#spawn([process.execPath, MAIN, ...args], more.env ?? {}, stdin).ended();
  }

  /** A terminal with `skein` in it; `script` is called with all that was shown so far, and may type. */
  async inTerminal(
    args: readonly string[],
    script: (shown: string, type: (keys: string) => void) => void,
  ): Promise<Ended> {
    let out = "";
    const decoder = new TextDecoder();
    const terminal = new Bun.Terminal({
      cols: 100,
      rows: 40,
      data: (_, bytes) => {
        out += decoder.decode(bytes, { stream: true });
        script(out, (keys) => void terminal.write(keys));
      },
    });
    const child = Bun.spawn([process.execPath, MAIN, ...args], { cwd: this.cwd, env: this.env, terminal });
    this.#running.add(child);
    const code = await child.exited;
    terminal.close();
    return { code, out, err: "" };
  }

  /** Starts a server and waits until it is ready. */
  async serve(...args: readonly string[]): Promise<{ child: Program; url: string; token: string; pid: number }> {
    const child = this.start(["serve", "--port", "0", "--json", ...args]);
    const ready = JSON.parse(await child.out.line()) as { event: string; url: string; token: string; pid: number };
    return { ...ready, child };
  }

  /** The id of the one thread there is. */
  async onlyThread(): Promise<string> {
    const threads = JSON.parse((await this.skein(["threads", "--json"])).out) as { thread: string }[];
    const [only, second] = threads;
    if (only === undefined || second !== undefined) throw new Error(`There are ${threads.length} threads, not one.`);
    return only.thread;
  }

  async exportJson(thread: string): Promise<Exported> {
    const { code, out, err } = await this.skein(["export", thread, "--format", "json"]);
    if (code !== 0) throw new Error(err);
    return JSON.parse(out) as Exported;
  }

  async remove(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all([...this.#running].map(async ({ exited }) => exited));
    await rm(this.root, { recursive: true, force: true });
  }

  #spawn(command: readonly string[], env: Record<string, string>, stdin: "ignore" | Blob = "ignore"): Program {
    const child = Bun.spawn([...command], {
      cwd: this.cwd,
      env: { ...this.env, ...env },
      stdin,
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#running.add(child);
    return new Program(child);
  }
}

export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** All that the agent answered in a thread. */
export const answerOf = ({ items }: Exported): string =>
  items
    .filter(({ kind, role }) => kind === "message" && role === "assistant")
    .map(({ text }) => text as string)
    .join("");
