import type { SessionUpdate } from "../driver.ts";

/** Updates that tell how things are now, not what was said: they are as true during a replay as after it. */
const STATE = new Set([
  "available_commands_update",
  "current_mode_update",
  "config_option_update",
  "session_info_update",
  "usage_update",
  "notice",
]);

/**
 * Tells a conversation's replay from what is new. `session/load` replays the conversation and then answers, but some
 * agents answer before they are through; as no agent speaks anew before the first prompt, all that comes until then is old.
 */
export class Replay {
  running = false;
  /** Updates of the replay seen so far. */
  seen = 0;

  start(): void {
    this.running = true;
  }

  /** At the first prompt, or when a new conversation was opened after all. */
  end(): void {
    this.running = false;
  }

  /** Whether a line is part of the replay: it was kept when the agent said it first, and is not kept again. */
  repeats(line: string): boolean {
    if (!this.running || !line.includes("session/update")) return false;
    try {
      const { method, params } = JSON.parse(line) as { method?: unknown; params?: { update?: SessionUpdate } };
      return method === "session/update" && !STATE.has(String(params?.update?.sessionUpdate));
    } catch {
      // What is no JSON is no update, and whoever takes the line says so.
      return false;
    }
  }

  /** Whether an update is part of the replay, and so not to be shown. */
  includes(update: SessionUpdate): boolean {
    if (!this.running || STATE.has(update.sessionUpdate)) return false;
    this.seen++;
    return true;
  }
}
