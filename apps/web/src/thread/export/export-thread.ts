import type { Item, MessageEntity, ToolEntity, Watch } from "@skein/client";
import { changeOf, type Change } from "../diff/change.ts";
import { compare } from "../diff/use-diff.ts";
import { textShown } from "../terminal/text-shown.ts";

/** The whole of a thread as text: as JSON, every entity as it stands; as Markdown, what a person reads. */
export async function exportThread(watch: Watch, id: string, format: "md" | "json"): Promise<string> {
  await watch.ready();
  watch.readBack();
  while (watch.replica.hasOlder) await watch.loadOlder();
  const { replica } = watch;
  const thread = replica.get("thread", id);
  const items = replica.timeline();
  if (format === "json") {
    return JSON.stringify(
      { thread: { id, ...thread }, items: items.map(({ kind, id: item, value }) => ({ kind, id: item, value })) },
      null,
      2,
    );
  }
  const parts = (await Promise.all(items.map(markdownOf))).filter((part) => part !== null);
  return `# ${thread?.title ?? id}\n\n${thread?.agent ?? ""} in \`${thread?.cwd ?? ""}\`\n\n${parts.join("\n\n")}\n`;
}

async function markdownOf({ kind, value }: Item): Promise<string | null> {
  switch (kind) {
    case "message":
      return message(value);
    case "tool":
      return tool(value);
    case "plan":
      return value.entries
        .map(({ content, status }) => `- [${status === "completed" ? "x" : " "}] ${content}`)
        .join("\n");
    case "terminal": {
      const { command, args, output } = value;
      return fenced("console", `$ ${[command, ...args].join(" ")}\n${await textShown(output)}`);
    }
    case "permission": {
      const { title, status, answer } = value;
      return `> Asked for leave: ${title} (${status}${answer ? `: ${answer}` : ""})`;
    }
    case "question": {
      const { message: asked, status, action } = value;
      return `> Asked: ${asked} (${status}${action ? `: ${action}` : ""})`;
    }
    case "notice": {
      const { level, text, count = 1 } = value;
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

async function tool({ title, status, content }: ToolEntity): Promise<string> {
  const parts = content.map(async (each): Promise<string[]> => {
    const change = changeOf(each);
    if (change) return [`\`${change.path}\``, await diffText(change)];
    if (each.type !== "block" || each.block.type !== "text") return [];
    return [fenced("", await textShown(each.block.text))];
  });
  return [`**${title}** (${status})`, ...(await Promise.all(parts)).flat()].join("\n\n");
}

const SIGN = { same: " ", added: "+", removed: "-" } as const;

/** The lines that differ; where a text can't be had, how many they are. */
async function diffText(change: Change): Promise<string> {
  const shown = await compare(change).catch(() => null);
  if (shown === null) {
    const counts = change.counts ? `+${change.counts.added} −${change.counts.removed}; ` : "";
    return `> ${counts}the texts could not be loaded.`;
  }
  const lines = shown.diff.hunks.flatMap(({ before, after, lines }) => [
    `@@ -${before} +${after} @@`,
    ...lines.map(({ type, text }) => SIGN[type] + text),
  ]);
  return fenced("diff", lines.join("\n"));
}

/** A fence longer than any within the text (CommonMark 0.31, 4.5). */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
