import type { AgentOffers, JsonObject, ThreadEntity } from "@skein/client/protocol";
import type { Opened } from "../../agents/driver.ts";
import { BOUNDS, cut } from "./bounds.ts";
import { settingsOpened, settingsTold } from "./choices.ts";
import type { Draft } from "./draft.ts";
import { amount, list, object, some, text, word } from "./read.ts";

/** What an agent tells of the conversation as a whole: it stands in the thread entity and is no item of the timeline. */

/** ACP's `available_commands_update`. One of 563 KB was seen: it is cut to what a menu can show. */
export function writeCommands(draft: Draft, value: unknown): void {
  const commands = (list(value) ?? []).flatMap((each) => {
    const command = object(each);
    const name = text(command?.["name"]);
    if (name === undefined || name === "") return [];
    return [
      {
        name: cut(name, BOUNDS.commandText),
        ...some("description", short(command?.["description"])),
        ...some("hint", short(object(command?.["input"])?.["hint"])),
      },
    ];
  });
  draft.thread({ commands: commands.slice(0, BOUNDS.commands) });
}

export function writeMode(draft: Draft, value: unknown): void {
  const mode = word(value);
  if (mode !== undefined) settingsTold(draft, { mode });
}

/** ACP's config options: always the full list. */
export function writeConfig(draft: Draft, value: unknown): void {
  const options = list(value);
  if (!options) return;
  settingsTold(draft, { config: boundedConfig(options.map(object).filter((option) => option !== undefined)) });
}

/** ACP's `session_info_update`: a title, unless a person named the thread; what carries only `_meta` changes nothing. */
export function writeInfo(draft: Draft, update: JsonObject): void {
  const title = cut((text(update["title"]) ?? "").trim(), BOUNDS.title);
  if (title !== "" && draft.state.thread.titledBy !== "person") draft.thread({ title, titledBy: "agent" });
}

/** ACP's `usage_update`. Only what differs is written: an agent was seen to repeat it 72 times in a turn. */
export function writeUsage(draft: Draft, update: JsonObject): void {
  const cost = object(update["cost"]);
  const spent = amount(cost?.["amount"]);
  draft.thread({
    usage: {
      ...draft.state.thread.usage,
      ...some("used", amount(update["used"])),
      ...some("size", amount(update["size"])),
      ...some("cost", spent === undefined ? undefined : { amount: spent, currency: word(cost?.["currency"]) ?? "USD" }),
    },
  });
}

/** What was learned when the conversation was opened. */
export function writeOpened(draft: Draft, session: string, opened: Opened): void {
  const { accepts, modes, config } = offersOf(opened);
  draft.thread({ session, ...some("accepts", accepts), ...some("modes", modes) });
  settingsOpened(draft, opened, config);
}

/** What an agent offers in a conversation, cut to what is kept of it. */
export function offersOf({ accepts, mode, modes, config }: Opened): AgentOffers {
  const shown = modes?.slice(0, BOUNDS.options).map(({ id, name, description }) => ({
    id,
    name: cut(name, BOUNDS.title),
    description: cut(description ?? "", BOUNDS.commandText),
  }));
  return {
    accepts,
    ...some("mode", mode),
    ...some("modes", shown),
    ...some("config", config && boundedConfig(config)),
  };
}

function short(value: unknown): string | undefined {
  const read = text(value);
  return read === undefined || read === "" ? undefined : cut(read, BOUNDS.commandText);
}

/** The options that fit; it stands in every snapshot of the thread. */
function boundedConfig(options: JsonObject[]): NonNullable<ThreadEntity["config"]> {
  const config: JsonObject[] = [];
  let room: number = BOUNDS.config;
  for (const option of options) {
    room -= JSON.stringify(option).length;
    if (room < 0) break;
    config.push(option);
  }
  return config;
}
