import { useEffect, useRef } from "react";
import { classNames } from "../../ui/class-names.ts";
import type { Suggestion } from "./use-completion.ts";

/** The suggestions above the prompt; the field itself keeps the focus and names the chosen one. */
export function CompletionList({
  id,
  label,
  suggestions,
  chosen,
  onChoose,
}: {
  id: string;
  label: string;
  suggestions: readonly Suggestion[];
  chosen: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // What it returns is a promise in newer browsers: not to be taken for a clean-up.
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label={label}
      className="absolute inset-x-0 bottom-full z-10 mb-1 max-h-64 overflow-y-auto rounded-panel border border-line bg-floating p-1 shadow-float"
    >
      {suggestions.map((suggestion, index) => (
        <li
          key={suggestion.insert}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(suggestion);
          }}
          className={classNames(
            "flex min-h-8 cursor-default items-center gap-3 rounded-[4px] px-2 pointer-coarse:min-h-11",
            index === chosen && "bg-surface-3",
          )}
        >
          <span className="min-w-0 shrink-0 truncate font-mono text-small max-medium:max-w-[60%]">
            {suggestion.name}
          </span>
          {suggestion.note && <span className="min-w-0 truncate text-meta text-ink-3">{suggestion.note}</span>}
        </li>
      ))}
    </ul>
  );
}
