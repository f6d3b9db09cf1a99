import type { Limits, ThreadEntity } from "@skein/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { sayFailed } from "../../ui/toasts.tsx";
import { bytes } from "../lib/words.ts";
import type { Attached } from "./drafts.ts";

/** A file on its way to the server. */
export type Upload = { readonly id: number; readonly name: string; readonly part: number; readonly cancel: () => void };

type Accepts = NonNullable<ThreadEntity["accepts"]>;

/** Why a file cannot be attached, in words; `null` when it can. */
export function refusal(
  file: Pick<File, "name" | "type" | "size">,
  accepts: Accepts | undefined,
  limits: Pick<Limits, "attachmentBytes">,
): string | null {
  if (file.size > limits.attachmentBytes) {
    return `${file.name} has ${bytes(file.size)}; ${bytes(limits.attachmentBytes)} are allowed.`;
  }
  const kind = kindOf(file.type);
  if (kind === "image" && accepts?.image === false) return `${file.name}: this agent takes no pictures.`;
  if (kind === "audio" && accepts?.audio === false) return `${file.name}: this agent takes no sound.`;
  if (kind === "file" && accepts?.resource === false) return `${file.name}: this agent takes text files only.`;
  return null;
}

function kindOf(type: string): "image" | "audio" | "text" | "file" {
  if (/^image\/(?!svg)/.test(type)) return "image";
  if (type.startsWith("audio/")) return "audio";
  return type.startsWith("text/") || type === "application/json" ? "text" : "file";
}

const TEXT_NAME =
  /\.(?:[cm]?[jt]sx?|py|rb|rs|go|java|kt|c|h|cc|cpp|hpp|cs|php|sh|sql|toml|ya?ml|md|txt|log|csv|svg|diff|patch|ini|conf|lock)$/i;

/** Browsers know few types of source files: by their name, they are text. */
const typeOf = (file: File): string =>
  file.type === "" || /^application\/(?!json|pdf)|^video\/mp2t/.test(file.type)
    ? TEXT_NAME.test(file.name)
      ? "text/plain"
      : file.type || "application/octet-stream"
    : file.type === "image/svg+xml"
      ? "text/plain"
      : file.type;

/**
 * Sends files to the server as they are attached, and hands over each once the server has it.
 * @param onDone Must stay the same.
 */
export function useUploads(onDone: (attached: Attached) => void): {
  uploads: readonly Upload[];
  add: (files: readonly File[], accepts: Accepts | undefined, limits: Pick<Limits, "attachmentBytes">) => void;
} {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const next = useRef(0);
  const running = useRef(new Set<() => void>());
  useEffect(() => {
    const { current } = running;
    return () => {
      for (const cancel of current) cancel();
    };
  }, []);

  const add = useCallback(
    (files: readonly File[], accepts: Accepts | undefined, limits: Pick<Limits, "attachmentBytes">): void => {
      for (const file of files) {
        const type = typeOf(file);
        const why = refusal({ name: file.name, type, size: file.size }, accepts, limits);
        if (why !== null) {
          sayFailed("The file was not attached.", new Error(why));
          continue;
        }
        const id = next.current++;
        const { done, cancel } = put(file, (part) =>
          setUploads((before) => before.map((each) => (each.id === id ? { ...each, part } : each))),
        );
        running.current.add(cancel);
        setUploads((before) => [...before, { id, name: file.name, part: 0, cancel }]);
        done
          .then(
            (blob) => onDone({ block: asBlock(blob, type, file.name), bytes: file.size }),
            (error: unknown) => {
              if (!(error instanceof DOMException)) sayFailed(`${file.name} could not be sent to the server.`, error);
            },
          )
          .finally(() => {
            running.current.delete(cancel);
            setUploads((before) => before.filter((each) => each.id !== id));
          });
      }
    },
    [onDone],
  );
  return { uploads, add };
}

function asBlock(blob: string, mimeType: string, name: string): Attached["block"] {
  const kind = kindOf(mimeType);
  return kind === "image" || kind === "audio"
    ? { type: kind, blob, mimeType, name }
    : { type: "file", blob, mimeType, name };
}

/** `PUT /v1/blobs` by XMLHttpRequest: `fetch` does not tell how far an upload is. */
function put(file: File, onPart: (part: number) => void): { done: Promise<string>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) onPart(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answer = readAnswer(request.responseText);
      if (request.status === 201 && answer.blob !== undefined) resolve(answer.blob);
      else reject(new Error(answer.error?.message ?? `The server answered ${request.status}.`));
    });
    request.addEventListener("error", () => reject(new Error("The server is out of reach.")));
    request.addEventListener("abort", () => reject(new DOMException("Taken back.", "AbortError")));
    request.open("PUT", "/v1/blobs");
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function readAnswer(text: string): { blob?: string; error?: { message?: string } } {
  try {
    return JSON.parse(text) as { blob?: string };
  } catch {
    return {};
  }
}
