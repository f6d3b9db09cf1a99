import type {
  Block,
  CardEntity,
  Change,
  Json,
  JsonObject,
  MessageEntity,
  ThreadEntity,
  ToolEntity,
  TurnEntity,
} from "@skein/client/protocol";
import { some } from "./read.ts";
import { choicesOf, type Choices, type Settings } from "./choices.ts";

/**
 * What the writer has to remember of a thread between two events: never the thread's content, only what the next
 * change depends on. It is never altered: each step makes a new one.
 */
export type ThreadState = {
  readonly id: string;
  /** As it stands in the log. */
  readonly thread: ThreadEntity;
  /** As it stands in the board's log. */
  readonly card: CardEntity;
  readonly nextPos: number;
  readonly nextTurn: number;
  /** The turn that new items belong to: the running one, else the last that ran. */
  readonly turn: string | null;
  readonly running: boolean;
  /** Turns that wait, the next first. */
  readonly queue: readonly QueuedTurn[];
  /** The queue waits for a person: a crash or a failure came before it. */
  readonly paused: boolean;
  readonly archived: boolean;
  readonly message: OpenMessage | null;
  /** By the agent's id of the call, the longest known first. */
  readonly tools: ReadonlyMap<string, KnownTool>;
  /** The ids of those that ended and whose value is held, and of those whose value was forgotten; oldest end first. */
  readonly toolsEnded: ReadonlyMap<string, true>;
  readonly toolsForgotten: ReadonlyMap<string, true>;
  /** By the agent's or the driver's id. */
  readonly terminals: ReadonlyMap<string, KnownTerminal>;
  /** The turn's plans, by the agent's id; `""` for the one that has none. */
  readonly plans: ReadonlyMap<string, KnownPlan>;
  /** Permissions and questions that wait for an answer, by entity id. */
  readonly asks: ReadonlyMap<string, Ask>;
  /** Notices that change, by what they are about. */
  readonly notes: ReadonlyMap<string, KnownNote>;
  /** Notices that may be told again, by turn, level and text. */
  readonly repeats: ReadonlyMap<string, KnownRepeat>;
  /** What was chosen of the agent and it has not taken yet; the entity shows it already. */
  readonly choices: Choices;
  /** How the agent says that it is set: what a choice that it refuses goes back to. */
  readonly told: Settings;
  /** The turn's usage, where an agent tells it before the turn's end. */
  readonly usage: JsonObject | null;
};

export type QueuedTurn = {
  readonly id: string;
  /** Lower comes first. */
  readonly order: number;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly by: string;
};

export type OpenMessage = {
  readonly id: string;
  readonly role: MessageEntity["role"];
  readonly messageId: string | null;
  /** UTF-16 units of text so far. */
  readonly length: number;
  /** The first units of it, for the card's preview. */
  readonly start: string;
  readonly blocks: NonNullable<MessageEntity["blocks"]>;
  /** It goes on where the message before it was full: its start is no beginning. */
  readonly continues: boolean;
  /** The first half of a surrogate pair that a chunk ended with; it is written with what follows (P27). */
  readonly torn: string;
  /** What the agent said of it so far that is not known here. */
  readonly unknown?: JsonObject;
};

export type KnownTool = {
  readonly id: string;
  /** The turn it began in. */
  readonly turn: string | null;
  /** As it stands in the log; `null` when it finished long ago and was forgotten. */
  readonly value: ToolEntity | null;
  /** What the agent said of it last, held while it is open. */
  readonly said?: Said | undefined;
  /** What of that does not stand in the log as it was said. */
  readonly owes?: readonly (keyof Said)[] | undefined;
  /** The last text of the content was cut: what it grows by has no place before the call's end. */
  readonly isCut?: boolean | undefined;
};

/** What agents resend whole while a call runs. */
export type Said = { readonly content?: readonly Json[]; readonly rawInput?: Json; readonly rawOutput?: Json };

export type KnownTerminal = {
  readonly id: string;
  /** The output kept while it runs, whose end is what stays when it outgrows its bound. */
  readonly output: string;
  readonly omitted: number;
  readonly running: boolean;
  /** The tool call that reports this terminal; `null` for a process that we run. */
  readonly tool: string | null;
};

export type KnownPlan = { readonly id: string; readonly turn: string | null; readonly entries: unknown };
/** `lines`: what it is about, one below the other. */
export type KnownRepeat = { readonly id: string; readonly count: number; readonly lines: string };
export type KnownNote = { readonly id: string; readonly head: string; readonly body: string };

export type Ask = {
  readonly kind: "permission" | "question";
  /** The driver's name for the request. */
  readonly request: string;
  /** The ids of the options there are; none for a question. */
  readonly options: readonly string[];
};

/** Bytes to keep as a blob before the changes that name it are written. */
export type NewBlob = { readonly sha256: string; readonly bytes: Uint8Array };

/** What came of one event. */
export type Step = {
  readonly state: ThreadState;
  /** Changes of the thread's topic, in order. */
  readonly changes: readonly Change[];
  /** Changes of its board's topic. */
  readonly board: readonly Change[];
  readonly blobs: readonly NewBlob[];
};

export type EndStatus = Exclude<TurnEntity["status"], "queued" | "running">;

/** A thread at rest, before anything is in it. */
export function emptyState(id: string, thread: ThreadEntity, card: CardEntity): ThreadState {
  // Before its first agent, nothing but choices stands there.
  const opened = thread.session !== undefined;
  const { mode, config } = thread;
  return {
    id,
    thread,
    card,
    nextPos: 0,
    nextTurn: 0,
    turn: null,
    running: false,
    queue: [],
    paused: false,
    archived: false,
    message: null,
    tools: new Map(),
    toolsEnded: new Map(),
    toolsForgotten: new Map(),
    terminals: new Map(),
    plans: new Map(),
    asks: new Map(),
    notes: new Map(),
    repeats: new Map(),
    choices: opened ? new Map() : choicesOf(thread),
    told: opened ? { ...some("mode", mode), ...some("config", config) } : {},
    usage: null,
  };
}
