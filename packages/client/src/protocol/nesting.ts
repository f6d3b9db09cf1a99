/**
 * How deep arrays and objects of what comes from outside may lie in each other. Far above what anybody means, and so far
 * below SQLite's 1,000 for JSON that an entity around it, a commit around that and a person's query still go through.
 */
export const MAX_NESTING = 256;

/** Whether arrays and objects lie in each other deeper than `levels`; stops there, and so takes any depth. */
export function nestsDeeper(value: unknown, levels = MAX_NESTING): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (nestsDeeper(item, levels - 1)) return true;
    return false;
  }
  for (const name in value) if (nestsDeeper((value as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}
