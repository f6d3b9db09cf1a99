import type { Token, Tokens } from "marked";
import type { ReactNode } from "react";
import { Tooltip } from "../../ui/tooltip.tsx";
import { decodeEntities } from "./entities.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** What stands within a block: text, emphasis, code, links. */
export function Inline({ tokens = [] }: { tokens?: Token[] | undefined }): ReactNode {
  return tokens.map((token, index) => <Piece key={index} token={token} />);
}

function Piece({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case "text":
      return token["tokens"] ? <Inline tokens={token["tokens"]} /> : decodeEntities(token["text"] as string);
    case "escape":
      return token["text"] as string;
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code>{visible(token["text"] as string)}</code>;
    case "footnoteReference":
      return <sup>{visible(token["label"] as string, { words: true })}</sup>;
    case "br":
      return <br />;
    case "link":
      return (
        <SafeLink href={(token as Tokens.Link).href}>
          <Inline tokens={token.tokens} />
        </SafeLink>
      );
    case "image":
      return (
        <SafeLink href={(token as Tokens.Image).href}>Image: {decodeEntities((token as Tokens.Image).text)}</SafeLink>
      );
    default:
      // HTML above all: as what was written.
      return token.raw;
  }
}

const SAFE = /^(?:https?:|mailto:)/i;

/** A link that shows where it leads before it is followed. What leads nowhere on the web is named, not linked. */
export function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  if (!SAFE.test(href)) {
    return (
      <span
        title={spelledOut(href, false)}
        className="underline decoration-line-strong decoration-dotted underline-offset-2"
      >
        {children}
      </span>
    );
  }
  return (
    <Tooltip text={spelledOut(href, false)} side="top">
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    </Tooltip>
  );
}
