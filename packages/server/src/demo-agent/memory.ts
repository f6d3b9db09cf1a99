import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** What the demo agent keeps of one conversation, so that it can go on with it after a restart. */
export type Conversation = {
  id: string;
  cwd: string;
  mode: ModeId;
  verbosity: Verbosity;
  title: string | null;
  exchanges: { prompt: string; answer: string }[];
};

export type ModeId = "ask" | "auto";
export type Verbosity = "brief" | "full";

/** Exchanges kept of a conversation: the demo has nothing to gain from more. */
const KEPT = 50;
const ID = /^demo-[0-9a-z-]{1,64}$/;

/**
 * One JSON file a conversation, replaced in one step, so that a kill at any moment leaves the one before or the one
 * after.
 */
export class Memory {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where it lies unless `SKEIN_DEMO_STATE` says otherwise: the user's state directory (XDG Base Directory 0.8). */
  static directory(env: Readonly<Record<string, string | undefined>>): string {
    return (
      env["SKEIN_DEMO_STATE"] ??
      join(env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "skein", "demo-agent")
    );
  }

  async save(conversation: Conversation): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const kept = { ...conversation, exchanges: conversation.exchanges.slice(-KEPT) };
    const next = join(this.#directory, `${conversation.id}.json.next`);
    await writeFile(next, JSON.stringify(kept), { mode: 0o600 });
    await rename(next, this.#file(conversation.id));
  }

  /** `null` for a conversation it does not know. */
  async load(id: string): Promise<Conversation | null> {
    if (!ID.test(id)) return null;
    try {
      return JSON.parse(await readFile(this.#file(id), "utf8")) as Conversation;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  #file(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}
