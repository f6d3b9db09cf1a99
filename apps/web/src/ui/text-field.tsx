import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from "react";

export const FIELD =
  "w-full rounded-control border border-line-strong bg-surface-2 px-2.5 text-body text-ink-1 transition-colors duration-150 hover:border-ink-3 focus:border-accent focus:outline-1 focus:-outline-offset-1 focus:outline-accent aria-invalid:border-fail aria-invalid:focus:outline-fail h-8 pointer-coarse:h-11";

/** A field of one line with its name above it. */
export function TextField({
  label,
  hint,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: ReactNode; ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-small font-medium text-ink-2">
        {label}
      </label>
      <input id={id} dir="auto" className={FIELD} {...(hint ? { "aria-describedby": `${id}-hint` } : {})} {...rest} />
      {hint && (
        <div id={`${id}-hint`} className="mt-1 text-meta text-ink-3">
          {hint}
        </div>
      )}
    </div>
  );
}
