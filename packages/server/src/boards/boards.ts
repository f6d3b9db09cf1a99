import { boardTopic, type BoardEntity } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import type { Hub } from "../hub/hub.ts";
import type { Store } from "../store/contract.ts";

/** The one user of a server that has no others, and the board that is theirs from the start. */
export const LOCAL_USER = "local";
export const PERSONAL_BOARD = "personal";

/** Makes the personal board at the first start. */
export async function ensurePersonalBoard(context: { store: Store; hub: Hub; clock: Clock }): Promise<void> {
  const topic = boardTopic(PERSONAL_BOARD);
  if ((await context.store.entity(topic, "board", PERSONAL_BOARD)) !== null) return;
  const value: BoardEntity = { name: "Personal", kind: "personal", createdAt: context.clock.now() };
  await context.hub.write({ changes: [{ topic, changes: [{ op: "put", kind: "board", id: PERSONAL_BOARD, value }] }] });
}
