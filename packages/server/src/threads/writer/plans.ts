import { isDeepStrictEqual } from "node:util";
import type { PlanEntity } from "@skein/client/protocol";
import { BOUNDS, cut } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { closeMessage } from "./messages.ts";
import { list, object, some, text, word } from "./read.ts";
import { unknownOfPart } from "./unknown.ts";

type Entries = PlanEntity["entries"];

/** The whole plan, as ACP's `plan` gives it: one item a turn, replaced in place. */
export function writePlan(draft: Draft, entries: unknown, planId = ""): void {
  replace(draft, planId, (list(entries) ?? []).slice(0, BOUNDS.planEntries).map(entry));
}

/** ACP's unstable `plan_update`: a plan by id, as entries, as Markdown, or as a file's URI. */
export function writePlanUpdate(draft: Draft, value: unknown): void {
  const plan = object(value);
  const planId = text(plan?.["planId"]) ?? "";
  const whole = text(plan?.["content"]) ?? text(plan?.["uri"]);
  if (whole === undefined) writePlan(draft, plan?.["entries"], planId);
  else replace(draft, planId, [{ content: cut(whole, BOUNDS.planText), status: "pending" }]);
}

/** ACP's unstable `plan_removed`: what stood there is empty from then on. */
export function removePlan(draft: Draft, planId: string): void {
  if (draft.state.plans.has(planId)) replace(draft, planId, []);
}

function replace(draft: Draft, planId: string, entries: Entries): void {
  closeMessage(draft);
  const known = draft.state.plans.get(planId);
  const id = known?.id ?? put(draft, entries);
  if (known) {
    if (isDeepStrictEqual(known.entries, entries)) return;
    draft.patch("plan", id, { entries });
  }
  const plans = new Map(draft.state.plans);
  plans.set(planId, { id, turn: draft.state.turn, entries });
  draft.set({ plans });
  const done = entries.filter((each) => each.status === "completed").length;
  draft.card({ plan: { done, of: entries.length } });
}

function put(draft: Draft, entries: Entries): string {
  const { pos, at } = draft.item();
  const value: PlanEntity = { ...at, entries };
  draft.put("plan", `p${pos}`, value);
  return `p${pos}`;
}

const ENTRY: readonly string[] = ["content", "status", "priority"];

function entry(value: unknown): Entries[number] {
  const read = object(value) ?? {};
  return {
    content: cut(text(read["content"]) ?? text(value) ?? "", BOUNDS.planText),
    status: word(read["status"]) ?? "pending",
    ...some("priority", word(read["priority"])),
    ...unknownOfPart(read, ENTRY),
  };
}
