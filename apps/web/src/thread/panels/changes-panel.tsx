import { Maximize2 } from "lucide-react";
import { useMemo, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { ChangeDiff } from "../changes/change-diff.tsx";
import { EarlierChanges } from "../changes/earlier-changes.tsx";
import { FileToggle } from "../changes/file-toggle.tsx";
import { netChanges, type FileChanges } from "../changes/net-changes.ts";
import { useShowChanges } from "../changes/show-changes.ts";
import { useTouches } from "../changes/use-touches.ts";
import { relativePath } from "../items/tool-words.ts";
import { Capped } from "../lib/capped.tsx";
import { plural } from "../lib/words.ts";

/** The files the thread touched, net, as its agent told of them. */
export function ChangesPanel({ id, cwd, onShow }: { id: string; cwd: string; onShow: (item: string) => void }) {
  const showChanges = useShowChanges();
  const { touches, hasOlder, loading, loadOlder } = useTouches(id);
  const files = useMemo(() => netChanges(touches), [touches]);
  return (
    <div className="-mx-1 space-y-3">
      {files.length > 0 && (
        <p className="flex items-center justify-between gap-2 px-1 text-small text-ink-3">
          {plural(files.length, "file")} changed
          <button
            type="button"
            onClick={() => showChanges()}
            className="inline-flex min-h-6 items-center rounded-control font-medium text-accent hover:underline pointer-coarse:min-h-11"
          >
            Show all
          </button>
        </p>
      )}
      <ul className="space-y-2">
        {files.map((file) => (
          <li key={file.path}>
            <FileView file={file} cwd={cwd} onShow={onShow} />
          </li>
        ))}
      </ul>
      <EarlierChanges none={files.length === 0} hasOlder={hasOlder} loading={loading} onLoad={loadOlder} />
    </div>
  );
}

function FileView({ file, cwd, onShow }: { file: FileChanges; cwd: string; onShow: (item: string) => void }) {
  const showChanges = useShowChanges();
  const [open, setOpen] = useState(false);
  const path = relativePath(file.path, cwd);
  return (
    <div role="group" aria-label={path} className="overflow-hidden rounded-control border border-line bg-surface-2">
      <div className="flex h-9 items-center gap-1 pr-1 pl-1 pointer-coarse:h-12">
        <FileToggle file={file} path={path} open={open} onToggle={() => setOpen(!open)} className="text-meta" />
        <IconButton label="Show large" onClick={() => showChanges(file.path)}>
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
    </div>
  );
}
