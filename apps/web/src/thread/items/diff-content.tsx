import { Maximize2 } from "lucide-react";
import { useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { IconButton } from "../../ui/button.tsx";
import type { Change } from "../diff/change.ts";
import { DiffBody } from "../diff/diff-body.tsx";
import { useDiff } from "../diff/use-diff.ts";
import { Capped } from "../lib/capped.tsx";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { Viewer } from "../lib/viewer.tsx";
import { useThreadDirectory } from "../thread-context.ts";
import { Counts } from "./edit-count.tsx";
import { relativePath } from "./tool-words.ts";

/** A file's diff, unified; large, it stands side by side where there is room. */
export function DiffContent({ change }: { change: Change }) {
  const cwd = useThreadDirectory();
  const layout = useLayout();
  const [large, setLarge] = useState(false);
  const state = useDiff(change);
  const { shown } = state;
  const counts = change.counts ?? (shown !== null && typeof shown === "object" ? shown.diff : undefined);
  const path = relativePath(change.path, cwd);
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-2">
      <figcaption className="flex h-8 items-center gap-2 border-b border-line bg-surface-1 pr-0.5 pl-3 text-meta text-ink-2 pointer-coarse:h-11">
        <MiddleCut text={path} className="flex-1 font-mono" />
        {counts && <Counts added={counts.added} removed={counts.removed} />}
        <IconButton label="Show large" onClick={() => setLarge(true)}>
          <Maximize2 size={14} aria-hidden />
        </IconButton>
      </figcaption>
      <Capped label={`Changes in ${path}`} version={shown}>
        <DiffBody change={change} state={state} />
      </Capped>
      <Viewer title={<MiddleCut text={path} className="font-mono" />} open={large} onClose={() => setLarge(false)}>
        <DiffBody change={change} state={state} split={layout === "wide"} />
      </Viewer>
    </figure>
  );
}
