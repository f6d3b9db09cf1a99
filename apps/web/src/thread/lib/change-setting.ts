import type { SkeinClient, ThreadEntity } from "@skein/client";
import { sayFailed } from "../../ui/toasts.tsx";
import { isBoolean, type Setting } from "./settings.ts";

/** Switches a thread's mode or another of its agent's options. Resolves once it is in force, or was said to have failed. */
export async function changeSetting(
  client: SkeinClient,
  thread: string,
  { config }: Pick<ThreadEntity, "config">,
  setting: Setting,
  value: string,
): Promise<void> {
  try {
    if (setting.by === "mode") {
      await client.command("thread.mode", { thread, mode: value });
    } else {
      const given = isBoolean(config, setting.id) ? value === "true" : value;
      await client.command("thread.config", { thread, option: setting.id, value: given });
    }
  } catch (error) {
    sayFailed(`${setting.name} was not changed.`, error);
  }
}
