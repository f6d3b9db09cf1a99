import type { Change } from "@skein/client/protocol";
import type { Catalogue } from "../agents/catalogue.ts";
import type { Hub } from "../hub/hub.ts";
import type { Store } from "../store/contract.ts";

/** Keeps the `agent` entities of the `server` topic in step with the catalogue. */
export class AgentAnnouncer {
  readonly #context: { store: Store; hub: Hub; catalogue: Catalogue };
  #looking: Promise<void> | null = null;

  constructor(context: { store: Store; hub: Hub; catalogue: Catalogue }) {
    this.#context = context;
  }

  /**
   * Looks which agents there are, and writes what differs. Joins a look that is under way.
   * @throws SkeinError `invalid` when `agents.json` is; what the store refused the write with.
   */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** Resolves once no look is under way. How it went is told to who asked for it. */
  async settled(): Promise<void> {
    await this.#looking?.catch(() => {});
  }

  async #look(): Promise<void> {
    const { store, hub, catalogue } = this.#context;
    const now = new Map((await catalogue.entities()).map((agent) => [agent.name, agent]));
    const before = await store.entities("server", "agent");
    const changes: Change[] = before
      .filter(({ id, value }) => !now.has(id) && value["found"] !== false)
      .map(({ id }) => ({ op: "patch", kind: "agent", id, value: { found: false } }));
    const known = new Map(before.map(({ id, value }) => [id, JSON.stringify(value)]));
    for (const [id, value] of now) {
      if (known.get(id) !== JSON.stringify(value)) changes.push({ op: "put", kind: "agent", id, value });
    }
    if (changes.length > 0) await hub.write({ changes: [{ topic: "server", changes }] });
  }
}
