import { boardTopic, type CardEntity } from "@skein/client/protocol";
import type { Store } from "../store/contract.ts";
import type { Access } from "./access.ts";

/** Statuses in which a thread is at work. */
const BUSY: ReadonlySet<string> = new Set(["queued", "running", "waiting"]);

/** The ids of the threads at work, as their cards have it. */
export async function busyThreads(store: Store, access: Pick<Access, "boards">): Promise<string[]> {
  const busy: string[] = [];
  for (const board of await access.boards()) {
    for (const card of await store.entities(boardTopic(board), "card")) {
      if (BUSY.has((card.value as CardEntity).status)) busy.push(card.id);
    }
  }
  return busy;
}
