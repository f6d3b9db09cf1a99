import { ChevronRight, Maximize2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { DiffView } from "../diff/diff-view.tsx";
import { useDiff, type Change } from "../diff/use-diff.ts";
import { Counts } from "../items/edit-count.tsx";
import { relativePath } from "../items/tool-words.ts";
import { Capped } from "../lib/capped.tsx";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { Viewer } from "../lib/viewer.tsx";
import { plural } from "../lib/words.ts";
import { netChanges, type FileChanges } from "./net-changes.ts";
import { useTouches } from "./use-touches.ts";

/** The files the thread touched, net, as its agent told of them. */
export function ChangesPanel({ id, cwd, onShow }: { id: string; cwd: string; onShow: (item: string) => void }) {
  const { touches, hasOlder, loading, loadOlder } = useTouches(id);
  const files = useMemo(() => netChanges(touches), [touches]);
  return (
    <div className="space-y-3">
      {files.length > 0 && <p className="text-small text-ink-3">{plural(files.length, "file")} changed</p>}
      <ul className="space-y-2">
        {files.map((file) => (
          <li key={file.path}>
            <FileView file={file} cwd={cwd} onShow={onShow} />
          </li>
        ))}
      </ul>
      {files.length === 0 && !hasOlder && (
        <p className="text-small text-ink-2">The agent has told of no changed files.</p>
      )}
      {hasOlder && (
        <div className="text-small text-ink-2">
          <p>
            {files.length === 0 ? "No changed files" : "These are the changes"} in the part of the thread that is
            loaded.
          </p>
          <Button size="small" className="mt-2" disabled={loading} onClick={loadOlder}>
            {loading ? "Loading…" : "Load earlier items"}
          </Button>
        </div>
      )}
    </div>
  );
}

function FileView({ file, cwd, onShow }: { file: FileChanges; cwd: string; onShow: (item: string) => void }) {
  const layout = useLayout();
  const [open, setOpen] = useState(false);
  const [large, setLarge] = useState(false);
  const path = relativePath(file.path, cwd);
  return (
    <div role="group" aria-label={path} className="overflow-hidden rounded-control border border-line bg-surface-2">
      <div className="flex h-9 items-center gap-1 pr-1 pl-1 pointer-coarse:h-12">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex h-full min-w-0 flex-1 items-center gap-1.5 rounded-control px-1.5 text-left text-small hover:text-ink-1"
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={classNames("shrink-0 text-ink-3 transition-transform", open && "rotate-90")}
          />
          <MiddleCut text={path} className="flex-1 font-mono text-meta" />
          {file.changes.map((change, index) => (
            <ChangeCounts key={index} of={file.changes[index] ?? change} />
          ))}
        </button>
        <IconButton label="Show large" onClick={() => setLarge(true)}>
          <Maximize2 size={14} aria-hidden />
        </IconButton>
      </div>
      {open && (
        <div className="border-t border-line">
          {file.changes.map((change, index) => (
            <Capped key={index} label={`Changes in ${path}`} version={change}>
              <ChangeDiff change={change} />
            </Capped>
          ))}
          <div className="border-t border-line p-1">
            <Button size="small" variant="quiet" onClick={() => onShow(file.tool)}>
              Show in the timeline
            </Button>
          </div>
        </div>
      )}
      <Viewer title={<span className="font-mono">{path}</span>} open={large} onClose={() => setLarge(false)}>
        {file.changes.map((change, index) => (
          <ChangeDiff key={index} change={change} split={layout === "wide"} />
        ))}
      </Viewer>
    </div>
  );
}

function ChangeCounts({ of }: { of: Change }) {
  const diff = useDiff(of, of);
  return diff && <Counts added={diff.added} removed={diff.removed} />;
}

function ChangeDiff({ change, split = false }: { change: Change; split?: boolean }) {
  const diff = useDiff(change, change);
  return diff ? <DiffView change={change} diff={diff} split={split} /> : <div className="skeleton m-3 h-16" />;
}
