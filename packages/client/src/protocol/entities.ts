import type { BOARD_ENTITIES, SERVER_ENTITIES } from "./board.ts";
import type { THREAD_ENTITIES } from "./thread.ts";

type Schemas = typeof THREAD_ENTITIES & typeof BOARD_ENTITIES & typeof SERVER_ENTITIES;

/** The kinds of entity there are: those of a thread (P50), of a board (P51) and of the topic `server` (P52). */
export type EntityKind = keyof Schemas;

/** What an entity holds, by its kind. Members that this version does not know are there too (P3). */
export type EntityValue<Kind extends EntityKind> = Schemas[Kind]["_output"];

/** The kinds of a thread's entities. */
export type ThreadEntityKind = keyof typeof THREAD_ENTITIES;

/** The kinds that are items of a thread's timeline (P50): all but the thread itself. */
export type ItemKind = Exclude<ThreadEntityKind, "thread">;
