import { join } from "node:path";
import { SkeinError, type AgentEntity } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import { KNOWN_AGENTS, type AgentRecipe } from "./known-agents.ts";
import { ProgramSearch } from "./program-search.ts";
import { readUserAgents } from "./user-agents.ts";

export type CatalogueOptions = {
  /** The data directory; a person's own agents stand in its `agents.json`. */
  data: string;
  /** The command line of this very program, which `demo-agent` is added to for the demo agent. */
  self: readonly [string, ...string[]];
  clock: Clock;
  /** Where programs are looked for. */
  path?: string;
};

/** What a thread wants started: an agent by its name, or a program of a person's own, in a directory. */
export type Wanted = {
  agent: string;
  exec?: { command: string; args: readonly string[] } | undefined;
  /** Absolute. */
  cwd: string;
};

/**
 * The agents the server knows how to start: the demo agent, the known ones, a person's own. A person's own come before
 * a known one of the same name. The file is read anew each time, so that what was added counts at once.
 */
export class Catalogue {
  readonly #file: string;
  readonly #builtIn: Readonly<Record<string, AgentRecipe>>;
  readonly #programs: ProgramSearch;

  constructor({ data, self, clock, path = process.env["PATH"] ?? "" }: CatalogueOptions) {
    const [command, ...args] = self;
    const demo = { title: "Demo (no model behind it)", command, args: [...args, "demo-agent"] };
    this.#file = join(data, "agents.json");
    this.#builtIn = { demo, ...KNOWN_AGENTS };
    this.#programs = new ProgramSearch(clock, path);
  }

  /**
   * How to start the agent of that name.
   * @throws SkeinError `not_found`, with the names there are; `invalid` when `agents.json` is.
   */
  async find(name: string): Promise<AgentRecipe> {
    const agents = await this.#all();
    const recipe = Object.hasOwn(agents, name) ? agents[name] : undefined;
    if (recipe) return recipe;
    const names = Object.keys(agents);
    throw new SkeinError("not_found", `There is no agent "${name}". There are: ${names.join(", ")}.`, {
      detail: { names },
    });
  }

  /**
   * How to start what a thread names: the agent of that name, or the program a person gave.
   * @throws SkeinError as `find`; `agent` when its program is not installed, saying what to do about it.
   */
  async launch({ agent, exec, cwd }: Wanted): Promise<Pick<AgentRecipe, "command" | "args" | "env">> {
    const recipe: AgentRecipe = exec ? { title: agent, ...exec } : await this.find(agent);
    const { title, command, args, env, needs } = recipe;
    if (!(await this.#programs.find(command, cwd, env?.["PATH"]))) {
      const what = exec ? "" : `${title} is not installed here. `;
      const how = needs === undefined ? "install it, or give its full path." : `it needs ${needs}.`;
      throw new SkeinError("agent", `${what}The program "${command}" was not found: ${how}`, {
        detail: { command, ...(needs === undefined ? {} : { needs }) },
      });
    }
    return { command, args, ...(env ? { env } : {}) };
  }

  /**
   * All of them as entities of the `server` topic, whose ids are their names.
   * @throws SkeinError `invalid` when `agents.json` is.
   */
  async entities(): Promise<AgentEntity[]> {
    return Promise.all(
      Object.entries(await this.#all()).map(async ([name, { title, command, args, needs }]) => ({
        name,
        title,
        command: [command, ...args],
        found: await this.#programs.has(command),
        ...(needs === undefined ? {} : { needs }),
      })),
    );
  }

  async #all(): Promise<Record<string, AgentRecipe>> {
    return { ...this.#builtIn, ...(await readUserAgents(this.#file)) };
  }
}
