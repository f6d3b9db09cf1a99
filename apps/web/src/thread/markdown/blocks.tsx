import type { Token, Tokens } from "marked";
import { useRef, type ReactNode } from "react";
import { CodeBlock } from "../code/code-block.tsx";
import { EntryMark } from "../lib/entry-mark.tsx";
import { useTabStop } from "../lib/use-tab-stop.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";
import type { Footnote } from "./footnotes.ts";
import { Inline } from "./inline.tsx";

type Props<Kind> = {
  token: Kind;
  /**
   * "auto" for a block that stands in no other: its first letter tells in which direction all of it reads. Within it lines
   * go by their own letters, by CSS: what had the attribute too would not be asked.
   */
  dir?: "auto" | undefined;
};

/** One block of Markdown. `growing`: more of it may come. */
export function BlockView({ token, growing = false, dir }: Props<Token> & { growing?: boolean }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "footnote":
      return <FootnoteView note={token as unknown as Footnote} />;
    case "paragraph":
      return (
        <p dir={dir}>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "heading":
      return <Heading token={token as Tokens.Heading} dir={dir} />;
    case "code":
      return <CodeBlock code={token["text"] as string} language={languageOf(token as Tokens.Code)} growing={growing} />;
    case "blockquote":
      return (
        <blockquote dir={dir}>
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List token={token as Tokens.List} dir={dir} />;
    case "table":
      return <Table token={token as Tokens.Table} dir={dir} />;
    case "hr":
      return <hr />;
    case "plain":
    case "html":
      // Never rendered: it shows as what was written.
      return (
        <p dir={dir} className="whitespace-pre-wrap">
          {token.raw.trimEnd()}
        </p>
      );
    default:
      return <Inline tokens={[token]} />;
  }
}

function Blocks({ tokens = [] }: { tokens?: Token[] | undefined }) {
  return tokens.map((token, index) => <BlockView key={index} token={token} />);
}

/** What a footnote says, beside its name. */
function FootnoteView({ note: { label, tokens } }: { note: Footnote }) {
  return (
    <div role="note" aria-label={`Footnote ${spelledOut(label)}`} className="footnote">
      <sup>{visible(label, { words: true })}</sup>
      <div dir="auto" className="min-w-0">
        <Blocks tokens={tokens} />
      </div>
    </div>
  );
}

/** Headings of a message stand below the page's own: `#` is the page's third level. */
function Heading({ token, dir }: Props<Tokens.Heading>) {
  const Tag = (["h3", "h4", "h5", "h6"] as const)[Math.min(token.depth, 4) - 1] ?? "h6";
  return (
    <Tag dir={dir} data-depth={token.depth}>
      <Inline tokens={token.tokens} />
    </Tag>
  );
}

function List({ token, dir }: Props<Tokens.List>) {
  const items = token.items.map((item, index) => (
    <li key={index} className={item.task ? "task" : undefined}>
      {item.task && <EntryMark status={item.checked === true ? "completed" : "pending"} />}
      <Blocks tokens={item.tokens.filter(({ type }) => type !== "checkbox")} />
    </li>
  ));
  const start = typeof token.start === "number" ? token.start : 1;
  return token.ordered ? (
    <ol dir={dir} start={start}>
      {items}
    </ol>
  ) : (
    <ul dir={dir}>{items}</ul>
  );
}

/** Scrolls in itself: a wide table never widens the page. */
function Table({ token, dir }: Props<Tokens.Table>) {
  const box = useRef<HTMLDivElement>(null);
  useTabStop(box);
  const cell = (index: number) => ({ style: { textAlign: token.align[index] ?? undefined } });
  return (
    <div ref={box} className="table-scroll" role="group" aria-label="Table">
      <table dir={dir}>
        <thead>
          <tr>
            {token.header.map((head, index) => (
              <th key={index} {...cell(index)}>
                <Inline tokens={head.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, line) => (
            <tr key={line}>
              {row.map((data, index) => (
                <td key={index} {...cell(index)}>
                  <Inline tokens={data.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const languageOf = (token: Tokens.Code): string => token.lang?.trim().split(/\s/, 1)[0] ?? "";
