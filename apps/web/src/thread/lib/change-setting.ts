import type { GivenCommand, SkeinClient, ThreadEntity } from "@skein/client";
import { give } from "./give.ts";
import { isBoolean, type Setting } from "./settings.ts";

/** Switches a thread's mode or another of its agent's options. What is chosen already is not given again. */
export function changeSetting(
  client: SkeinClient,
  thread: string,
  { config }: Pick<ThreadEntity, "config">,
  setting: Setting,
  value: string,
): void {
  if (value === setting.value) return;
  const failed = `${setting.name} was not changed.`;
  if (setting.by === "mode") {
    void give(client, "thread.mode", { thread, mode: value }, failed);
  } else {
    const given = isBoolean(config, setting.id) ? value === "true" : value;
    void give(client, "thread.config", { thread, option: setting.id, value: given }, failed);
  }
}

/** The command by which a setting shows as it does, while that is on its way. */
export const givenBy = (setting: Setting, given: readonly GivenCommand[]): GivenCommand | undefined =>
  given.findLast(({ method, params }) =>
    setting.by === "mode" ? method === "thread.mode" : method === "thread.config" && params["option"] === setting.id,
  );
