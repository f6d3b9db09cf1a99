import type { Change } from "@skein/client/protocol";
import type { Catalogue } from "../agents/catalogue.ts";
import type { Hub } from "../hub/hub.ts";
import type { Store } from "../store/contract.ts";

/** Brings the `agent` entities of the `server` topic in step with the catalogue; writes only what differs. */
export async function announceAgents(context: { store: Store; hub: Hub; catalogue: Catalogue }): Promise<void> {
  const { store, hub, catalogue } = context;
  const now = new Map((await catalogue.entities()).map((agent) => [agent.name, agent]));
  const before = await store.entities("server", "agent");
  const changes: Change[] = before
    .filter(({ id }) => !now.has(id))
    .map(({ id }) => ({ op: "patch", kind: "agent", id, value: { found: false } }));
  const known = new Map(before.map(({ id, value }) => [id, JSON.stringify(value)]));
  for (const [id, value] of now) {
    if (known.get(id) !== JSON.stringify(value)) changes.push({ op: "put", kind: "agent", id, value });
  }
  if (changes.length > 0) await hub.write({ changes: [{ topic: "server", changes }] });
}
