import type { Session } from "../agents/driver.ts";
import { said } from "./agent-session.ts";
import type { ThreadLog } from "./thread-log.ts";
import { choiceRefused, choiceTaken, type Choice } from "./writer/choices.ts";

/** Gives one agent what a thread's people chose of it, one after the other, and writes what becomes of it. */
export class GivenChoices {
  readonly #log: ThreadLog;
  readonly #session: Session;
  readonly #heard: () => boolean;
  #giving: Promise<void> | null = null;

  /** @param heard whether the agent is still the thread's */
  constructor(log: ThreadLog, session: Session, heard: () => boolean) {
    this.#log = log;
    this.#session = session;
    this.#heard = heard;
  }

  /** Resolves when the agent has taken or refused all there is, or is gone: then it is for the next one. Never rejects. */
  async give(): Promise<void> {
    if (this.#next()) this.#giving ??= this.#giveAll();
    await this.#giving;
  }

  #next(): Choice | undefined {
    if (!this.#heard() || !this.#session.alive) return undefined;
    const [choice] = this.#log.state.choices.values();
    return choice;
  }

  async #giveAll(): Promise<void> {
    for (let choice = this.#next(); choice; choice = this.#next()) await this.#give(choice);
    this.#giving = null;
  }

  async #give(choice: Choice): Promise<void> {
    let refused: string | null = null;
    try {
      if (choice.of === "mode") await this.#session.setMode(choice.value);
      else await this.#session.setConfig(choice.option, choice.value);
    } catch (error) {
      if (!this.#session.alive) return;
      refused = said(error);
    }
    if (!this.#heard()) return;
    this.#log.step((draft) => (refused === null ? choiceTaken(draft, choice) : choiceRefused(draft, choice, refused)));
  }
}
