import { memo, useState } from "react";
import { Boundary } from "../../ui/boundary.tsx";
import { BlockReader, closed, type MarkdownBlock } from "./block-reader.ts";
import { BlockView } from "./blocks.tsx";

/**
 * Markdown that may still grow: only its last blocks are read and drawn again. Raw HTML shows as the text it is; pictures
 * from elsewhere show as links, so that nothing is fetched because an agent named it.
 */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  const [reader] = useState(() => new BlockReader());
  const blocks = reader.read(text);
  const drawn = blocks.map((block, index) => {
    const growing = streaming && index === blocks.length - 1;
    // Blocks never move: a text only grows at its end.
    return <Block key={index} block={growing ? closed(block) : block} growing={growing} />;
  });
  const isNote = blocks.map(({ token }) => token.type === "footnote");
  return (
    <div className="markdown">
      {isNote.includes(true) ? drawn.filter((_, index) => !isNote[index]) : drawn}
      {/* Wherever they were written, they stand at the end. */}
      {isNote.includes(true) && <div className="footnotes">{drawn.filter((_, index) => isNote[index])}</div>}
    </div>
  );
}

const Block = memo(function Block({ block, growing }: { block: MarkdownBlock; growing: boolean }) {
  // A block that cannot be drawn shows as it was written.
  return (
    <Boundary
      what="This part"
      fallback={
        <p dir="auto" className="whitespace-pre-wrap">
          {block.raw}
        </p>
      }
    >
      <BlockView token={block.token} growing={growing} dir="auto" />
    </Boundary>
  );
});
