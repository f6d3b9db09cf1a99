import { useState } from "react";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { useBlob } from "../lib/blobs.ts";
import { Viewer } from "../lib/viewer.tsx";

/** What browsers draw and what cannot run: never SVG, which is a document. */
const DRAWN = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;

/** A picture; a press shows it large. */
export function BlobImage({ blob, mimeType, name }: { blob: string; mimeType: string; name?: string | undefined }) {
  const [large, setLarge] = useState(false);
  /** What was loaded is no picture that the browser can draw. */
  const [broken, setBroken] = useState(false);
  const state = useBlob(blob, DRAWN.test(mimeType) ? mimeType : "image/png");
  const label = spelledOut(name ?? "Picture");
  if (state === "failed" || broken) return <p className="text-small text-ink-3">{label}: it could not be loaded.</p>;
  if (state === null) return <div role="status" aria-label="Loading a picture" className="skeleton h-24 w-36" />;
  return (
    <>
      <button
        type="button"
        onClick={() => setLarge(true)}
        aria-label={`${label}: show large`}
        className="block overflow-hidden rounded-control border border-line bg-surface-1 hover:border-line-strong"
      >
        <img
          src={state.url}
          alt={label}
          onError={() => setBroken(true)}
          className="max-h-60 min-h-8 min-w-8 max-w-full object-contain"
        />
      </button>
      <Viewer title={label} open={large} onClose={() => setLarge(false)}>
        <img src={state.url} alt={label} className="m-auto max-h-full max-w-full min-w-16 object-contain" />
      </Viewer>
    </>
  );
}
