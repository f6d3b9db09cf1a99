import type { ThreadEntity } from "@skein/client";
import { useThread } from "@skein/client/react";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { stateOf, STATE_WORDS } from "../../ui/status-mark.tsx";
import { CopyButton } from "../lib/copy-button.tsx";
import { money, tokens } from "../lib/words.ts";
import { settingsOf } from "../lib/settings.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** The facts of a thread. */
export function DetailsPanel({ id, thread }: { id: string; thread: ThreadEntity }) {
  const { turns } = useThread(id);
  const { usage } = thread;
  const command = thread.exec ? [thread.exec.command, ...thread.exec.args].join(" ") : null;
  const settings = settingsOf(thread).map(({ name, value, choices }) => ({
    name,
    value: choices.find((choice) => choice.value === value)?.name ?? value,
  }));
  const context =
    usage?.used === undefined ? null : `${tokens(usage.used)}${usage.size ? ` of ${tokens(usage.size)}` : ""} tokens`;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 text-small">
      <Fact name="Status">{STATE_WORDS[stateOf(thread)]}</Fact>
      <Fact name="Agent">{thread.agent}</Fact>
      {command && (
        <Fact name="Command" mono>
          <span className="flex items-start gap-1">
            <span dir="ltr" className="line-clamp-4 min-w-0 flex-1 break-words" title={spelledOut(command, false)}>
              {visible(command)}
            </span>
            <CopyButton text={command} label="Copy command" />
          </span>
        </Fact>
      )}
      {settings.map(({ name, value }) => (
        <Fact key={name} name={name}>
          <bdi>{visible(value, { words: true })}</bdi>
        </Fact>
      ))}
      <Fact name="Directory" value={thread.cwd} mono />
      {context && <Fact name="Context">{context}</Fact>}
      {usage?.cost && usage.cost.amount > 0 && <Fact name="Cost">{money(usage.cost)}</Fact>}
      <Fact name="Turns">{turns.filter(({ value }) => value.status !== "queued").length}</Fact>
      <Fact name="Created">
        <RelativeTime at={thread.createdAt} />
      </Fact>
      <Fact name="Changed">
        <RelativeTime at={thread.updatedAt} />
      </Fact>
      <Fact name="Thread" value={id} mono />
      {thread.session && <Fact name="Session" value={thread.session} mono />}
    </dl>
  );
}

function Fact({
  name,
  value,
  mono = false,
  children,
}: {
  name: string;
  value?: string;
  mono?: boolean;
  children?: React.ReactNode;
}) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className={`min-w-0 break-words ${mono ? "font-mono text-meta leading-5" : ""}`}>
        {children ?? visible(value ?? "")}
      </dd>
    </>
  );
}
