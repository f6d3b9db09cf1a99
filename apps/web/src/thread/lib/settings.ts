import type { ThreadEntity } from "@skein/client";

/** One thing about an agent that can be switched while it is open: its mode, model, or another of its options. */
export type Setting = {
  readonly id: string;
  readonly name: string;
  /** How it is set: by `thread.mode`, or by `thread.config`. */
  readonly by: "mode" | "config";
  readonly value: string;
  readonly choices: readonly { value: string; name: string; description?: string | undefined }[];
};

/**
 * What a thread's agent lets one switch: its mode, and its config options as ACP describes them, lists and booleans.
 * The mode is left out where a config option says the same.
 */
export function settingsOf({
  mode,
  modes = [],
  config = [],
}: Pick<ThreadEntity, "mode" | "modes" | "config">): Setting[] {
  const options = config.flatMap((option) => readOption(option) ?? []);
  if (modes.length < 2 || config.some((option) => option["category"] === "mode")) return options;
  const choices = modes.map(({ id, name, description }) => ({
    value: id,
    name,
    description: description ?? undefined,
  }));
  return [{ id: "mode", name: "Mode", by: "mode", value: mode ?? "", choices }, ...options];
}

function readOption(option: Record<string, unknown>): Setting | null {
  const { id, name, type, currentValue, options } = option;
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (type === "boolean") {
    const choices = [
      { value: "true", name: "On" },
      { value: "false", name: "Off" },
    ];
    return { id, name, by: "config", value: String(currentValue === true), choices };
  }
  if (!Array.isArray(options)) return null;
  const choices = options.flatMap((entry: unknown) => readChoices(entry));
  return choices.length > 1 ? { id, name, by: "config", value: String(currentValue), choices } : null;
}

function readChoices(entry: unknown): { value: string; name: string; description?: string | undefined }[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { value, name, description, options } = entry as Record<string, unknown>;
  if (Array.isArray(options)) return options.flatMap((inner: unknown) => readChoices(inner));
  if (typeof value !== "string" || typeof name !== "string") return [];
  return [{ value, name, description: typeof description === "string" ? description : undefined }];
}

/** Whether a config option is a boolean, which is sent as such. */
export function isBoolean(config: ThreadEntity["config"], id: string): boolean {
  return config?.find((option) => option["id"] === id)?.["type"] === "boolean";
}
