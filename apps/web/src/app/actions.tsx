import { use, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { LayerContext } from "../ui/layer.tsx";
import { knownAction, type ActionName, type KnownAction } from "./catalogue.ts";

type Run = {
  /** Returns `false` when it does not apply now: its key then goes on to others and the browser. */
  run: () => void | boolean;
};

/** An action of the catalogue, perhaps with other words as things stand, or one that only a moment knows, as a mode. */
export type Action = Run &
  ({ name: ActionName; label?: string } | { id: string; label: string; place: KnownAction["place"]; words?: string });

/** An action in force. */
export type ActiveAction = Omit<KnownAction, "keys"> &
  Run & {
    /** Its name in the catalogue, or its own. */
    id: string;
    keys: string | null;
    /** Whether the catalogue has it: what is there for a moment only is found by typing its name. */
    known: boolean;
    /** The layer over the page that it is registered in. */
    layer: string | null;
  };

/** Newest first: a dialog's or a page's action comes before the app's. */
let active: readonly ActiveAction[] = [];
const listeners = new Set<() => void>();

function change(next: readonly ActiveAction[]): void {
  active = next;
  for (const listener of listeners) listener();
}

/** The actions in force. */
export const activeActions = (): readonly ActiveAction[] => active;

/** The same; renders again when they change. */
export function useActiveActions(): readonly ActiveAction[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => active,
  );
}

/**
 * Puts actions in force while the component is there: their keys hold, the palette has them.
 *
 * @example
 * useActions([{ name: "nextItem", run: () => move(1) }]);
 */
export function useActions(actions: readonly Action[]): void {
  const layer = use(LayerContext);
  const run = useEffectEvent((id: string) => actions.find((action) => idOf(action) === id)?.run());
  // What is registered changes with the names and words (JSON leaves functions out), not with every render's `run`.
  const shape = JSON.stringify(actions);
  useEffect(() => {
    const own = (JSON.parse(shape) as Action[]).map((action): ActiveAction => {
      const id = idOf(action);
      const call = { id, layer, run: () => run(id) };
      if (!("name" in action)) return { ...action, ...call, keys: null, known: false };
      const known = knownAction(action.name);
      return { ...known, label: action.label ?? known.label, keys: known.keys ?? null, known: true, ...call };
    });
    change([...own, ...active]);
    return () => change(active.filter((action) => !own.includes(action)));
  }, [shape, layer]);
}

const idOf = (action: Action): string => ("name" in action ? action.name : action.id);
