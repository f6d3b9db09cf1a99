import type { MessageEntity } from "@skein/client";
import type { ReactNode } from "react";
import { serverNow } from "../../lib/server-clock.ts";
import { clockTime, exactTime } from "../lib/words.ts";
import { CappedText } from "../lib/capped-text.tsx";
import { BlockList } from "./block-list.tsx";
import { ItemBar } from "./item-bar.tsx";
import { PromptHead } from "./prompt-head.tsx";

/** What a person asked: a tinted block with the name and time above. */
export function PromptMessage({ id, message }: { id: string; message: MessageEntity }) {
  return (
    <div className="group/item pt-5 pb-2">
      <PromptHead by={message.by}>
        <time dateTime={new Date(message.startedAt).toISOString()} title={exactTime(message.startedAt)}>
          {clockTime(message.startedAt, serverNow())}
        </time>
        <span className="flex-1" />
        <ItemBar id={id} copy={() => message.text} />
      </PromptHead>
      <PromptText text={message.text}>
        <BlockList blocks={(message.blocks ?? []).map(({ block }) => block)} />
      </PromptText>
    </div>
  );
}

/** So many lines of a prompt are shown until all of it is asked for. */
const LINES = 18;

/** A prompt as its sender wrote it, with what was attached to it. */
export function PromptText({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="space-y-2 rounded-panel bg-surface-3 px-4 py-3 text-body">
      {text !== "" && <CappedText text={text} lines={LINES} label="Prompt" />}
      {children}
    </div>
  );
}
