import { classNames } from "./class-names.ts";

/** The keys of a shortcut, as caps: `["⌘", "K"]`. Hidden where there is no keyboard to press them on, unless `always`. */
export function Keys({ keys, always = false }: { keys: readonly string[]; always?: boolean }) {
  return (
    <span className={classNames("inline-flex gap-0.5", !always && "pointer-coarse:hidden")}>
      {keys.map((key, index) => (
        <kbd
          key={`${index} ${key}`}
          className="grid h-4.5 min-w-4.5 place-items-center rounded-[4px] border border-line-strong px-1 font-sans text-[0.6875rem] leading-none text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
