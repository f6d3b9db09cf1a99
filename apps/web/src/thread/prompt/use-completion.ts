import { SkeinError, type ThreadEntity } from "@skein/client";
import { holdsInOrder } from "@skein/client/protocol";
import { useClient } from "@skein/client/react";
import { useEffect, useMemo, useState } from "react";
import type { Trigger } from "./trigger.ts";

export type Suggestion = {
  /** What takes the place of what was typed. */
  readonly insert: string;
  readonly name: string;
  /** What is to follow the name. */
  readonly hint: string | undefined;
  readonly note: string | undefined;
};

/** What could be meant; `null` while that is not known, or nothing is asked for. */
export type Suggestions = readonly Suggestion[] | null;

/** Below what files are looked for: a thread's directory, or one named by its path. */
export type Place = { readonly thread: string } | { readonly directory: string };

const WAIT_MS = 120;
const MAX_COMMANDS = 50;

/** What could be meant: the agent's commands, or the files below a directory. */
export function useCompletion(
  place: Place,
  trigger: Trigger | null,
  commands: NonNullable<ThreadEntity["commands"]>,
): Suggestions {
  const files = useFiles(place, trigger?.kind === "file" ? trigger.text : null);
  if (trigger === null) return null;
  if (trigger.kind === "file") {
    return files?.map((path) => ({ insert: `@${path} `, name: path, hint: undefined, note: undefined })) ?? null;
  }
  if (commands.length === 0) return null;
  const typed = trigger.text.toLowerCase();
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(typed));
  const holds = commands.filter(
    ({ name }) => !begins.some((each) => each.name === name) && name.toLowerCase().includes(typed),
  );
  return [...begins, ...holds].slice(0, MAX_COMMANDS).map(({ name, description, hint }) => ({
    insert: `/${name} `,
    name: `/${name}`,
    hint: hint ?? undefined,
    note: description,
  }));
}

/** An answer, and the text that it is about. */
type Found = { readonly text: string; readonly files: readonly string[]; readonly more: boolean };

function useFiles(place: Place, text: string | null): readonly string[] | null {
  const client = useClient();
  const [of, path] = "thread" in place ? ["thread", place.thread] : ["directory", place.directory];
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (text === null) {
      setFound(null);
      return undefined;
    }
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const where = of === "thread" ? { thread: path } : { directory: path };
        const { files, more } = await client.query("files.find", { ...where, text }, { signal: asking.signal });
        if (!asking.signal.aborted) setFound({ text, files, more });
      } catch (error) {
        // Without suggestions a path can still be typed.
        if (!asking.signal.aborted && error instanceof SkeinError) setFound(null);
      }
    };
    const timer = setTimeout(() => void ask(), WAIT_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [client, of, path, text]);
  return useMemo(() => (found === null || text === null ? null : stillFitting(found, text)), [found, text]);
}

/**
 * What of an answer fits what stands there by now, as the server would say (P75); `null` where nothing does, but another
 * file may.
 */
export function stillFitting({ text: asked, files, more }: Found, text: string): readonly string[] | null {
  if (text === asked) return files;
  const fitting = files.filter((path) => holdsInOrder(path, text));
  return fitting.length > 0 || (!more && text.startsWith(asked)) ? fitting : null;
}
