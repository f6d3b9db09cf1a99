import type { Block } from "@skein/client";
import { FileText, Link as LinkIcon } from "lucide-react";
import { SafeLink } from "../markdown/inline.tsx";
import { CodeBlock } from "../code/code-block.tsx";
import { languageOfPath } from "../code/language-of-path.ts";
import { BlobImage } from "./blob-image.tsx";
import { BlobLink } from "./blob-link.tsx";
import { visible } from "../../ui/visible-text.tsx";

/** What a message or a tool's output carries besides text: pictures, files, links. */
export function BlockList({ blocks }: { blocks: readonly Block[] }) {
  if (blocks.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap items-start gap-2 first:mt-0">
      {blocks.map((block, index) => (
        <li key={index} className="max-w-full min-w-0">
          <BlockView block={block} />
        </li>
      ))}
    </ul>
  );
}

const CHIP =
  "inline-flex max-w-full items-center gap-2 rounded-control border border-line bg-surface-2 px-2.5 py-1.5 text-small text-ink-1";

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case "text":
      return (
        <p dir="auto" className="break-words whitespace-pre-wrap [unicode-bidi:plaintext]">
          {block.text}
        </p>
      );
    case "image":
      return <BlobImage blob={block.blob} mimeType={block.mimeType} name={block.name} />;
    case "audio":
    case "file":
      return <BlobLink blob={block.blob} mimeType={block.mimeType} name={block.name ?? "Sound"} className={CHIP} />;
    case "link":
      return (
        <span className={CHIP}>
          <LinkIcon size={14} aria-hidden className="shrink-0 text-ink-3" />
          <span dir="auto" className="truncate">
            <SafeLink href={block.uri}>{visible(block.name ?? block.uri, { words: true })}</SafeLink>
          </span>
        </span>
      );
    case "resource":
      return (
        <details className="max-w-full">
          <summary className={`${CHIP} cursor-pointer`}>
            <FileText size={14} aria-hidden className="shrink-0 text-ink-3" />
            <span dir="ltr" className="truncate font-mono">
              {visible(block.uri)}
            </span>
          </summary>
          <CodeBlock code={block.text} language={languageOfPath(block.uri)} />
        </details>
      );
    case "unknown":
      return (
        <details className="max-w-full">
          <summary className={`${CHIP} cursor-pointer`}>Content of a kind this version does not know</summary>
          <CodeBlock code={JSON.stringify(block.value, null, 2)} language="json" />
        </details>
      );
    default:
      return block satisfies never;
  }
}
