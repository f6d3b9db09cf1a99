import { classNames } from "./class-names.ts";

/** An agent's first letter in a small square: enough to tell agents apart in a list, without anybody's logo. */
export function AgentGlyph({ name, className }: { name: string; className?: string }) {
  return (
    <span
      role="img"
      aria-label={`Agent: ${name}`}
      title={name}
      className={classNames(
        "grid size-4 shrink-0 place-items-center rounded-[4px] border border-line-strong font-mono text-[0.625rem] leading-none font-semibold text-ink-2 uppercase",
        className,
      )}
    >
      {name.replaceAll(/[^\p{L}\p{N}]/gu, "").slice(0, 1) || "?"}
    </span>
  );
}
