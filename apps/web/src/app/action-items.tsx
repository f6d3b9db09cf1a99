import { MenuItem } from "../ui/menu.tsx";
import { ActionIcon } from "./action-icon.tsx";
import type { Action } from "./actions.tsx";
import { ACTIONS } from "./catalogue.ts";
import { capsOf } from "./keyboard.ts";

/** Actions as items of a menu, with their keys. */
export function ActionItems({ actions }: { actions: readonly Action[] }) {
  return actions.map((action) => {
    const name = "name" in action ? action.name : null;
    return (
      <MenuItem
        key={name ?? action.label}
        icon={<ActionIcon id={name ?? ""} />}
        keys={name ? capsOf(name) : []}
        onSelect={() => void action.run()}
      >
        {action.label ?? (name && ACTIONS[name].label)}
      </MenuItem>
    );
  });
}
