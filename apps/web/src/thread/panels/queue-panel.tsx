import type { TurnEntity } from "@skein/client";
import { useClient, useThread, type Entity } from "@skein/client/react";
import { ArrowDown, ArrowUp, Pencil, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { BlockList } from "../items/block-list.tsx";

/** What waits for its turn: to be changed, moved, or dropped, as long as it has not started. */
export function QueuePanel({ id }: { id: string }) {
  const { queue, thread } = useThread(id);
  const client = useClient();
  const paused = queue.length > 0 && thread?.status === "interrupted";
  if (queue.length === 0)
    return <p className="text-small text-ink-2">Nothing waits. Prompts given while a turn runs stand here.</p>;
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
      <ol className="space-y-2">
        {queue.map((turn, index) => (
          <li key={turn.id}>
            <QueuedTurn
              thread={id}
              turn={turn}
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
  up,
  down,
}: {
  thread: string;
  turn: Entity<TurnEntity>;
  up: string | undefined;
  down: string | null | undefined;
}) {
  const client = useClient();
  const [typed, setTyped] = useState<string | null>(null);
  const text = turn.value.prompt?.text ?? "";
  const blocks = turn.value.prompt?.blocks ?? [];

  const requeue = (change: { text?: string; before?: string | null }): void => {
    client
      .command("thread.requeue", { thread, turn: turn.id, ...change })
      .catch((error: unknown) => sayFailed("The queue was not changed.", error));
  };
  const drop = (): void => {
    client.command("thread.unqueue", { thread, turn: turn.id }).then(
      () =>
        say("The prompt was dropped.", {
          run: () => {
            client
              .command("thread.prompt", { thread, text, blocks, when: "queue" })
              .catch((error: unknown) => sayFailed("The prompt was not queued again.", error));
          },
        }),
      (error: unknown) => sayFailed("The prompt was not dropped.", error),
    );
  };

  return (
    <div className="rounded-control border border-line bg-surface-2">
      {typed === null ? (
        <div className="max-h-40 overflow-y-auto px-3 pt-2 text-small">
          <p className="break-words whitespace-pre-wrap">{text}</p>
          <BlockList blocks={blocks} />
        </div>
      ) : (
        <form
          className="p-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== "" && typed !== text) requeue({ text: typed });
            setTyped(null);
          }}
        >
          <textarea
            aria-label="Queued prompt"
            autoFocus
            rows={4}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              event.preventDefault();
              setTyped(null);
            }}
            className="block max-h-60 min-h-20 w-full resize-y rounded-control border border-line-strong bg-surface-2 px-2 py-1.5 text-small outline-none focus:border-accent"
          />
          <div className="mt-2 flex gap-2">
            <Button type="submit" size="small" variant="primary" disabled={typed.trim() === ""}>
              Keep
            </Button>
            <Button size="small" variant="quiet" onClick={() => setTyped(null)}>
              Cancel
            </Button>
          </div>
        </form>
      )}
      {typed === null && (
        <div className="flex justify-end px-1 pb-1">
          <IconButton label="Edit" onClick={() => setTyped(text)}>
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
