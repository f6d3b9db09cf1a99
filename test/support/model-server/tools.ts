import type { Call } from "./scripts.ts";

/** The tools an agent offers the model: the names of each one's parameters, by its name. */
export type Offered = ReadonlyMap<string, ReadonlySet<string>>;
type PlanCall = Extract<Call, { does: "plan" }>;
export type ToolUse = { name: string; args: Record<string, unknown> };

const NAMES: Record<Call["does"], readonly string[]> = {
  write: ["Write", "write_file"],
  edit: ["Edit", "replace"],
  read: ["Read", "read_file"],
  bash: ["Bash", "run_shell_command"],
  plan: ["TodoWrite", "write_todos"],
};

/**
 * A call as the agent at hand spells it, which may take several uses. What it has no tool for is done in a shell.
 * @throws Error when it does not even have a shell.
 */
export function asOffered(call: Call, offered: Offered): readonly ToolUse[] {
  const name = NAMES[call.does].find((candidate) => offered.has(candidate));
  if (name !== undefined) return [{ name, args: argsOf(call, name, offered.get(name) ?? new Set()) }];
  if (call.does === "plan" && offered.has("TaskCreate")) return tasksOf(call);
  if (call.does === "plan") return asOffered({ does: "bash", command: "echo no tool for plans" }, offered);
  throw new Error(`The agent offers no tool to ${call.does}; it offers ${[...offered.keys()].join(", ")}.`);
}

/** A plan a task at a time, as newer Claude Code has it: made first, numbered from 1, and then brought on. */
function tasksOf({ steps, done }: PlanCall): readonly ToolUse[] {
  return steps.map((text, at) =>
    done === 0
      ? { name: "TaskCreate", args: { subject: text, description: text } }
      : { name: "TaskUpdate", args: { taskId: `${at + 1}`, status: statusOf(at, done) } },
  );
}

function statusOf(at: number, done: number): string {
  if (at < done) return "completed";
  return at === done ? "in_progress" : "pending";
}

function argsOf(call: Call, tool: string, parameters: ReadonlySet<string>): Record<string, unknown> {
  const known = (...names: string[]): string => names.find((name) => parameters.has(name)) ?? names[0] ?? "";
  switch (call.does) {
    case "write":
      return { [known("file_path", "absolute_path")]: call.path, content: call.content };
    case "read":
      return { [known("file_path", "absolute_path")]: call.path };
    case "edit":
      return {
        [known("file_path", "absolute_path")]: call.path,
        old_string: call.before,
        new_string: call.after,
        ...(parameters.has("instruction") ? { instruction: "Make it upper case." } : {}),
      };
    case "bash":
      return { command: call.command, ...(parameters.has("description") ? { description: "Run a command" } : {}) };
    case "plan": {
      const todos = call.steps.map((text, at) =>
        tool === "TodoWrite"
          ? { content: text, activeForm: text, status: statusOf(at, call.done) }
          : { description: text, status: statusOf(at, call.done) },
      );
      return { todos };
    }
    default:
      return call satisfies never;
  }
}
