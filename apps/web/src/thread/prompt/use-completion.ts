import { SkeinError, type ThreadEntity } from "@skein/client";
import { useClient } from "@skein/client/react";
import { useEffect, useState } from "react";
import type { Trigger } from "./trigger.ts";

export type Suggestion = {
  /** What takes the place of what was typed. */
  readonly insert: string;
  readonly name: string;
  readonly note: string | undefined;
};

const WAIT_MS = 120;
const MAX_COMMANDS = 50;

/** What could be meant: the agent's commands, or the files below the thread's directory. */
export function useCompletion(
  thread: string,
  trigger: Trigger | null,
  commands: NonNullable<ThreadEntity["commands"]>,
): readonly Suggestion[] {
  const files = useFiles(thread, trigger?.kind === "file" ? trigger.text : null);
  if (trigger === null) return [];
  if (trigger.kind === "file") {
    return files.map((path) => ({ insert: `@${path} `, name: path, note: undefined }));
  }
  const typed = trigger.text.toLowerCase();
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(typed));
  const holds = commands.filter(
    ({ name }) => !begins.some((each) => each.name === name) && name.toLowerCase().includes(typed),
  );
  return [...begins, ...holds].slice(0, MAX_COMMANDS).map(({ name, description, hint }) => ({
    insert: `/${name} `,
    name: `/${name}${hint ? ` ${hint}` : ""}`,
    note: description,
  }));
}

function useFiles(thread: string, text: string | null): readonly string[] {
  const client = useClient();
  const [files, setFiles] = useState<readonly string[]>([]);
  useEffect(() => {
    if (text === null) {
      setFiles([]);
      return;
    }
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const found = await client.query("files.find", { thread, text }, { signal: asking.signal });
        if (!asking.signal.aborted) setFiles(found.files);
      } catch (error) {
        // Without suggestions a path can still be typed.
        if (!asking.signal.aborted && error instanceof SkeinError) setFiles([]);
      }
    };
    const timer = setTimeout(() => void ask(), WAIT_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [client, thread, text]);
  return files;
}
