import type { NoticeEntity, PermissionEntity, PlanEntity, QuestionEntity, ToolEntity, TurnEntity } from "@skein/client";
import { outputText } from "./output-text.ts";
import { oneLine } from "./text.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * One line about an entity of a thread, or `null` where there is nothing to say (yet). Answers are no lines; they are
 * printed as they grow. Members are taken as they come: what a newer server sends must not end a listing.
 */
export function describe(kind: string, value: Value): string | null {
  switch (kind) {
    case "message":
      return message(value);
    case "tool":
      return tool(value);
    case "plan":
      return plan(value);
    case "permission":
      return permission(value);
    case "question":
      return question(value);
    case "terminal":
      return terminal(value);
    case "notice":
      return notice(value);
    case "turn":
      return turn(value);
    default:
      return null;
  }
}

function message(value: Value): string | null {
  const text = oneLine(textOf(value["text"]), 200);
  if (value["role"] === "user") return `[prompt] ${text}`;
  return value["role"] === "thought" && value["status"] !== "streaming" && text !== "" ? `[thought] ${text}` : null;
}

function tool({ title, kind, status, locations, unknown, content, output }: Partial<ToolEntity>): string {
  const path = locations?.[0]?.path;
  const where = path !== undefined && !title?.includes(path.split("/").at(-1) ?? path) ? ` (${oneLine(path)})` : "";
  // A status that only the agent knows is the newest there is.
  const state = textOf(unknown?.["status"]) || (status ?? "");
  // What came as raw output alone is told nowhere else.
  const said =
    (status === "completed" || status === "failed") && !content?.length ? oneLine(outputText(output), 160) : "";
  const end = `${oneLine(state.replaceAll("_", " "), 40)}${said === "" ? "" : `: ${said}`}`;
  return `[${oneLine(kind ?? "tool", 20)}] ${oneLine(title ?? "")}${where}: ${end}`;
}

function plan({ entries = [] }: Partial<PlanEntity>): string {
  const done = entries.filter(({ status }) => status === "completed").length;
  const current =
    entries.find(({ status }) => status === "in_progress") ?? entries.find(({ status }) => status === "pending");
  return `[plan] ${done}/${entries.length} done${current ? `, now: ${oneLine(current.content)}` : ""}`;
}

function permission({ title, status, answer, by, options }: Partial<PermissionEntity>): string {
  const chosen = options?.find(({ optionId }) => optionId === answer)?.name ?? answer;
  const end = status === "answered" ? `${oneLine(chosen ?? "")}${by ? ` (by ${by})` : ""}` : status;
  return `[permission] ${oneLine(title ?? "")}: ${end ?? ""}`;
}

function question({ message, status, action, by }: Partial<QuestionEntity>): string {
  const end = status === "answered" ? `${action ?? "answered"}${by ? ` (by ${by})` : ""}` : status;
  return `[question] ${oneLine(message ?? "")}: ${end ?? ""}`;
}

function terminal(value: Value): string | null {
  const exit = value["exit"] as { code?: number | null; signal?: string | null } | undefined;
  if (value["status"] === "running") return null;
  const args = Array.isArray(value["args"]) ? value["args"].map(String) : [];
  const command = oneLine([textOf(value["command"]), ...args].join(" "));
  const end = exit
    ? exit.signal
      ? `ended by ${exit.signal}`
      : `exit code ${exit.code ?? "unknown"}`
    : String(value["status"]);
  return `[terminal] ${command}: ${end}`;
}

function notice({ level, text, count = 1, detail }: Partial<NoticeEntity>): string {
  const said = oneLine(text ?? "", 300);
  const often = count > 1 ? ` (${count} times)` : "";
  const about = startOf(detail);
  const end = about === "" ? "." : `: ${about}`;
  return `[${level ?? "notice"}] ${often + about === "" ? said : said.replace(/\.$/, "") + often + end}`;
}

/** The start of what something is about; of a program that ended, the last it said on stderr. */
function startOf(detail: unknown): string {
  if (detail === undefined || detail === null) return "";
  if (typeof detail === "string") return oneLine(detail, 160);
  return lastWords(detail) ?? oneLine(JSON.stringify(detail), 160);
}

/** What a program said on stderr of why it ended, where that is told. */
function lastWords(detail: unknown): string | undefined {
  const stderr = (detail as { stderr?: unknown } | null | undefined)?.stderr;
  if (typeof stderr !== "string") return undefined;
  // The words of a stack trace, or of an object that is printed, say less than the error above them, or nothing.
  const lines = stderr.split("\n").filter((line) => /[\p{L}\p{N}]{2}/u.test(line) && !/^\s*at\s/.test(line));
  const named = lines.findLast((line) => /^\W*(?:\w*Error|error|fatal|panic|exception)\b/i.test(line));
  return oneLine(named ?? lines.at(-1) ?? "", 160);
}

function turn({ status, stopReason, error }: Partial<TurnEntity>): string | null {
  switch (status) {
    case "failed":
      return `[turn] failed: ${error ? reason(error) : "for no reason given"}`;
    case "cancelled":
    case "interrupted":
      return `[turn] ${status}${error ? `: ${reason(error)}` : ""}`;
    case "done":
      return stopReason === undefined || stopReason === "end_turn" ? null : `[turn] ended: ${oneLine(stopReason)}`;
    default:
      return null;
  }
}

/** Why a turn ended, with the last its agent said if it died of it. */
function reason({ message, detail }: NonNullable<TurnEntity["error"]>): string {
  const said = oneLine(message, 1_000);
  const words = lastWords(detail) ?? "";
  return words === "" || said.includes(words) ? said : `${said.replace(/\.$/, "")}: ${words}`;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
