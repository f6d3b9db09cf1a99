import type { CardEntity } from "../protocol/board.ts";
import type { CommandName, Params } from "../protocol/methods.ts";
import type { ThreadEntity, TurnEntity } from "../protocol/thread.ts";
import type { GivenCommand } from "./standing.ts";

type Queued = { readonly id: string; readonly value: TurnEntity };

const NONE: readonly GivenCommand[] = [];
const sorted = new WeakMap<readonly GivenCommand[], ReadonlyMap<string, readonly GivenCommand[]>>();

/** The commands about one thread, in the order given; the same array for the same commands. */
export function givenTo(commands: readonly GivenCommand[], thread: string): readonly GivenCommand[] {
  if (commands.length === 0) return NONE;
  let threads = sorted.get(commands);
  if (threads === undefined) {
    threads = sort(commands);
    sorted.set(commands, threads);
  }
  return threads.get(thread) ?? NONE;
}

function sort(commands: readonly GivenCommand[]): ReadonlyMap<string, readonly GivenCommand[]> {
  const threads = new Map<string, GivenCommand[]>();
  for (const command of commands) {
    const thread = String(command.params["thread"]);
    const before = threads.get(thread);
    if (before) before.push(command);
    else threads.set(thread, [command]);
  }
  return threads;
}

/** A thread as it is once what was given to it is done. */
export const threadAsGiven = (thread: ThreadEntity, given: readonly GivenCommand[]): ThreadEntity =>
  afterAll(thread, given, threadAfter);

/** A thread's card as it is once what was given to the thread is done. */
export const cardAsGiven = (card: CardEntity, given: readonly GivenCommand[]): CardEntity =>
  afterAll(card, given, namedAfter);

/** The turns that wait, the next one first, once what was given about them is done. */
export const queueAsGiven = <Each extends Queued>(
  queue: readonly Each[],
  given: readonly GivenCommand[],
): readonly (Each | Queued)[] => given.reduce<readonly (Each | Queued)[]>(queueAfter, queue);

/** Whether a command shows on a thread's card. */
export const showsOnCard = ({ method }: GivenCommand): boolean =>
  method === "thread.rename" || method === "thread.archive";

const known = new WeakMap<object, { given: readonly GivenCommand[]; value: object }>();

/** The same object for the same commands, and the value itself where they change nothing of it. */
function afterAll<Value extends object>(
  value: Value,
  given: readonly GivenCommand[],
  after: (value: Value, command: GivenCommand) => Value,
): Value {
  if (given.length === 0) return value;
  const found = known.get(value);
  if (found?.given === given) return found.value as Value;
  const made = given.reduce(after, value);
  known.set(value, { given, value: made });
  return made;
}

/** What a thread has in common with its card. */
function namedAfter<Value extends Pick<ThreadEntity, "title" | "status">>(value: Value, command: GivenCommand): Value {
  const title = paramsOf(command, "thread.rename")?.title;
  if (title !== undefined) return { ...value, title };
  const archive = paramsOf(command, "thread.archive");
  if (archive === null) return value;
  if (archive.archived ?? true) return { ...value, status: "archived" };
  return value.status === "archived" ? { ...value, status: "idle" } : value;
}

function threadAfter(thread: ThreadEntity, command: GivenCommand): ThreadEntity {
  // Continue, and each new prompt, let go what is held (P66).
  if (thread.held && (command.method === "thread.resume" || command.method === "thread.prompt")) {
    return { ...thread, held: false };
  }
  const mode = paramsOf(command, "thread.mode")?.mode;
  if (mode !== undefined) return { ...thread, mode };
  const config = paramsOf(command, "thread.config");
  if (config === null) return namedAfter(thread, command);
  if (thread.config === undefined) return thread;
  const { option, value } = config;
  return {
    ...thread,
    config: thread.config.map((each) => (each["id"] === option ? { ...each, currentValue: value } : each)),
  };
}

function queueAfter(queue: readonly Queued[], command: GivenCommand): readonly Queued[] {
  const dropped = paramsOf(command, "thread.unqueue")?.turn;
  if (dropped !== undefined) return queue.filter(({ id }) => id !== dropped);
  const change = paramsOf(command, "thread.requeue");
  const turn = change && queue.find(({ id }) => id === change.turn);
  if (!turn) return queue;
  const { text = turn.value.prompt?.text ?? "", blocks = turn.value.prompt?.blocks ?? [], before } = change;
  const changed = changedBy(turn, command, { text, blocks });
  if (before === undefined || before === turn.id) return queue.map((each) => (each === turn ? changed : each));
  const others = queue.filter((each) => each !== turn);
  const at = before === null ? others.length : others.findIndex(({ id }) => id === before);
  // What it was to stand before has begun: the server will say so.
  if (at < 0) return queue.map((each) => (each === turn ? changed : each));
  return others.toSpliced(at, 0, changed);
}

const changes = new WeakMap<Queued, { key: string; changed: Queued }>();

/** The same object for the same command. */
function changedBy(turn: Queued, { key }: GivenCommand, prompt: TurnEntity["prompt"]): Queued {
  const found = changes.get(turn);
  if (found?.key === key) return found.changed;
  const changed = { id: turn.id, value: { ...turn.value, prompt } };
  changes.set(turn, { key, changed });
  return changed;
}

/** A command's params, if it is the one that is named. */
const paramsOf = <Name extends CommandName>(command: GivenCommand, name: Name): Params<Name> | null =>
  command.method === name ? (command.params as Params<Name>) : null;
