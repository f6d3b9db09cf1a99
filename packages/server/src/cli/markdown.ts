import type { ToolContent } from "@skein/client";
import { diffOf } from "./diff.ts";
import type { Exported } from "./exported.ts";
import { wholeOf } from "./kept-json.ts";
import { outputText } from "./output-text.ts";

type Item = Exported["items"][number];
/** Gives a blob's text. */
type Load = (blob: string) => Promise<string>;

/** A thread to be read by people: prompts and answers as they are, everything else in short. */
export async function toMarkdown({ thread, items }: Exported, load: Load): Promise<string> {
  const facts = [thread["agent"], thread["cwd"], thread["status"]].filter((fact) => typeof fact === "string");
  const head = `# ${text(thread["title"]) || thread.id}\n\n${facts.join(" · ")}\n`;
  const parts: string[] = [];
  // One after the other: what is read for one is let go before the next.
  for (const item of inOrderOfReading(items)) parts.push(item.kind === "tool" ? await tool(item, load) : part(item));
  return [head, ...parts.filter((part) => part !== "")].join("\n");
}

/** A turn's place is where it began, but what is said of it is how it ended: that goes below all that came of it. */
function inOrderOfReading(items: readonly Item[]): Item[] {
  const ends = new Map(items.map((item, index) => [item.kind === "turn" ? item.id : item["turn"], index]));
  const turns = Map.groupBy(
    items.filter(({ kind }) => kind === "turn"),
    ({ id }) => ends.get(id),
  );
  return items.flatMap((item, index) => [...(item.kind === "turn" ? [] : [item]), ...(turns.get(index) ?? [])]);
}

function part(item: Item): string {
  switch (item.kind) {
    case "message":
      return message(item);
    case "plan":
      return plan(item);
    case "permission":
      return `*Permission: ${text(item["title"])}: ${text(item["answer"]) || text(item["status"])}*\n`;
    case "question":
      return `*Question: ${text(item["message"])}: ${text(item["action"]) || text(item["status"])}*\n`;
    case "terminal":
      return fenced([text(item["command"]), ...list(item["args"]).map(text)].join(" "), text(item["output"]));
    case "notice": {
      const often = typeof item["count"] === "number" ? ` (${item["count"]} times)` : "";
      return quoted(`${text(item["level"])}: ${text(item["text"])}${often}`);
    }
    case "turn":
      return turn(item);
    default:
      return "";
  }
}

function message(item: Item): string {
  const blocks = (list(item["blocks"]) as { block?: { type?: string; blob?: string; name?: string } }[]).map(
    ({ block }) => `*[${[block?.type, block?.name, block?.blob].filter(Boolean).join(" ")}]*\n`,
  );
  const said = text(item["text"]);
  const body = [said === "" ? "" : `${said.replace(/\n*$/, "")}\n`, ...blocks].filter((part) => part !== "").join("\n");
  if (body === "") return "";
  if (item["role"] === "user") return `## Prompt\n\n${body}`;
  return item["role"] === "thought" ? quoted(body) : body;
}

async function tool(item: Item, load: Load): Promise<string> {
  const parts = [`**${text(item["toolKind"])}** ${text(item["title"])}: ${text(item["status"])}\n`];
  for (const content of list(item["content"]) as ToolContent[]) {
    const diff = await diffOf(content, load);
    if (diff !== undefined) parts.push(fenced("", diff, "diff"));
    else if (content.type === "block" && "text" in content.block) parts.push(fenced("", text(content.block.text)));
  }
  if (list(item["content"]).length === 0) {
    const output = outputText(await wholeOf(item["output"], load));
    if (output.trim() !== "") parts.push(fenced("", output));
  }
  return parts.filter((part) => part !== "").join("\n");
}

function plan(item: Item): string {
  const entries = list(item["entries"]) as { content: string; status: string }[];
  return entries.map(({ content, status }) => `- [${status === "completed" ? "x" : " "}] ${content}\n`).join("");
}

function turn(item: Item): string {
  if (item["status"] === "failed") return quoted(`failed: ${text((item["error"] as { message?: string })?.message)}`);
  return item["status"] === "cancelled" || item["status"] === "interrupted" ? quoted(item["status"]) : "";
}

/** A code block whose fence is longer than any in it (CommonMark 0.31, section 4.5). */
function fenced(title: string, body: string, language = ""): string {
  const longest = Math.max(2, ...Array.from(body.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${title === "" ? "" : `\`${title}\`\n\n`}${fence}${language}\n${body.replace(/\n$/, "")}\n${fence}\n`;
}

const quoted = (body: string): string => `${body.trim().replaceAll(/^/gm, "> ")}\n`;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
