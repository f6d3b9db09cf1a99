import type { MessageEntity } from "@skein/client";
import { useConnection } from "@skein/client/react";
import { clockTime, exactTime } from "../lib/words.ts";
import { BlockList } from "./block-list.tsx";
import { ItemBar } from "./item-bar.tsx";

/** What a person asked: a tinted block with the name and time above. */
export function PromptMessage({ id, message }: { id: string; message: MessageEntity }) {
  return (
    <div className="group/item pt-6 pb-2">
      <div className="mb-1 flex h-7 items-center gap-2 text-meta text-ink-3 pointer-coarse:h-11">
        <span className="font-medium text-ink-2">
          <Person id={message.by} />
        </span>
        <time dateTime={new Date(message.startedAt).toISOString()} title={exactTime(message.startedAt)}>
          {clockTime(message.startedAt, Date.now())}
        </time>
        <span className="flex-1" />
        <ItemBar id={id} copy={() => message.text} />
      </div>
      <PromptText text={message.text}>
        <BlockList blocks={(message.blocks ?? []).map(({ block }) => block)} />
      </PromptText>
    </div>
  );
}

/** A prompt as its sender wrote it: nothing in it is read as Markdown. */
export function PromptText({ text, children }: { text: string; children?: React.ReactNode }) {
  return (
    <div className="rounded-panel bg-surface-3 px-4 py-3 text-body">
      {text !== "" && <p className="break-words whitespace-pre-wrap">{text}</p>}
      {children}
    </div>
  );
}

/** A person's name, or "You". */
export function Person({ id }: { id: string | undefined }) {
  const { hello } = useConnection();
  return id === undefined || id === hello?.user.id ? "You" : id;
}
