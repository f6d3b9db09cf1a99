/** The keys of a shortcut, as caps: `["⌘", "K"]`. Hidden where there is no keyboard to press them on. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex gap-0.5 pointer-coarse:hidden">
      {keys.map((key) => (
        <kbd
          key={key}
          className="grid h-4.5 min-w-4.5 place-items-center rounded-[4px] border border-line-strong px-1 font-sans text-[11px] leading-none text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
