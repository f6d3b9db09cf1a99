import { memo, useState } from "react";
import { BlockReader, closed, type MarkdownBlock } from "./block-reader.ts";
import { BlockView } from "./blocks.tsx";

/**
 * Markdown that may still grow: only its last blocks are read and drawn again. Raw HTML shows as the text it is; pictures
 * from elsewhere show as links, so that nothing is fetched because an agent named it.
 */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  const [reader] = useState(() => new BlockReader());
  const blocks = reader.read(text);
  return (
    <div className="markdown">
      {blocks.map((block, index) => (
        <Block
          // Blocks never move: a text only grows at its end.
          key={index}
          block={streaming && index === blocks.length - 1 ? closed(block) : block}
          growing={streaming && index === blocks.length - 1}
        />
      ))}
    </div>
  );
}

const Block = memo(function Block({ block, growing }: { block: MarkdownBlock; growing: boolean }) {
  return <BlockView token={block.token} growing={growing} />;
});
