import type { ToolContent } from "@skein/client";
import { Maximize2 } from "lucide-react";
import { useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { IconButton } from "../../ui/button.tsx";
import { DiffView } from "../diff/diff-view.tsx";
import { useDiff } from "../diff/use-diff.ts";
import { Capped } from "../lib/capped.tsx";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { Viewer } from "../lib/viewer.tsx";
import { useThreadDirectory } from "../thread-context.ts";
import { changeOf, Counts } from "./edit-count.tsx";
import { relativePath } from "./tool-words.ts";

/** A file's diff, unified; large, it stands side by side where there is room. */
export function DiffContent({ content }: { content: Extract<ToolContent, { type: "diff" }> }) {
  const cwd = useThreadDirectory();
  const layout = useLayout();
  const [large, setLarge] = useState(false);
  const change = changeOf(content);
  const diff = useDiff(content, change);
  const path = relativePath(content.path, cwd);
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-2">
      <figcaption className="flex h-8 items-center gap-2 border-b border-line bg-surface-1 pr-0.5 pl-3 text-meta text-ink-2 pointer-coarse:h-11">
        <MiddleCut text={path} className="flex-1 font-mono" />
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
        <Viewer title={<MiddleCut text={path} className="font-mono" />} open={large} onClose={() => setLarge(false)}>
          <DiffView change={change} diff={diff} split={layout === "wide"} />
        </Viewer>
      )}
    </figure>
  );
}
