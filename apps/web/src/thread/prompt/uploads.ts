import type { Limits, ThreadEntity } from "@skein/client";
import { useSyncExternalStore } from "react";
import { store, stored, type Entry } from "../../lib/device-storage.ts";
import { putUnderWay } from "../../lib/under-way.ts";
import { sayFailed } from "../../ui/toasts.tsx";
import { bytes } from "../lib/words.ts";
import type { Attached, Draft } from "./drafts.ts";
import { inPlace, nextPlace } from "./in-place.ts";

/** A file on its way to the server; `place`: where it was given among the files of its draft. */
export type Upload = {
  readonly id: number;
  readonly name: string;
  readonly part: number;
  readonly place: number;
  readonly cancel: () => void;
};

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

/** Files on their way, and the drafts that they are for. They go on whatever page is shown. */
let underWay: readonly (Upload & { readonly draft: Entry<Draft> })[] = [];
const listeners = new Set<() => void>();
let next = 0;

/** A page that is left takes them with it: the browser asks first. */
const askToStay = (event: BeforeUnloadEvent): void => event.preventDefault();

function change(now: typeof underWay): void {
  if (underWay.length === 0 && now.length > 0) window.addEventListener("beforeunload", askToStay);
  else if (now.length === 0) window.removeEventListener("beforeunload", askToStay);
  underWay = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The files on their way to a draft; renders again when that changes. */
export function useUploads(draft: Entry<Draft>): readonly Upload[] {
  const all = useSyncExternalStore(subscribe, () => underWay);
  return all.filter(isFor(draft));
}

/** Sends files to the server, and attaches each to the draft once the server has it. */
export function upload(
  draft: Entry<Draft>,
  files: readonly File[],
  accepts: Accepts | undefined,
  limits: Pick<Limits, "attachmentBytes">,
): void {
  for (const file of files) {
    const type = typeOf(file);
    const why = refusal({ name: file.name, type, size: file.size }, accepts, limits);
    if (why !== null) sayFailed("The file was not attached.", new Error(why));
    else send(draft, file, type, nextPlace([...stored(draft).attached, ...underWay.filter(isFor(draft))]));
  }
}

const isFor =
  (draft: Entry<Draft>) =>
  (each: (typeof underWay)[number]): boolean =>
    each.draft === draft;

function send(draft: Entry<Draft>, file: File, type: string, place: number): void {
  const id = next++;
  const { done, abort } = put(file, (part) =>
    change(underWay.map((each) => (each.id === id ? { ...each, part } : each))),
  );
  /** Whether it was under way until now. */
  const end = (): boolean => {
    const was = underWay.some((each) => each.id === id);
    if (was) change(underWay.filter((each) => each.id !== id));
    ended();
    return was;
  };
  const cancel = (): void => {
    if (end()) abort();
  };
  const ended = putUnderWay(cancel);
  change([...underWay, { id, name: file.name, part: 0, place, cancel, draft }]);
  done.then(
    (blob) => {
      if (!end()) return;
      const now = stored(draft);
      store(draft, {
        ...now,
        attached: inPlace(now.attached, { block: asBlock(blob, type, file.name), bytes: file.size, place }),
      });
    },
    (error: unknown) => {
      if (!end()) return;
      const again = { label: "Try again", run: () => send(draft, file, type, place) };
      sayFailed(`${file.name} could not be sent to the server.`, error, again);
    },
  );
}

function asBlock(blob: string, mimeType: string, name: string): Attached["block"] {
  const kind = kindOf(mimeType);
  return kind === "image" || kind === "audio"
    ? { type: kind, blob, mimeType, name }
    : { type: "file", blob, mimeType, name };
}

/** `PUT /v1/blobs` by XMLHttpRequest: `fetch` does not tell how far an upload is. */
function put(file: File, onPart: (part: number) => void): { done: Promise<string>; abort: () => void } {
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
  return { done, abort: () => request.abort() };
}

function readAnswer(text: string): { blob?: string; error?: { message?: string } } {
  try {
    return JSON.parse(text) as { blob?: string };
  } catch {
    return {};
  }
}
