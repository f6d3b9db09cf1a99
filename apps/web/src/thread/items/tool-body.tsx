import type { ToolContent, ToolEntity } from "@skein/client";
import { shownContent, textOfEdit } from "@skein/client/protocol";
import { useItem } from "@skein/client/react";
import { changeOf } from "../diff/change.ts";
import { blobText } from "../lib/blobs.ts";
import { Capped } from "../lib/capped.tsx";
import { bytes } from "../lib/words.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { AnsiText } from "../terminal/ansi-text.tsx";
import { textShown } from "../terminal/text-shown.ts";
import { TerminalView } from "../terminal/terminal-view.tsx";
import { useThreadId } from "../thread-context.ts";
import { BlobLink } from "./blob-link.tsx";
import { BlockList } from "./block-list.tsx";
import { Arguments, Data } from "./data.tsx";
import { DiffContent } from "./diff-content.tsx";
import { Panel } from "./panel.tsx";
import { isSomething } from "./tool-words.ts";

/** What is in a tool call: its arguments, what came of it, its diff or terminal. */
export function ToolBody({ tool }: { tool: ToolEntity }) {
  const shown = shownContent(tool);
  const shows = new Set(shown.map((each) => (changeOf(each) ? "change" : each.type)));
  return (
    <>
      {isSomething(tool.input) && !shows.has("change") && <Arguments tool={tool} command={!shows.has("terminal")} />}
      {shown.map((content, index) => (
        <ContentView key={index} content={content} running={tool.status === "in_progress"} />
      ))}
      {isSomething(tool.output) && tool.content.length === 0 && <Data label="Output" value={tool.output} />}
      {tool.unknown && <Data label="What this version does not know" value={tool.unknown} />}
    </>
  );
}

function ContentView({ content, running }: { content: ToolContent; running: boolean }) {
  const change = changeOf(content);
  if (change) return <DiffContent change={change} />;
  switch (content.type) {
    case "terminal":
      return <TerminalContent id={content.terminal} />;
    case "blob":
      return (
        <BlobLink
          blob={content.blob}
          mimeType={content.mimeType ?? "text/plain"}
          name={content.mimeType === "application/json" ? "output.json" : "output.txt"}
          label="The rest of the output"
          note={bytes(content.bytes)}
          className="inline-flex items-center gap-2 rounded-control border border-line px-2.5 py-1.5 text-small text-ink-1 hover:bg-surface-3"
        />
      );
    case "block":
      if (content.block.type === "text") return <OutputText text={content.block.text} running={running} />;
      return <BlockList blocks={[content.block]} />;
    case "unknown":
      return <Data label="Of a kind this version does not know" value={content.value} />;
    case "diff":
      return null; // Is a change.
    default:
      return content satisfies never;
  }
}

/** Text as tools give it: fenced Markdown where it is that, else as a terminal shows it. */
function OutputText({ text, running }: { text: string; running: boolean }) {
  const fenced = /^\s*```/.test(text);
  return (
    <Panel label="Output" copy={fenced ? text : () => textShown(text)}>
      <Capped label="Output" follow version={text}>
        {fenced ? (
          <div className="px-3">
            <Markdown text={text} streaming={running} />
          </div>
        ) : (
          <pre dir="ltr" className="px-3 py-2 font-mono text-small break-words whitespace-pre-wrap text-ink-1">
            <AnsiText text={text} />
          </pre>
        )}
      </Capped>
    </Panel>
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

/** A tool call as text, for the clipboard. */
export async function toolText(tool: ToolEntity): Promise<string> {
  const made = shownContent(tool).map(async (content): Promise<string[]> => {
    if (content.type === "block" && content.block.type === "text") return [await textShown(content.block.text)];
    const change = changeOf(content);
    return change ? [`${change.path}\n${(await textOfEdit(change.after, blobText)) ?? ""}`] : [];
  });
  const parts = (await Promise.all(made)).flat();
  if (parts.length === 0 && isSomething(tool.output)) parts.push(JSON.stringify(tool.output, null, 2));
  return [tool.title, ...parts].join("\n\n");
}
