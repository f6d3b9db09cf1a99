import { WrapText } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { CopyButton } from "../lib/copy-button.tsx";
import { useTabStop } from "../lib/use-tab-stop.ts";
import { Pieces } from "./pieces.tsx";
import { useHighlight } from "./use-highlight.ts";
import { visible } from "../../ui/visible-text.tsx";

/** Code with its language, a way to copy it, and a switch between wrapping and scrolling. */
export function CodeBlock({ code, language, growing = false }: { code: string; language: string; growing?: boolean }) {
  const [wrap, setWrap] = useState(false);
  const pieces = useHighlight(code, language, growing);
  const box = useRef<HTMLPreElement>(null);
  useTabStop(box);
  return (
    <figure className="my-3 overflow-hidden rounded-control border border-line bg-surface-1">
      <figcaption className="flex h-8 items-center justify-between border-b border-line pr-0.5 pl-3 text-meta text-ink-3 pointer-coarse:h-11">
        <span dir="ltr" className="font-mono">
          {visible(language || "text")}
        </span>
        <span className="flex">
          <IconButton
            label={wrap ? "Do not wrap lines" : "Wrap lines"}
            aria-pressed={wrap}
            onClick={() => setWrap(!wrap)}
          >
            <WrapText size={14} aria-hidden />
          </IconButton>
          <CopyButton text={code} label="Copy code" />
        </span>
      </figcaption>
      <pre
        ref={box}
        dir="ltr"
        aria-label={language ? `Code, ${language}` : "Code"}
        className={classNames("p-3 font-mono text-small", wrap ? "break-words whitespace-pre-wrap" : "overflow-x-auto")}
      >
        <code className={wrap ? "block" : "block w-fit min-w-full"}>
          <Pieces pieces={pieces} />
        </code>
      </pre>
    </figure>
  );
}
