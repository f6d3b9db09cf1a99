import type { AgentOptions } from "./remembered.ts";

/** One thing about an agent that can be chosen before a thread begins: its mode, or one of its config options. */
export type AgentSetting = {
  id: string;
  name: string;
  /** How it is set: by `thread.mode`, or by `thread.config`. */
  by: "mode" | "config";
  choices: { value: string; name: string; description?: string | undefined }[];
};

/**
 * The settings of an agent as this device has seen them. Config options as ACP describes them
 * (https://agentclientprotocol.com/protocol/session-config-options): a flat list of values, or groups of them. Modes are
 * left out where a config option of the category "mode" says the same.
 */
export function settingsOf({ modes = [], config = [] }: AgentOptions): AgentSetting[] {
  const options = config.flatMap((option) => readOption(option) ?? []);
  const hasMode = config.some((option) => option["category"] === "mode");
  if (modes.length < 2 || hasMode) return options;
  const choices = modes.map(({ id, name, description }) => ({
    value: id,
    name,
    description: description ?? undefined,
  }));
  return [{ id: "mode", name: "Mode", by: "mode", choices }, ...options];
}

function readOption(option: Record<string, unknown>): AgentSetting | null {
  const { id, name, type, options } = option;
  if (typeof id !== "string" || typeof name !== "string" || type !== "select" || !Array.isArray(options)) return null;
  const choices = options.flatMap((entry: unknown) => readChoices(entry));
  return choices.length > 1 ? { id, name, by: "config", choices } : null;
}

function readChoices(entry: unknown): AgentSetting["choices"] {
  if (typeof entry !== "object" || entry === null) return [];
  const { value, name, description, options } = entry as Record<string, unknown>;
  if (Array.isArray(options)) return options.flatMap((inner: unknown) => readChoices(inner));
  if (typeof value !== "string" || typeof name !== "string") return [];
  return [{ value, name, description: typeof description === "string" ? description : undefined }];
}
