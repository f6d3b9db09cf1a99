import { threadTopic, type GivenCommand, type TurnEntity } from "@skein/client";
import { useClient, useGiven, useOutbox, useThread, type Entity } from "@skein/client/react";
import { ArrowDown, ArrowUp, Pencil, X } from "lucide-react";
import { useRef, useState } from "react";
import { useLostFocus, useLostRowFocus } from "../../lib/lost-focus.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { WaitingMark } from "../../ui/waiting-mark.tsx";
import { BlockList } from "../items/block-list.tsx";
import { CappedText } from "../lib/capped-text.tsx";
import { give } from "../lib/give.ts";
import { useResume } from "../lib/use-resume.ts";
import { QueueEdit } from "./queue-edit.tsx";
import { editOf } from "./queue-edits.ts";

/** So many lines of each prompt are shown until all of it is asked for. */
const LINES = 8;

/** What waits for its turn: to be changed, moved, or dropped, as long as it has not started. */
export function QueuePanel({ id }: { id: string }) {
  const { queue, turns, thread } = useThread(id);
  const commands = useGiven(id);
  // Gone from the queue as given; on a line that is there the server takes it out in a moment.
  const dropped = turns.flatMap(({ id: turn, value }) => {
    const drop = commands.find(({ method, params }) => method === "thread.unqueue" && params["turn"] === turn);
    return drop?.state === "held" && value.status === "queued" ? [{ drop, text: value.prompt?.text ?? "" }] : [];
  });
  const { given, resume } = useResume(id);
  const empty = useRef<HTMLParagraphElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const lostFocus = useLostRowFocus(list, () => empty.current?.focus());
  const paused = queue.length > 0 && thread?.status === "interrupted";
  if (queue.length === 0 && dropped.length === 0)
    return (
      <p ref={empty} tabIndex={-1} className="text-small text-ink-2 outline-none">
        Nothing waits. Prompts given while a turn runs stand here.
      </p>
    );
  return (
    <>
      {paused && (
        <div className="mb-3 text-small text-ink-2">
          <p>The queue waits until you go on.</p>
          <Button size="small" className="mt-2" pending={given !== undefined} onClick={resume}>
            Go on
          </Button>
        </div>
      )}
      {/* Of a double click only the first one: below the second is another row by then. */}
      <ol
        ref={list}
        {...lostFocus}
        onClickCapture={(event) => event.detail > 1 && event.stopPropagation()}
        className="space-y-2"
      >
        {queue.map((turn, index) => (
          <li key={turn.id}>
            <QueuedTurn
              thread={id}
              turn={turn}
              given={commands.findLast(
                ({ method, params }) => method === "thread.requeue" && params["turn"] === turn.id,
              )}
              after={queue.slice(index + 1).map((each) => each.id)}
              up={queue[index - 1]?.id}
              // To stand after the next one is to stand before the one after that.
              down={index === queue.length - 1 ? undefined : (queue[index + 2]?.id ?? null)}
            />
          </li>
        ))}
      </ol>
      {dropped.map(({ drop, text }) => (
        <Dropped key={drop.key} drop={drop} text={text} />
      ))}
    </>
  );
}

/** A prompt that was dropped offline: the server may start it before it hears of that. */
function Dropped({ drop, text }: { drop: GivenCommand; text: string }) {
  const { discard } = useOutbox();
  return (
    <div className="mt-2 flex items-center gap-2 rounded-control border border-dashed border-line px-3 py-1 text-small text-ink-3">
      <p className="min-w-0 flex-1 truncate">
        Dropped: <s dir="auto">{text}</s>
      </p>
      <WaitingMark of={drop} />
      <Button size="small" variant="quiet" onClick={() => discard(drop.key)}>
        Take back
      </Button>
    </div>
  );
}

function QueuedTurn({
  thread,
  turn,
  given,
  after,
  up,
  down,
}: {
  thread: string;
  turn: Entity<TurnEntity>;
  /** What it was last changed by, while that is on its way. */
  given: GivenCommand | undefined;
  /** The turns behind it. */
  after: readonly string[];
  up: string | undefined;
  down: string | null | undefined;
}) {
  const client = useClient();
  const [editing, setEditing] = useState(() => editOf(thread, turn.id) !== null);
  const edit = useRef<HTMLButtonElement>(null);
  const lostFocus = useLostFocus(() => edit.current?.focus());
  const text = turn.value.prompt?.text ?? "";
  const blocks = turn.value.prompt?.blocks ?? [];

  const requeue = (change: { before: string | null }): void => {
    void give(client, "thread.requeue", { thread, turn: turn.id, ...change }, "The queue was not changed.");
  };
  const putBack = async (): Promise<void> => {
    try {
      const { turn: again } = await client.command("thread.prompt", { thread, text, blocks, when: "queue" });
      const waiting = client.watch(threadTopic(thread));
      try {
        await waiting.ready();
        const next = after.find((each) => waiting.replica.get("turn", each)?.["status"] === "queued");
        if (next !== undefined) await client.command("thread.requeue", { thread, turn: again, before: next });
      } finally {
        waiting.release();
      }
    } catch (error) {
      sayFailed("The prompt was not put back to its place.", error);
    }
  };
  const drop = async (): Promise<void> => {
    const done = await give(client, "thread.unqueue", { thread, turn: turn.id }, "The prompt was not dropped.");
    if (done !== null) say("The prompt was dropped.", { run: () => void putBack() });
  };

  return (
    <div {...lostFocus} className="rounded-control border border-line bg-surface-2">
      {editing ? (
        <QueueEdit thread={thread} turn={turn.id} text={text} onDone={() => setEditing(false)} />
      ) : (
        <div className="px-3 pt-2 text-small">
          <CappedText text={text} lines={LINES} label="Queued prompt" />
          <BlockList blocks={blocks} />
        </div>
      )}
      {!editing && (
        <div className="flex items-center justify-end px-1 pb-1">
          <WaitingMark of={given} className="mr-1" />
          <IconButton ref={edit} label="Edit" onClick={() => setEditing(true)}>
            <Pencil size={14} aria-hidden />
          </IconButton>
          {up !== undefined && (
            <IconButton label="Move up" onClick={() => requeue({ before: up })}>
              <ArrowUp size={14} aria-hidden />
            </IconButton>
          )}
          {down !== undefined && (
            <IconButton label="Move down" onClick={() => requeue({ before: down })}>
              <ArrowDown size={14} aria-hidden />
            </IconButton>
          )}
          <IconButton label="Drop" onClick={() => void drop()}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}
