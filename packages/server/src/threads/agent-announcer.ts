import type { AgentOffers, Change } from "@skein/client/protocol";
import type { Catalogue } from "../agents/catalogue.ts";
import type { Hub } from "../hub/hub.ts";
import type { Store } from "../store/contract.ts";

/** Keeps the `agent` entities of the `server` topic: what the catalogue says, and what each agent offered last. */
export class AgentAnnouncer {
  readonly #context: { store: Store; hub: Hub; catalogue: Catalogue };
  #looking: Promise<void> | null = null;
  /** What is under way: each change rests on the one before. */
  #last: Promise<void> = Promise.resolve();

  constructor(context: { store: Store; hub: Hub; catalogue: Catalogue }) {
    this.#context = context;
  }

  /**
   * Looks which agents there are, and writes what differs. Joins a look that is under way.
   * @throws SkeinError `invalid` when `agents.json` is; what the store refused the write with.
   */
  look(): Promise<void> {
    this.#looking ??= this.#next(async () => this.#look()).finally(() => (this.#looking = null));
    return this.#looking;
  }

  /**
   * Remembers what an agent offered, for whoever begins the next conversation with it. Its commands, which come later,
   * stay as they were. @throws what the store refuses with.
   */
  offered(agent: string, offers: AgentOffers): Promise<void> {
    return this.#remember(agent, ({ commands }) => ({ ...offers, commands }));
  }

  /** Remembers the commands that an agent has now. @throws what the store refuses with. */
  toldCommands(agent: string, commands: AgentOffers["commands"]): Promise<void> {
    return this.#remember(agent, (before) => ({ ...before, commands }));
  }

  #remember(agent: string, next: (before: AgentOffers) => AgentOffers): Promise<void> {
    return this.#next(async () => {
      const { store, hub } = this.#context;
      const before = await store.entity("server", "agent", agent);
      if (before === null) return;
      const offers = next((before["offers"] ?? {}) as AgentOffers);
      const value = { ...before, offers: JSON.parse(JSON.stringify(offers)) as AgentOffers };
      if (JSON.stringify(before) === JSON.stringify(value)) return;
      await hub.write({ changes: [{ topic: "server", changes: [{ op: "put", kind: "agent", id: agent, value }] }] });
    });
  }

  /** Resolves once nothing is under way. How it went is told to who asked for it. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #look(): Promise<void> {
    const { store, hub, catalogue } = this.#context;
    const found = await catalogue.entities();
    const before = new Map((await store.entities("server", "agent")).map(({ id, value }) => [id, value]));
    const names = new Set(found.map(({ name }) => name));
    const changes: Change[] = [...before]
      .filter(([id, value]) => !names.has(id) && value["found"] !== false)
      .map(([id]) => ({ op: "patch", kind: "agent", id, value: { found: false } }));
    for (const agent of found) {
      const known = before.get(agent.name);
      const value = known?.["offers"] === undefined ? agent : { ...agent, offers: known["offers"] };
      if (JSON.stringify(known) !== JSON.stringify(value)) {
        changes.push({ op: "put", kind: "agent", id: agent.name, value });
      }
    }
    if (changes.length > 0) await hub.write({ changes: [{ topic: "server", changes }] });
  }
}
