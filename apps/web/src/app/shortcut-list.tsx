import { useId } from "react";
import { Keys } from "../ui/keys.tsx";
import { keyCaps, useActiveShortcuts, type Shortcut } from "./shortcuts.tsx";

const ORDER: readonly Shortcut["group"][] = ["Everywhere", "Threads", "In a thread", "Prompt"];

/** The shortcuts in force, by where they hold. */
export function ShortcutList() {
  const active = useActiveShortcuts();
  return (
    <div className="gap-8 medium:columns-2">
      {ORDER.map((group) => (
        <Group key={group} title={group} shortcuts={active.filter((shortcut) => shortcut.group === group)} />
      ))}
    </div>
  );
}

function Group({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  const id = useId();
  if (shortcuts.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mb-4 break-inside-avoid">
      <h3 id={id} className="mb-1 text-meta font-medium text-ink-3">
        {title}
      </h3>
      <dl>
        {shortcuts.map(({ keys, label }) => (
          <div key={keys} className="flex min-h-8 items-center justify-between gap-4 border-b border-line text-small">
            <dt>{label}</dt>
            <dd>
              <Keys keys={keyCaps(keys)} always />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
