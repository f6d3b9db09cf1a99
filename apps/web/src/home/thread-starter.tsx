import { SkeinError } from "@skein/client";
import { useClient } from "@skein/client/react";
import { useEffect, useEffectEvent } from "react";
import { navigate, threadPath } from "../app/router.tsx";
import { store, stored } from "../lib/device-storage.ts";
import { changeSetting } from "../thread/lib/change-setting.ts";
import { sendPrompt } from "../thread/prompt/send-prompt.ts";
import { useDraft } from "../thread/prompt/use-draft.ts";
import { say, sayFailed } from "../ui/toasts.tsx";
import { NEW_CHOICE, NO_DIRECTORY, useNewThread } from "./new-choice.ts";
import { NEW, NEW_DRAFT } from "./new-draft.ts";
import { DIRECTORIES, LAST_AGENT, withDirectory } from "./remembered.ts";
import { begin, end, isUnderWay } from "./start.ts";

/** Starts the thread that is wanted, once it can be, whatever page is shown. Draws nothing. */
export default function ThreadStarter({ board }: { board: string }) {
  const client = useClient();
  const { agent, offers, settings, directory } = useNewThread(board);
  const draft = useDraft(NEW_DRAFT, offers?.accepts);

  const start = useEffectEvent(async (): Promise<void> => {
    if (agent === null) return;
    // It was written on while it waited, and may not be sent any more.
    if (draft.blocked) return end(null);
    if (directory.trim() === "") return end(new SkeinError("invalid", NO_DIRECTORY, { path: "cwd" }));
    const begun = begin();
    if (begun === null) return;
    try {
      const { path, exists } = await client.query("directories.list", { prefix: directory.trim() });
      if (!exists) throw new SkeinError("not_found", `There is no directory ${path} on the server.`, { path: "cwd" });
      const { thread } = await client.command("thread.create", { board, agent, cwd: path });
      if (!isUnderWay(begun)) return;
      store(DIRECTORIES, withDirectory(stored(DIRECTORIES), path));
      store(LAST_AGENT, agent);
      store(NEW_CHOICE, null);
      // The outbox keeps a thread's commands in order: the settings are in force before the prompt runs.
      for (const setting of settings) {
        if (setting.chosen !== setting.value) changeSetting(client, thread, offers ?? {}, setting, setting.chosen);
      }
      // As it stands now, not as it stood when the server was asked: what was added meanwhile is not to be lost.
      const { text, attached } = stored(NEW_DRAFT);
      const failed = "The prompt was not taken. It is kept in the form for a new thread.";
      if (text.trim() !== "" || attached.length > 0) sendPrompt(client, thread, path, { from: NEW, failed });
      store(NEW_DRAFT, null);
      end(null);
      const open = (replace: boolean): void => navigate(threadPath(thread), { focus: "prompt", replace });
      // Who has gone elsewhere meanwhile is not called back. The thread takes the form's place: back leads to before it.
      if (location.href === begun.from) open(true);
      else say("The thread was started.", { label: "Open", run: () => open(false) });
    } catch (cause) {
      if (!isUnderWay(begun)) return;
      end(cause instanceof SkeinError ? cause : new SkeinError("internal", String(cause), { cause }));
      if (location.href !== begun.from) sayFailed("The thread was not started.", cause);
    }
  });
  // Who was quicker than the server, which has not said yet what agents there are, or than their files, is not asked to
  // press Enter again.
  const ready = agent !== null && draft.uploads.length === 0;
  useEffect(() => {
    if (ready) void start();
  }, [ready]);
  return null;
}
