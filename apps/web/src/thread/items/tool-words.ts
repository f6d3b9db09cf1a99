import type { ToolEntity } from "@skein/client";
import { changesOf } from "../diff/change.ts";

/** What a tool call's row says, besides its state. */
export type ToolWords = {
  title: string;
  /** The path or command it is about, unless the title says it already. */
  detail: string | null;
  /** Whether the title is itself a command or path. */
  mono: boolean;
};

/** Paths below the thread's directory are said from there. */
export function toolWords(tool: ToolEntity, cwd: string): ToolWords {
  const plain = stripTicks(oneLine(tool.title));
  const title = shorten(plain || tool.name || "Tool", cwd);
  const detail = detailOf(tool, cwd);
  const said = detail === null || title.includes(detail) || (title.length > 8 && detail.includes(title));
  return {
    title,
    detail: said ? null : detail,
    mono: plain !== tool.title.trim() || title === oneLine(commandOf(tool) ?? ""),
  };
}

function detailOf(tool: ToolEntity, cwd: string): string | null {
  const command = commandOf(tool);
  if (command !== null) return oneLine(command);
  const [location] = tool.locations;
  const path = location?.path ?? changesOf(tool)[0]?.path;
  if (path === undefined) return null;
  const line = typeof location?.line === "number" ? `:${location.line}` : "";
  return `${relativePath(path, cwd)}${line}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** The command that a tool is to run, as its arguments have it; `null` when it is no such tool. */
export function commandOf({ input }: ToolEntity): string | null {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
  const { command } = input;
  if (typeof command === "string") return command.trim();
  if (Array.isArray(command)) return command.filter((part) => typeof part === "string").join(" ");
  return null;
}

/** A title that is wholly in backticks is code. */
const stripTicks = (title: string): string => /^`([^`]+)`$/.exec(title)?.[1] ?? title;

const shorten = (title: string, cwd: string): string => title.replaceAll(`${cwd}/`, "");

/** A path as it is said within a directory. */
export function relativePath(path: string, cwd: string): string {
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** Whether there is anything to see in a tool call beyond its row. */
export const hasBody = ({ input, output, content, unknown }: ToolEntity): boolean =>
  content.length > 0 || isSomething(input) || isSomething(output) || isSomething(unknown);

/** Whether a value says anything: not `null`, nor empty. */
export const isSomething = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== "" &&
  !(typeof value === "object" && Object.keys(value).length === 0);
