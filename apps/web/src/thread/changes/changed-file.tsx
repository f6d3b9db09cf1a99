import { ListTree } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { relativePath } from "../items/tool-words.ts";
import { ChangeDiff } from "./change-diff.tsx";
import { FileToggle } from "./file-toggle.tsx";
import type { FileChanges } from "./net-changes.ts";
import { useInView } from "./use-in-view.ts";

/** One file among all that changed: its name stays at the top while its diff goes by. */
export function ChangedFile({
  file,
  cwd,
  split,
  sought,
  onShow,
}: {
  file: FileChanges;
  cwd: string;
  split: boolean;
  /** Whether to begin here. */
  sought: boolean;
  onShow: (item: string) => void;
}) {
  const [open, setOpen] = useState(true);
  const { ref, seen } = useInView<HTMLDivElement>();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (sought && section.current) goToFile(section.current);
  }, [sought]);
  const path = relativePath(file.path, cwd);
  return (
    <section ref={section} aria-label={path} data-file={file.path} tabIndex={-1} className="outline-none">
      <div className="sticky top-0 z-10 flex h-9 items-center gap-2 border-y border-line bg-surface-1 pr-2 pl-1 -mt-px pointer-coarse:h-12">
        <FileToggle file={file} path={path} open={open} onToggle={() => setOpen(!open)} />
        <IconButton label="Show in the timeline" onClick={() => onShow(file.tool)}>
          <ListTree size={14} aria-hidden />
        </IconButton>
      </div>
      {open && (
        <div ref={ref} className="pb-4">
          {seen ? (
            file.changes.map((change, index) => (
              <div key={index} className={classNames("overflow-x-auto", index > 0 && "border-t border-line")}>
                <ChangeDiff change={change} split={split} />
              </div>
            ))
          ) : (
            <div className="h-40" />
          )}
        </div>
      )}
    </section>
  );
}

/** Brings a file to the top, and the focus to it. */
export function goToFile(section: HTMLElement): void {
  section.scrollIntoView({ block: "start" });
  section.focus({ preventScroll: true });
}
