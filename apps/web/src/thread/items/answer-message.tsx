import type { MessageEntity } from "@skein/client";
import { classNames } from "../../ui/class-names.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { BlockList } from "./block-list.tsx";
import { ItemBar } from "./item-bar.tsx";

/** What the agent says: plain on the page, growing while it streams. */
export function AnswerMessage({ id, message }: { id: string; message: MessageEntity }) {
  const { text, blocks = [], status } = message;
  return (
    <div
      className={classNames(
        "group/item relative py-2",
        status === "interrupted" && "interrupted-rule",
        status === "streaming" && "streaming",
      )}
      data-status={status}
    >
      {/* Its room is kept from the first line on, so that it covers no word and its coming moves none. */}
      <div className="answer-bar">{status !== "streaming" && <ItemBar id={id} copy={() => text} />}</div>
      {partsOf(text, blocks).map((part, index, all) =>
        typeof part === "string" ? (
          <Markdown key={index} text={part} streaming={status === "streaming" && index === all.length - 1} />
        ) : (
          <BlockList key={index} blocks={part} />
        ),
      )}
    </div>
  );
}

type Parts = (string | NonNullable<MessageEntity["blocks"]>[number]["block"][])[];

/** The text cut where blocks came into it. */
function partsOf(text: string, blocks: NonNullable<MessageEntity["blocks"]>): Parts {
  const parts: Parts = [];
  let from = 0;
  for (const { at, block } of blocks) {
    const last = parts.at(-1);
    if (at <= from && Array.isArray(last)) {
      last.push(block);
      continue;
    }
    if (at > from) parts.push(text.slice(from, at));
    parts.push([block]);
    from = Math.max(from, at);
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from));
  return parts;
}
