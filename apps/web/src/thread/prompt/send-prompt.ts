import { threadTopic, type SkeinClient, type ThreadEntity } from "@skein/client";
import { navigate, threadPath } from "../../app/router.tsx";
import { store, stored } from "../../lib/device-storage.ts";
import { putUnderWay } from "../../lib/under-way.ts";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { isNoRefusal } from "../lib/give.ts";
import { draftOf, putBack } from "./drafts.ts";
import { rememberSent } from "./sent.ts";
import { blocksOf } from "./use-draft.ts";

type Sending = {
  when?: "queue" | "now";
  /** Whose draft it is, where not the thread's own. */
  from?: string;
  /** What is said where it is refused. */
  failed?: string;
};

/** Gives a thread a draft as a prompt; what is refused comes back to the draft. */
export function sendPrompt(
  client: SkeinClient,
  thread: string,
  cwd: string,
  { when = "queue", from = thread, failed = "The prompt was not taken." }: Sending = {},
): void {
  const { text, attached } = stored(draftOf(from));
  const blocks = blocksOf({ text, attached }, cwd);
  rememberSent(thread, text);
  store(draftOf(from), null);
  client
    .command("thread.prompt", { thread, text, when, ...(blocks.length > 0 ? { blocks } : {}) })
    .catch((error: unknown) => {
      // Whoever took it back has it in the box again.
      if (isNoRefusal(error)) return;
      putBack(from, { text, attached });
      sayFailed(failed, error);
    });
}

/**
 * Gives a thread that was left before it was loaded the prompt that Enter was pressed on there, once the thread is known.
 * Where it can't be given, it stays the thread's draft, and that is said.
 */
export async function sendOnceLoaded(client: SkeinClient, thread: string): Promise<void> {
  const { text } = stored(draftOf(thread));
  if (text.trim() === "") return;
  const open = { label: "Open", run: () => navigate(threadPath(thread)) };
  const watch = client.watch(threadTopic(thread));
  let wanted = true;
  const ended = putUnderWay(() => void (wanted = false));
  try {
    await watch.ready();
    const { cwd, status } = watch.replica.get("thread", thread) as ThreadEntity;
    // Who came back meanwhile, and has changed it, sends it by themselves.
    if (!wanted || stored(draftOf(thread)).text !== text) return;
    if (status === "archived") return say("A prompt was not sent: its thread is archived.", open);
    sendPrompt(client, thread, cwd);
    say("The prompt was sent.", open);
  } catch (error) {
    if (wanted) sayFailed("The prompt was not sent. It stands in its thread's prompt box.", error, open);
  } finally {
    ended();
    watch.release();
  }
}
