import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Keys } from "./keys.tsx";
import { useMenuOpen } from "./layer.tsx";
import { visible } from "./visible-text.tsx";

const ITEM =
  "flex min-h-8 cursor-default items-center gap-2 rounded-[4px] px-2 text-body text-ink-1 outline-none select-none data-[disabled]:text-ink-3 data-[highlighted]:bg-surface-3 pointer-coarse:min-h-11";

/** A menu that a button opens. `trigger` must take a ref and props, e.g. a `Button` or `IconButton`. */
export function Menu({
  trigger,
  children,
  align = "end",
  side = "bottom",
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
}) {
  const { open, onOpenChange } = useMenuOpen();
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} collisionPadding={8} className="z-40 outline-none">
          <Base.Popup className="max-h-[min(26rem,var(--available-height))] min-w-44 max-w-[min(24rem,var(--available-width))] overflow-y-auto rounded-panel border border-line bg-floating p-1 shadow-float outline-none transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  children,
  icon,
  keys,
  danger = false,
  disabled = false,
  onSelect,
}: {
  children: ReactNode;
  /** An icon of 16 px. */
  icon?: ReactNode;
  keys?: readonly string[];
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}) {
  return (
    <Base.Item disabled={disabled} onClick={onSelect} className={classNames(ITEM, danger && "text-fail")}>
      {icon !== undefined && <span className={danger ? undefined : "text-ink-3"}>{icon}</span>}
      <span className="flex-1 truncate">{children}</span>
      {keys && <Keys keys={keys} />}
    </Base.Item>
  );
}

/** One of several values, of which one is chosen. */
export function MenuChoices<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  /** What is chosen; said above the choices. */
  label: string;
  value: Value | undefined;
  choices: readonly { value: Value; name: string; description?: string | undefined }[];
  onChange: (value: Value) => void;
}) {
  return (
    <Base.RadioGroup value={value ?? null} onValueChange={(next: Value) => onChange(next)}>
      <Base.GroupLabel className="px-2 pt-1 pb-1 text-meta text-ink-3">{label}</Base.GroupLabel>
      {choices.map((choice) => (
        <Base.RadioItem key={choice.value} value={choice.value} closeOnClick className={classNames(ITEM, "py-1")}>
          <span className="min-w-0 flex-1">
            <span dir="auto" className="block truncate">
              {visible(choice.name, { words: true })}
            </span>
            {choice.description && (
              <span dir="auto" className="block text-meta text-ink-3">
                {visible(choice.description, { words: true })}
              </span>
            )}
          </span>
          <span className="size-4 text-accent">
            <Base.RadioItemIndicator>
              <Check size={16} aria-hidden />
            </Base.RadioItemIndicator>
          </span>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}
