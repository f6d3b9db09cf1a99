import { Download } from "lucide-react";
import { blobPath } from "../lib/blobs.ts";
import { visible } from "../../ui/visible-text.tsx";

/** A file that was kept as a blob, to be downloaded under its name. */
export function BlobLink({
  blob,
  mimeType,
  name,
  label = name,
  note,
  className,
}: {
  blob: string;
  mimeType: string;
  /** The file's name. */
  name: string;
  /** What the link says. */
  label?: string;
  note?: string;
  className?: string;
}) {
  return (
    <a href={blobPath(blob)} download={name} type={mimeType} className={className}>
      <Download size={14} aria-hidden className="shrink-0 text-ink-3" />
      <span dir="auto" className="truncate">
        {visible(label)}
      </span>
      {note && <span className="shrink-0 text-meta text-ink-3">{note}</span>}
    </a>
  );
}
