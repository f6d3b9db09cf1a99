import type { Replica, TerminalEntity, ToolEntity } from "@skein/client";
import { fileEdit } from "@skein/client/protocol";
import { diffOf } from "./diff.ts";
import { wholeOf } from "./kept-json.ts";
import { harmless, oneLine } from "./text.ts";

/** A longer line is cut: a terminal would show nothing else. */
const LINE_UNITS = 2_000;

/**
 * What a permission is about, line by line, for the person who decides: the command and the rest of the tool's input, the
 * files, and what the agent shows of it, such as the change of a file.
 * @param load Gives a blob's text.
 */
export async function subjectOf(
  { title, tool: id }: { title: string; tool?: string | undefined },
  replica: Replica,
  load: (blob: string) => Promise<string>,
): Promise<string[]> {
  const tool = id === undefined ? undefined : (replica.get("tool", id) as Partial<ToolEntity> | undefined);
  if (tool === undefined) return [];
  const content = tool.content ?? [];
  const shown: string[] = [];
  // A change of a file says all that its input does, and in a form that can be read.
  if (!content.some((part) => fileEdit(part) !== undefined)) shown.push(...facts(await wholeOf(tool.input, load)));
  if (tool.title !== undefined && oneLine(tool.title) !== oneLine(title)) shown.unshift(tool.title);
  for (const part of content) {
    const change = await diffOf(part, load);
    if (change !== undefined) shown.push(change);
    else if (part.type === "block") shown.push(blockText(part.block));
    else if (part.type === "terminal") shown.push(commandOf(replica.get("terminal", part.terminal)));
    else if (part.type === "blob") shown.push(await load(part.blob).catch(() => JSON.stringify(part)));
    else shown.push(...facts(part.value));
  }
  const said = [title, ...shown].join("\n");
  const paths = (tool.locations ?? []).map(({ path }) => path).filter((path) => !said.includes(path));
  return [...shown, ...new Set(paths)].flatMap((text) => harmless(text.trimEnd()).split("\n")).map(cut);
}

/** What an agent gave in a shape of its own, in lines: a command as it is, all else by name. */
function facts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) return [commandLine(value)];
  const { command, ...rest } = value as Record<string, unknown>;
  const named = Object.entries(rest)
    .filter(([, member]) => member !== null && member !== "")
    .map(([name, member]) => {
      const text = typeof member === "string" ? member.trimEnd() : JSON.stringify(member);
      return text.includes("\n") ? `${name}:\n${text.replaceAll(/^/gm, "  ")}` : `${name}: ${text}`;
    });
  return [...(command === undefined || command === null ? [] : [commandLine(command)]), ...named];
}

/** A command that is a list of words keeps their bounds: a word with a blank in it is no two. */
function commandLine(value: unknown): string {
  if (typeof value === "string") return value;
  const words = Array.isArray(value) ? value : [];
  if (words.length === 0 || words.some((word) => typeof word !== "string")) return JSON.stringify(value);
  return words
    .map((word: string) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

function blockText(block: Readonly<Record<string, unknown>>): string {
  const { type, text, name, uri, mimeType, blob } = block;
  if (typeof text === "string" && text !== "") return text;
  return `[${[type, name, uri, mimeType, blob].filter((fact) => typeof fact === "string").join(" ")}]`;
}

function commandOf(terminal: Readonly<Record<string, unknown>> | undefined): string {
  if (terminal === undefined) return "";
  const { command, args = [] } = terminal as Partial<TerminalEntity>;
  return `$ ${args.length === 0 ? (command ?? "") : commandLine([command, ...args])}`;
}

const cut = (line: string): string =>
  line.length <= LINE_UNITS
    ? line
    : `${line.slice(0, LINE_UNITS).replace(/[\uD800-\uDBFF]$/, "")}… ${line.length - LINE_UNITS} more characters`;
