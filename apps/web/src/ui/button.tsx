import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { classNames } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

type Variant = "primary" | "secondary" | "quiet" | "danger";

const COMMON =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium select-none whitespace-nowrap transition-colors duration-150 ease-out disabled:opacity-50 aria-disabled:not-aria-busy:opacity-50 aria-busy:animate-fade pointer-coarse:min-h-11";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent-fill text-accent-ink not-disabled:hover:bg-accent-fill-hover",
  secondary: "border border-line-strong bg-surface-2 text-ink-1 not-disabled:hover:bg-surface-3",
  quiet: "text-ink-2 not-disabled:hover:bg-surface-3 not-disabled:hover:text-ink-1 data-[popup-open]:bg-surface-3",
  danger: "border border-fail-line text-fail bg-surface-2 not-disabled:hover:bg-fail-soft",
};

const SIZES = { small: "h-7 px-2 text-small", medium: "h-8 px-3 text-body" } as const;

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: Variant;
  size?: keyof typeof SIZES;
  ref?: Ref<HTMLButtonElement>;
  /** Whether what it does is under way: it keeps the focus, takes no press, and after 150 ms looks it. */
  pending?: boolean;
};

/** A button with words. 28 or 32 px high; 44 px where fingers point. */
export function Button({
  variant = "secondary",
  size = "medium",
  className,
  type = "button",
  pending = false,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={classNames(COMMON, VARIANTS[variant], SIZES[size], className)}
      {...rest}
      {...(pending && { "aria-busy": true, "aria-disabled": true, onClick: (event) => event.preventDefault() })}
    />
  );
}

export type IconButtonProps = Omit<ButtonProps, "children" | "size" | "aria-label" | "pending"> & {
  /** Its name, for screen readers and as its tooltip. */
  label: string;
  /** An icon of 16 px. */
  children: ReactNode;
  /** Shown in the tooltip, e.g. `["⌘", "K"]`. */
  keys?: readonly string[];
};

/** A button with an icon alone: 28 px square, 44 px where fingers point. */
export function IconButton({ label, keys, variant = "quiet", className, type = "button", ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(keys ? { keys } : {})}>
      <button
        type={type}
        aria-label={label}
        className={classNames(COMMON, VARIANTS[variant], "size-7 pointer-coarse:size-11", className)}
        {...rest}
      />
    </Tooltip>
  );
}
