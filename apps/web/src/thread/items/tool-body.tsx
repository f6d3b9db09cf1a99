import type { ToolContent, ToolEntity } from "@skein/client";
import { useItem, useThread } from "@skein/client/react";
import { Maximize2 } from "lucide-react";
import { useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { IconButton } from "../../ui/button.tsx";
import { DiffView } from "../diff/diff-view.tsx";
import { useDiff } from "../diff/use-diff.ts";
import { Capped } from "../lib/capped.tsx";
import { CopyButton } from "../lib/copy-button.tsx";
import { Viewer } from "../lib/viewer.tsx";
import { bytes } from "../lib/words.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { AnsiText } from "../terminal/ansi-text.tsx";
import { TerminalView } from "../terminal/terminal-view.tsx";
import { useThreadId } from "../thread-context.ts";
import { BlobLink } from "./blob-link.tsx";
import { BlockList } from "./block-list.tsx";
import { changeOf, Counts } from "./edit-count.tsx";
import { isSomething, relativePath } from "./tool-words.ts";

/** What is in a tool call: its arguments, what came of it, its diff or terminal. */
export function ToolBody({ tool }: { tool: ToolEntity }) {
  const shows = new Set(tool.content.map(({ type }) => type));
  return (
    <>
      {isSomething(tool.input) && !shows.has("diff") && <Data label="Arguments" value={tool.input} />}
      {tool.content.map((content, index) => (
        <ContentView key={index} content={content} running={tool.status === "in_progress"} />
      ))}
      {isSomething(tool.output) && tool.content.length === 0 && <Data label="Output" value={tool.output} />}
      {tool.unknown && <Data label="What this version does not know" value={tool.unknown} />}
    </>
  );
}

function ContentView({ content, running }: { content: ToolContent; running: boolean }) {
  switch (content.type) {
    case "diff":
      return <DiffContent content={content} />;
    case "terminal":
      return <TerminalContent id={content.terminal} />;
    case "blob":
      return (
        <BlobLink
          blob={content.blob}
          mimeType={content.mimeType ?? "text/plain"}
          name="The whole output"
          note={bytes(content.bytes)}
          className="inline-flex items-center gap-2 rounded-control border border-line px-2.5 py-1.5 text-small text-ink-1 hover:bg-surface-3"
        />
      );
    case "block":
      if (content.block.type === "text") return <OutputText text={content.block.text} running={running} />;
      return <BlockList blocks={[content.block]} />;
    case "unknown":
      return <Data label="Of a kind this version does not know" value={content.value} />;
    default:
      return content satisfies never;
  }
}

/** Text as tools give it: fenced Markdown where it is that, else as a terminal shows it. */
function OutputText({ text, running }: { text: string; running: boolean }) {
  const fenced = /^\s*```/.test(text);
  return (
    <Panel label="Output" copy={text}>
      <Capped label="Output" follow version={text}>
        {fenced ? (
          <div className="px-3">
            <Markdown text={text} streaming={running} />
          </div>
        ) : (
          <pre className="px-3 py-2 font-mono text-small break-words whitespace-pre-wrap text-ink-1">
            <AnsiText text={text} />
          </pre>
        )}
      </Capped>
    </Panel>
  );
}

function Data({ label, value }: { label: string; value: unknown }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <Panel label={label} copy={text}>
      <Capped label={label} version={text}>
        <pre className="px-3 py-2 font-mono text-small break-words whitespace-pre-wrap text-ink-2">{text}</pre>
      </Capped>
    </Panel>
  );
}

function Panel({ label, copy, children }: { label: string; copy: string; children: React.ReactNode }) {
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-1">
      <figcaption className="flex h-7 items-center justify-between border-b border-line pr-0.5 pl-3 text-meta text-ink-3 pointer-coarse:h-11">
        {label}
        <CopyButton text={copy} label={`Copy ${label.toLowerCase()}`} />
      </figcaption>
      {children}
    </figure>
  );
}

function TerminalContent({ id }: { id: string }) {
  const terminal = useItem(useThreadId(), "terminal", id);
  return terminal ? (
    <TerminalView terminal={terminal} />
  ) : (
    <p className="text-small text-ink-3">Its terminal is not loaded.</p>
  );
}

/** A file's diff, unified; large, it stands side by side where there is room. */
export function DiffContent({ content }: { content: Extract<ToolContent, { type: "diff" }> }) {
  const cwd = useThread(useThreadId()).thread?.cwd ?? "";
  const layout = useLayout();
  const [large, setLarge] = useState(false);
  const change = changeOf(content);
  const diff = useDiff(content, change);
  const path = relativePath(content.path, cwd);
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-2">
      <figcaption className="flex h-8 items-center gap-2 border-b border-line bg-surface-1 pr-0.5 pl-3 text-meta text-ink-2 pointer-coarse:h-11">
        <span className="min-w-0 flex-1 truncate font-mono" title={content.path}>
          {path}
        </span>
        {diff && <Counts added={diff.added} removed={diff.removed} />}
        <IconButton label="Show large" onClick={() => setLarge(true)}>
          <Maximize2 size={14} aria-hidden />
        </IconButton>
      </figcaption>
      {diff === null ? (
        <div className="skeleton m-3 h-16" />
      ) : (
        <Capped label={`Changes in ${path}`} version={diff}>
          <DiffView change={change} diff={diff} />
        </Capped>
      )}
      {diff && (
        <Viewer title={<span className="font-mono">{path}</span>} open={large} onClose={() => setLarge(false)}>
          <DiffView change={change} diff={diff} split={layout === "wide"} />
        </Viewer>
      )}
    </figure>
  );
}

/** A tool call as text, for the clipboard. */
export function toolText(tool: ToolEntity): string {
  const parts = tool.content.flatMap((content) => {
    if (content.type === "block" && content.block.type === "text") return [content.block.text];
    if (content.type === "diff") return [`${content.path}\n${content.newText}`];
    return [];
  });
  if (parts.length === 0 && isSomething(tool.output)) parts.push(JSON.stringify(tool.output, null, 2));
  return [tool.title, ...parts].join("\n\n");
}
