import { FileText, Image as ImageIcon, X } from "lucide-react";
import { useRef, useState } from "react";
import { useLostRowFocus } from "../../lib/lost-focus.ts";
import { IconButton } from "../../ui/button.tsx";
import { bytes } from "../lib/words.ts";
import { useBlob } from "../lib/blobs.ts";
import type { Attached } from "./drafts.ts";
import { inPlace } from "./in-place.ts";
import type { Upload } from "./uploads.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** The files of a draft and those on their way, as they were given. */
export function Attachments({
  attached,
  uploads,
  onRemove,
  onNone,
}: {
  attached: readonly Attached[];
  uploads: readonly Upload[];
  onRemove: (index: number) => void;
  /** Gives the focus to something else, when the file that had it was the last. */
  onNone: () => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  const lostFocus = useLostRowFocus(list, onNone);
  if (attached.length + uploads.length === 0) return null;
  return (
    <ul ref={list} {...lostFocus} aria-label="Attached" className="flex flex-wrap gap-2 px-3 pt-3 low:basis-full">
      {uploads
        .reduce<readonly (Attached | Upload)[]>(inPlace, attached)
        .map((each) =>
          "block" in each ? (
            <AttachedFile
              key={each.place ?? `before ${attached.indexOf(each)}`}
              file={each}
              onRemove={() => onRemove(attached.indexOf(each))}
            />
          ) : (
            <FileUnderWay key={each.place} upload={each} />
          ),
        )}
    </ul>
  );
}

function AttachedFile({ file, onRemove }: { file: Attached; onRemove: () => void }) {
  const name = nameOf(file);
  return (
    <li className={CHIP}>
      {file.block.type === "image" ? (
        <Thumbnail blob={file.block.blob} mimeType={file.block.mimeType} />
      ) : (
        <FileText size={14} aria-hidden className="shrink-0 text-ink-3" />
      )}
      <span dir="auto" className="max-w-48 truncate">
        {visible(name)}
      </span>
      {file.bytes !== null && <span className="text-meta text-ink-3">{bytes(file.bytes)}</span>}
      <IconButton label={`Remove ${spelledOut(name)}`} onClick={onRemove}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  );
}

function FileUnderWay({ upload: { name, part, cancel } }: { upload: Upload }) {
  return (
    <li className={CHIP}>
      <span dir="auto" className="max-w-48 truncate text-ink-2">
        {visible(name)}
      </span>
      <progress
        value={part}
        max={1}
        aria-label={`Sending ${spelledOut(name)}`}
        className="h-1 w-16 overflow-hidden rounded-full accent-(--accent-fill)"
      />
      <IconButton label={`Do not send ${spelledOut(name)}`} onClick={cancel}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  );
}

const CHIP = "flex items-center gap-2 rounded-control border border-line bg-surface-1 pl-2 text-small";

const nameOf = ({ block }: Attached): string =>
  "name" in block && typeof block.name === "string" ? block.name : "file";

function Thumbnail({ blob, mimeType }: { blob: string; mimeType: string }) {
  const state = useBlob(blob, mimeType);
  const [broken, setBroken] = useState(false);
  if (state === null || state === "failed" || broken) return <ImageIcon size={14} aria-hidden className="text-ink-3" />;
  return (
    <img
      src={state.url}
      alt=""
      onError={() => setBroken(true)}
      className="size-5 shrink-0 rounded-[3px] object-cover"
    />
  );
}
