/** States in which an entity still waits for something; such an entity is held whatever the window. */
const OPEN = new Set(["queued", "running", "streaming", "pending", "in_progress", "waiting"]);

/** The place of an item in its timeline, or `null` for an entity that is no item. */
export function positionOf(value: Record<string, unknown>): number | null {
  const pos = value["pos"];
  return typeof pos === "number" ? pos : null;
}

/** Whether an entity is in every replica of its topic, however small the window: no item, or one still open. */
export function isHeld(value: Record<string, unknown>): boolean {
  return positionOf(value) === null || OPEN.has(value["status"] as string);
}
