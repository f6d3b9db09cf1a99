import { useId } from "react";
import { Keys } from "../ui/keys.tsx";
import { ACTIONS, knownAction, type ActionName, type Place } from "./catalogue.ts";
import { capsOf } from "./keyboard.ts";

const ORDER: readonly Place[] = ["Everywhere", "Threads", "Search", "In a thread", "Prompt"];
const WITH_KEYS = (Object.keys(ACTIONS) as ActionName[]).filter((name) => knownAction(name).keys !== undefined);

/** Every key there is, by where it holds. */
export function KeyList() {
  return (
    <div className="gap-8 medium:columns-2">
      {ORDER.map((place) => (
        <Group key={place} place={place} actions={WITH_KEYS.filter((name) => knownAction(name).place === place)} />
      ))}
    </div>
  );
}

function Group({ place, actions }: { place: Place; actions: readonly ActionName[] }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-4 break-inside-avoid">
      <h3 id={id} className="mb-1 text-meta font-medium text-ink-3">
        {place}
      </h3>
      <dl>
        {actions.map((name) => (
          <div
            key={name}
            className="flex min-h-8 items-center justify-between gap-4 border-b border-line py-1 text-small"
          >
            <dt>{ACTIONS[name].label}</dt>
            <dd className="shrink-0">
              <Keys keys={capsOf(name)} always />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
