import { useEffect, useRef } from "react";
import { classNames } from "../../ui/class-names.ts";
import type { Suggestion } from "./use-completion.ts";
import { visible } from "../../ui/visible-text.tsx";

const PANEL = "absolute inset-x-0 z-10 rounded-panel border border-line bg-floating shadow-float";
const SIDES = { above: "bottom-full mb-1", below: "top-full mt-1" } as const;

/** The suggestions beside the prompt; the field itself keeps the focus and names the chosen one. */
export function CompletionList({
  id,
  label,
  none,
  side,
  suggestions,
  chosen,
  onChoose,
}: {
  id: string;
  label: string;
  /** What is said when there are none. */
  none: string;
  side: keyof typeof SIDES;
  suggestions: readonly Suggestion[];
  chosen: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // What it returns is a promise in newer browsers: not to be taken for a clean-up.
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  // Below a field, a software keyboard may leave no room for it.
  const { length } = suggestions;
  useEffect(() => {
    list.current?.scrollIntoView({ block: "nearest" });
  }, [length]);
  if (suggestions.length === 0) {
    return (
      <p role="status" className={`${PANEL} ${SIDES[side]} px-3 py-2 text-small text-ink-3`}>
        {none}
      </p>
    );
  }
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label={label}
      className={`${PANEL} ${SIDES[side]} grid max-h-[min(16rem,calc(var(--app-height)*0.4))] grid-cols-[fit-content(60%)_minmax(0,1fr)] overflow-y-auto p-1`}
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
            "col-span-2 grid min-h-8 cursor-default grid-cols-subgrid content-center items-center gap-x-4 rounded-[4px] px-2 max-medium:py-1.5 pointer-coarse:min-h-11",
            index === chosen && "bg-surface-3",
          )}
        >
          <span
            className={classNames(
              "min-w-0 truncate text-small max-medium:col-span-2",
              suggestion.note === undefined && "col-span-2",
            )}
          >
            <bdi className="font-mono">{visible(suggestion.name)}</bdi>{" "}
            {suggestion.hint && (
              <span className="ml-1 text-ink-3 italic">{visible(suggestion.hint, { words: true })}</span>
            )}
          </span>
          {suggestion.note && (
            // Where there is no room beside the name, it stands below, in two lines at most.
            <span
              dir="auto"
              className="min-w-0 text-meta text-ink-2 max-medium:col-span-2 max-medium:line-clamp-2 medium:truncate"
            >
              {visible(suggestion.note, { words: true })}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
