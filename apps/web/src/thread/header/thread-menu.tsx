import { threadTopic, type ThreadEntity } from "@skein/client";
import { useClient } from "@skein/client/react";
import { Archive, ArchiveRestore, Ellipsis, FileDown, FileJson, Link2, Pencil, RotateCw } from "lucide-react";
import { navigate, threadPath } from "../../app/router.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../../ui/menu.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { copyText } from "../../lib/copy-text.ts";
import { download, fileName } from "../export/download.ts";

/** What is done with a thread as a whole, now and then. */
export function ThreadMenu({ id, thread, onRename }: { id: string; thread: ThreadEntity; onRename: () => void }) {
  const client = useClient();
  const archived = thread.status === "archived";

  const archive = (away: boolean): void => {
    client.command("thread.archive", { thread: id, archived: away }).then(
      () => {
        if (!away) say("The thread is back.");
        else say("The thread was archived.", { run: () => archive(false) });
      },
      (error: unknown) => sayFailed("The thread was not archived.", error),
    );
    if (away) navigate("/");
  };
  const resume = (): void => {
    client
      .command("thread.resume", { thread: id })
      .catch((error: unknown) => sayFailed("The thread was not resumed.", error));
  };
  const save = async (format: "md" | "json"): Promise<void> => {
    try {
      const { exportThread } = await import("../export/export-thread.ts");
      const watch = client.watch(threadTopic(id));
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

  return (
    <Menu
      trigger={
        <IconButton label="More">
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<Pencil size={16} aria-hidden />} onSelect={onRename}>
        Rename
      </MenuItem>
      {thread.status === "interrupted" && (
        <MenuItem icon={<RotateCw size={16} aria-hidden />} onSelect={resume}>
          Resume
        </MenuItem>
      )}
      <MenuItem icon={<Link2 size={16} aria-hidden />} onSelect={copyLink}>
        Copy link
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<FileDown size={16} aria-hidden />} onSelect={() => void save("md")}>
        Export as Markdown
      </MenuItem>
      <MenuItem icon={<FileJson size={16} aria-hidden />} onSelect={() => void save("json")}>
        Export as JSON
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={archived ? <ArchiveRestore size={16} aria-hidden /> : <Archive size={16} aria-hidden />}
        onSelect={() => archive(!archived)}
      >
        {archived ? "Take out of the archive" : "Archive"}
      </MenuItem>
    </Menu>
  );
}
