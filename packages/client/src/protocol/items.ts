/** States of an item that has not ended yet. */
const OPEN = new Set(["queued", "running", "streaming", "pending", "in_progress", "waiting"]);

/** The place of an item in its timeline, or `null` for an entity that is no item. */
export function positionOf(value: Record<string, unknown>): number | null {
  const pos = value["pos"];
  return typeof pos === "number" ? pos : null;
}

/** Whether every replica of the topic holds the entity, however small its window: no item, or one that has not ended (P41). */
export function isPinned(value: Record<string, unknown>): boolean {
  return positionOf(value) === null || OPEN.has(value["status"] as string);
}
