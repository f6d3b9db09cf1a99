/**
 * What lies over the page: dialogs, sheets, viewers. Each has an entry of its own in the browser's history while it is
 * open, so that "back", which on a phone is a gesture, closes it and leaves the page be.
 *
 *     page ──open──▶ page, layer ──open──▶ page, layer, layer
 *          ◀─back or close─      ◀─back or close─
 *
 * An entry of a layer that is not there, as after a reload or by "forward", is left at once. A layer with an address of
 * its own has its entry by that, and none here: its `close` is `null`.
 */
type Layer = { id: string; close: (() => void) | null };

const open: Layer[] = [];
/** A step back of ours is under way: until it is over, the entry is not what it will be. */
let going = false;
let settling = false;
let afterwards: (() => void)[] = [];

/** How many entries the open layers take. */
const entries = (): number => open.filter(({ close }) => close !== null).length;
const depth = (): number => (history.state as { layers?: number } | null)?.layers ?? 0;

/** Makes the history say how many layers are open. */
function settle(): void {
  if (going) return;
  const extra = depth() - entries();
  if (extra > 0) {
    going = true;
    history.go(-extra);
    return;
  }
  for (let layers = depth() + 1; layers <= entries(); layers++) {
    history.pushState({ ...(history.state as object | null), layers }, "");
  }
  const runs = afterwards;
  afterwards = [];
  for (const run of runs) run();
}

/** Once the work under way is done: what mounts twice, as in Strict Mode, makes one entry. */
function settleSoon(): void {
  if (settling) return;
  settling = true;
  queueMicrotask(() => {
    settling = false;
    settle();
  });
}

function stepped(): void {
  if (going) going = false;
  else {
    for (let extra = entries() - depth(); extra > 0; extra--) {
      const top = open.findLastIndex(({ close }) => close !== null);
      for (const { close } of open.splice(top, 1)) close?.();
    }
  }
  settle();
}

if (typeof window !== "undefined") {
  window.addEventListener("popstate", stepped);
  settleSoon();
}

/**
 * A layer is open.
 * @param close Closes it, as when the person goes back; `null` for one that is there by its own address.
 * @returns What to call once it is closed.
 */
export function openLayer(id: string, close: (() => void) | null): () => void {
  const layer: Layer = { id, close };
  open.push(layer);
  settleSoon();
  return () => {
    const at = open.indexOf(layer);
    if (at >= 0) open.splice(at, 1);
    settleSoon();
  };
}

/** The layer on top, if any is open. */
export const topLayer = (): string | null => open.at(-1)?.id ?? null;

/** Whether the present entry of the history is that of a layer. */
export const isLayerEntry = (): boolean => depth() > 0;

/** Runs something when no step back is under way: at once, as a rule. */
export function whenSettled(run: () => void): void {
  if (going) afterwards.push(run);
  else run();
}
