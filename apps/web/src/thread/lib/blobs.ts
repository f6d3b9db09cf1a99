import { useEffect, useState } from "react";
import { keeper } from "./keeper.ts";

const hold = keeper<string>((url) => URL.revokeObjectURL(url));

/**
 * Fetches a blob as an object URL. The server gives blobs out as downloads of no type, so that what an agent stored is
 * never a page of ours: its type is said here, for pictures only.
 */
async function urlOf(blob: string, mimeType: string): Promise<string> {
  const answer = await fetched(blob);
  return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: mimeType }));
}

/** A blob as the text it is. @throws when the server does not give it. */
export async function blobText(blob: string): Promise<string> {
  return (await fetched(blob)).text();
}

async function fetched(blob: string): Promise<Response> {
  const answer = await fetch(blobPath(blob));
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer;
}

export const blobPath = (blob: string): string => `/v1/blobs/${encodeURIComponent(blob)}`;

/** A blob's object URL: `null` while it loads, `"failed"` when it could not be had. */
export function useBlob(blob: string, mimeType: string): { url: string } | "failed" | null {
  const [state, setState] = useState<{ url: string } | "failed" | null>(null);
  useEffect(() => {
    let stopped = false;
    const { value, release } = hold(`${blob} ${mimeType}`, () => urlOf(blob, mimeType));
    value.then(
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
