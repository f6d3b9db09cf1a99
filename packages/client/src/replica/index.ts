export { applyChange, GapError } from "./apply-change.ts";
export { coalesce } from "./coalesce.ts";
export { composePatches, mergePatch } from "./merge-patch.ts";
export { Replica, type Applied, type Item, type Page } from "./replica.ts";
