import { threadTopic, type TurnEntity } from "@skein/client";
import { useClient, useThread, type Entity } from "@skein/client/react";
import { ArrowDown, ArrowUp, Pencil, X } from "lucide-react";
import { useRef, useState } from "react";
import { useLostFocus, useLostRowFocus } from "../../lib/lost-focus.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { BlockList } from "../items/block-list.tsx";
import { QueueEdit } from "./queue-edit.tsx";
import { editOf } from "./queue-edits.ts";

/** What waits for its turn: to be changed, moved, or dropped, as long as it has not started. */
export function QueuePanel({ id }: { id: string }) {
  const { queue, thread } = useThread(id);
  const client = useClient();
  const empty = useRef<HTMLParagraphElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const lostFocus = useLostRowFocus(list, () => empty.current?.focus());
  const paused = queue.length > 0 && thread?.status === "interrupted";
  if (queue.length === 0)
    return (
      <p ref={empty} tabIndex={-1} className="text-small text-ink-2 outline-none">
        Nothing waits. Prompts given while a turn runs stand here.
      </p>
    );
  return (
    <>
      {paused && (
        <div className="mb-3 text-small text-ink-2">
          <p>The queue waits since the thread was interrupted.</p>
          <Button
            size="small"
            className="mt-2"
            onClick={() => {
              client
                .command("thread.resume", { thread: id })
                .catch((error: unknown) => sayFailed("The thread was not resumed.", error));
            }}
          >
            Go on
          </Button>
        </div>
      )}
      <ol ref={list} {...lostFocus} className="space-y-2">
        {queue.map((turn, index) => (
          <li key={turn.id}>
            <QueuedTurn
              thread={id}
              turn={turn}
              after={queue.slice(index + 1).map((each) => each.id)}
              up={queue[index - 1]?.id}
              // To stand after the next one is to stand before the one after that.
              down={index === queue.length - 1 ? undefined : (queue[index + 2]?.id ?? null)}
            />
          </li>
        ))}
      </ol>
    </>
  );
}

function QueuedTurn({
  thread,
  turn,
  after,
  up,
  down,
}: {
  thread: string;
  turn: Entity<TurnEntity>;
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
    client
      .command("thread.requeue", { thread, turn: turn.id, ...change })
      .catch((error: unknown) => sayFailed("The queue was not changed.", error));
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
  const drop = (): void => {
    client.command("thread.unqueue", { thread, turn: turn.id }).then(
      () => say("The prompt was dropped.", { run: () => void putBack() }),
      (error: unknown) => sayFailed("The prompt was not dropped.", error),
    );
  };

  return (
    <div {...lostFocus} className="rounded-control border border-line bg-surface-2">
      {editing ? (
        <QueueEdit thread={thread} turn={turn.id} text={text} onDone={() => setEditing(false)} />
      ) : (
        <div className="max-h-40 overflow-y-auto px-3 pt-2 text-small">
          <p className="break-words whitespace-pre-wrap">{text}</p>
          <BlockList blocks={blocks} />
        </div>
      )}
      {!editing && (
        <div className="flex justify-end px-1 pb-1">
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
          <IconButton label="Drop" onClick={drop}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}
