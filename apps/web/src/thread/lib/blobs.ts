import { useEffect, useState } from "react";

type Held = { url: Promise<string>; holders: number };
const held = new Map<string, Held>();
/** Kept this long after the last one who showed it, in milliseconds: rows come and go while one scrolls. */
const KEEP_MS = 30_000;

/**
 * Fetches a blob as an object URL. The server gives blobs out as downloads of no type, so that what an agent stored is
 * never a page of ours: its type is said here, for pictures only.
 */
function hold(blob: string, mimeType: string): { url: Promise<string>; release: () => void } {
  const name = `${blob} ${mimeType}`;
  const entry = held.get(name) ?? { url: load(blob, mimeType), holders: 0 };
  held.set(name, entry);
  entry.holders++;
  entry.url.catch(() => held.delete(name));
  const release = (): void => {
    entry.holders--;
    setTimeout(() => {
      if (entry.holders > 0 || held.get(name) !== entry) return;
      held.delete(name);
      void entry.url.then((url) => URL.revokeObjectURL(url)).catch(() => {});
    }, KEEP_MS);
  };
  return { url: entry.url, release };
}

async function load(blob: string, mimeType: string): Promise<string> {
  const answer = await fetch(blobPath(blob));
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: mimeType }));
}

export const blobPath = (blob: string): string => `/v1/blobs/${encodeURIComponent(blob)}`;

/** A blob's object URL: `null` while it loads, `"failed"` when it could not be had. */
export function useBlob(blob: string, mimeType: string): { url: string } | "failed" | null {
  const [state, setState] = useState<{ url: string } | "failed" | null>(null);
  useEffect(() => {
    let stopped = false;
    const { url, release } = hold(blob, mimeType);
    url.then(
      (loaded) => !stopped && setState({ url: loaded }),
      () => !stopped && setState("failed"),
    );
    return () => {
      stopped = true;
      release();
    };
  }, [blob, mimeType]);
  return state;
}
