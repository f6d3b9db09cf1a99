import { threadTopic, type ThreadEntity } from "@skein/client";
import { useClient } from "@skein/client/react";
import { Ellipsis } from "lucide-react";
import { ActionItems } from "../../app/action-items.tsx";
import { useActions, type Action } from "../../app/actions.tsx";
import { navigate, threadPath } from "../../app/router.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Menu, MenuSeparator } from "../../ui/menu.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { give } from "../lib/give.ts";
import { copyText } from "../../lib/copy-text.ts";
import { useResume } from "../lib/use-resume.ts";
import { download, fileName } from "../export/download.ts";

/** What is done with a thread as a whole, now and then. */
export function ThreadMenu({ id, thread, onRename }: { id: string; thread: ThreadEntity; onRename: () => void }) {
  const client = useClient();
  const archived = thread.status === "archived";

  const { resume } = useResume(id);

  const archive = async (away: boolean): Promise<void> => {
    const isAtWork = thread.status === "running" || thread.status === "waiting";
    const failed = away ? "The thread was not archived." : "The thread was not taken out of the archive.";
    const given = give(client, "thread.archive", { thread: id, archived: away }, failed);
    if (away) navigate("/");
    if ((await given) === null) return;
    if (!away) say("The thread is back.");
    else {
      const said = isAtWork ? "The thread was archived, and its agent was stopped." : "The thread was archived.";
      say(said, { run: () => void archive(false) });
    }
  };
  const save = async (format: "md" | "json"): Promise<void> => {
    try {
      const { exportThread } = await import("../export/export-thread.ts");
      const watch = client.watch(threadTopic(id));
      if (watch.replica.hasOlder && client.status.state !== "live") {
        say("The export is made once the server is back: not all of the thread is on this device.");
      }
      try {
        const text = await exportThread(watch, id, format);
        download(fileName(thread.title, format), text, format === "md" ? "text/markdown" : "application/json");
      } finally {
        watch.release();
      }
    } catch (error) {
      sayFailed("The thread could not be exported.", error);
    }
  };
  const copyLink = (): void => {
    copyText(new URL(threadPath(id), location.href).href).then(
      () => say("The link was copied."),
      (error: unknown) => sayFailed("The link could not be copied.", error),
    );
  };

  const whole: Action[] = [
    { name: "rename", run: onRename },
    ...(thread.status === "interrupted" ? [{ name: "resume" as const, run: resume }] : []),
    { name: "copyLink", run: copyLink },
  ];
  const away: Action[] = [
    archived
      ? { name: "archive", label: "Take out of the archive", run: () => void archive(false) }
      : { name: "archive", run: () => void archive(true) },
  ];
  const files: Action[] = [
    { name: "exportMarkdown", run: () => void save("md") },
    { name: "exportJson", run: () => void save("json") },
  ];
  useActions([...whole, ...files, ...away]);

  return (
    <Menu
      trigger={
        <IconButton label="More">
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    >
      <ActionItems actions={whole} />
      <MenuSeparator />
      <ActionItems actions={files} />
      <MenuSeparator />
      <ActionItems actions={away} />
    </Menu>
  );
}
