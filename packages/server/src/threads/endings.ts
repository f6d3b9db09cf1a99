import type { JsonObject, TurnEntity } from "@skein/client/protocol";
import type { DriverEvent } from "../agents/driver.ts";
import type { EndStatus } from "./writer/state.ts";

export type Ended = Extract<DriverEvent, { type: "turn" }>;
export type Exited = Extract<DriverEvent, { type: "exited" }>;

type End = { status: EndStatus; stopReason?: string; usage?: JsonObject; error?: NonNullable<TurnEntity["error"]> };

/** What an agent's answer to a prompt makes of the turn. A turn that a person stopped is cancelled, whatever it says. */
export function endOf(event: Ended, asked: boolean): End {
  if ("error" in event) return asked ? { status: "cancelled" } : { status: "failed", error: event.error };
  const { stopReason, usage } = event;
  const status = asked || stopReason === "cancelled" ? "cancelled" : "done";
  return { status, stopReason, ...(usage === undefined ? {} : { usage }) };
}

/** What is said of a turn whose agent ended. */
export function exitError(event: Exited): NonNullable<TurnEntity["error"]> {
  const { code, signal, stderr } = event;
  const how = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
  return { message: `The agent ended unexpectedly (${how}).`, detail: { code, signal, stderr } };
}
