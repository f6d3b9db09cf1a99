import { ArrowDown, ArrowUp, Columns2, Link2, Rows2 } from "lucide-react";
import { useMemo, useRef } from "react";
import { useActions } from "../../app/actions.tsx";
import { useStored } from "../../lib/device-storage.ts";
import { useLayout } from "../../lib/use-media.ts";
import { IconButton } from "../../ui/button.tsx";
import { CopyButton } from "../lib/copy-button.tsx";
import { Viewer } from "../lib/viewer.tsx";
import { plural } from "../lib/words.ts";
import { ChangedFile, goToFile } from "./changed-file.tsx";
import { DIFF_LAYOUT } from "./diff-layout.ts";
import { EarlierChanges } from "./earlier-changes.tsx";
import { netChanges } from "./net-changes.ts";
import { useTouches } from "./use-touches.ts";

/** All that a thread changed, file below file. Each diff is made when it comes into sight. */
export function AllChanges({
  id,
  cwd,
  file,
  onShow,
  onClose,
}: {
  id: string;
  cwd: string;
  /** The path to begin at. */
  file: string | null;
  /** Brings an item of the timeline into view. */
  onShow: (item: string) => void;
  onClose: () => void;
}) {
  const { touches, hasOlder, loading, loadOlder } = useTouches(id);
  const files = useMemo(() => netChanges(touches), [touches]);
  const [chosen, setChosen] = useStored(DIFF_LAYOUT);
  const wide = useLayout() === "wide";
  const split = wide && chosen === "split";
  const scroller = useRef<HTMLDivElement>(null);

  const move = (by: 1 | -1): void => {
    const to = neighbour(scroller.current, by);
    if (to) goToFile(to);
  };

  return (
    <Viewer
      title={
        <>
          Changes <span className="ml-1 font-normal text-ink-3">{plural(files.length, "file")}</span>
        </>
      }
      tools={
        <>
          <CopyButton text={() => location.href} label="Copy link" icon={<Link2 size={16} aria-hidden />} />
          {wide && (
            <IconButton
              label={split ? "Show unified" : "Show side by side"}
              onClick={() => setChosen(split ? "unified" : "split")}
            >
              {split ? <Rows2 size={16} aria-hidden /> : <Columns2 size={16} aria-hidden />}
            </IconButton>
          )}
          {files.length > 1 && (
            <>
              <IconButton label="Previous file" keys={["K"]} onClick={() => move(-1)}>
                <ArrowUp size={16} aria-hidden />
              </IconButton>
              <IconButton label="Next file" keys={["J"]} onClick={() => move(1)}>
                <ArrowDown size={16} aria-hidden />
              </IconButton>
            </>
          )}
        </>
      }
      open
      onClose={onClose}
      hasAddress
      scroller={scroller}
      flush
    >
      <Keys onMove={move} />
      {files.map((each) => (
        <ChangedFile key={each.path} file={each} cwd={cwd} split={split} sought={each.path === file} onShow={onShow} />
      ))}
      <EarlierChanges none={files.length === 0} hasOlder={hasOlder} loading={loading} onLoad={loadOlder} />
    </Viewer>
  );
}

/** Its keys hold where they are registered: in the layer. */
function Keys({ onMove }: { onMove: (by: 1 | -1) => void }) {
  useActions([
    { name: "nextItem", label: "Next file", run: () => onMove(1) },
    { name: "previousItem", label: "Previous file", run: () => onMove(-1) },
  ]);
  return null;
}

const sectionsIn = (box: HTMLElement | null): HTMLElement[] => [
  ...(box?.querySelectorAll<HTMLElement>("[data-file]") ?? []),
];

/** The file after or before the one whose name stands at the top. */
function neighbour(box: HTMLElement | null, by: 1 | -1): HTMLElement | undefined {
  const sections = sectionsIn(box);
  const edge = (box?.getBoundingClientRect().top ?? 0) + 1;
  const focused = sections.findIndex((section) => section.contains(document.activeElement));
  const atTop = sections.findLastIndex((section) => section.getBoundingClientRect().top <= edge);
  // The last files may be too short to come to the top: then the focus tells which one is meant.
  const now = focused > atTop && atEnd(box) ? focused : atTop;
  return sections[now + by];
}

const atEnd = (box: HTMLElement | null): boolean =>
  box !== null && box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
