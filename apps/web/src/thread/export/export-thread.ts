import type {
  Item,
  MessageEntity,
  PermissionEntity,
  PlanEntity,
  QuestionEntity,
  TerminalEntity,
  ThreadEntity,
  ToolEntity,
  NoticeEntity,
  Watch,
} from "@skein/client";

/** The whole of a thread as text: as JSON, every entity as it stands; as Markdown, what a person reads. */
export async function exportThread(watch: Watch, id: string, format: "md" | "json"): Promise<string> {
  await watch.ready();
  watch.readBack();
  while (watch.replica.hasOlder) await watch.loadOlder();
  const { replica } = watch;
  const thread = replica.get("thread", id) as ThreadEntity | undefined;
  const items = replica.timeline();
  if (format === "json") {
    return JSON.stringify(
      { thread: { id, ...thread }, items: items.map(({ kind, id: item, value }) => ({ kind, id: item, value })) },
      null,
      2,
    );
  }
  const parts = items.flatMap((item) => markdownOf(item) ?? []);
  return `# ${thread?.title ?? id}\n\n${thread?.agent ?? ""} in \`${thread?.cwd ?? ""}\`\n\n${parts.join("\n\n")}\n`;
}

function markdownOf({ kind, value }: Item): string | null {
  switch (kind) {
    case "message":
      return message(value as MessageEntity);
    case "tool":
      return tool(value as ToolEntity);
    case "plan":
      return (value as PlanEntity).entries
        .map(({ content, status }) => `- [${status === "completed" ? "x" : " "}] ${content}`)
        .join("\n");
    case "terminal": {
      const { command, args, output } = value as TerminalEntity;
      return fenced("console", `$ ${[command, ...args].join(" ")}\n${output}`);
    }
    case "permission": {
      const { title, status, answer } = value as PermissionEntity;
      return `> Asked for leave: ${title} (${status}${answer ? `: ${answer}` : ""})`;
    }
    case "question": {
      const { message: asked, status, action } = value as QuestionEntity;
      return `> Asked: ${asked} (${status}${action ? `: ${action}` : ""})`;
    }
    case "notice": {
      const { level, text, count = 1 } = value as NoticeEntity;
      return `> ${level}: ${text}${count > 1 ? ` (${count} times)` : ""}`;
    }
    default:
      return null;
  }
}

function message({ role, text }: MessageEntity): string {
  switch (role) {
    case "user":
      return `## Prompt\n\n${text}`;
    case "assistant":
      return text;
    case "thought":
      return `<details><summary>Thought</summary>\n\n${text}\n\n</details>`;
    default:
      return role satisfies never;
  }
}

function tool({ title, status, content }: ToolEntity): string {
  const parts = content.flatMap((each) => {
    if (each.type === "diff") return [`\`${each.path}\``, fenced("", each.newText)];
    return each.type === "block" && each.block.type === "text" ? [fenced("", each.block.text)] : [];
  });
  return [`**${title}** (${status})`, ...parts].join("\n\n");
}

/** A fence longer than any within the text (CommonMark 0.31, 4.5). */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
