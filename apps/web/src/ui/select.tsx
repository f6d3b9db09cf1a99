import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { useId, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { useMenuOpen } from "./layer.tsx";
import { FIELD } from "./text-field.tsx";

export type Choice<Value extends string> = {
  value: Value;
  name: string;
  /** A line below the name; why it cannot be chosen, where it cannot. */
  description?: string | undefined;
  icon?: ReactNode;
  disabled?: boolean;
};

/** A field with one of several values, its name above it. */
export function Select<Value extends string>({
  label,
  value,
  choices,
  onChange,
  placeholder = "Choose…",
  className,
}: {
  label: string;
  value: Value | null;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  className?: string;
}) {
  const id = useId();
  const { open, onOpenChange } = useMenuOpen();
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <div className={className}>
      <span id={id} className="mb-1 block text-small font-medium text-ink-2">
        {label}
      </span>
      <Base.Root
        value={value}
        onValueChange={(next: Value | null) => next !== null && onChange(next)}
        open={open}
        onOpenChange={(next) => onOpenChange(next)}
      >
        <Base.Trigger
          aria-labelledby={id}
          className={classNames(FIELD, "flex items-center gap-2 text-left data-[popup-open]:border-accent")}
        >
          {chosen?.icon}
          <span className={classNames("min-w-0 flex-1 truncate", !chosen && "text-ink-3")}>
            {chosen?.name ?? placeholder}
          </span>
          <ChevronDown size={16} aria-hidden className="shrink-0 text-ink-3" />
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner
            sideOffset={4}
            collisionPadding={8}
            align="start"
            alignItemWithTrigger={false}
            className="z-40 outline-none"
          >
            <Base.Popup className="max-h-[min(24rem,var(--available-height))] w-max max-w-[min(28rem,var(--available-width))] min-w-(--anchor-width) overflow-y-auto rounded-panel border border-line bg-floating p-1 shadow-float outline-none transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  label={choice.name}
                  disabled={choice.disabled ?? false}
                  className="flex min-h-8 cursor-default items-start gap-2 rounded-[4px] px-2 py-1.5 text-body outline-none select-none data-[disabled]:text-ink-3 data-[highlighted]:bg-surface-3 pointer-coarse:min-h-11"
                >
                  <span className="mt-0.5">{choice.icon}</span>
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">{choice.name}</span>
                    {choice.description && (
                      <span className="block text-meta break-words text-ink-3">{choice.description}</span>
                    )}
                  </span>
                  <span className="size-4 shrink-0 text-accent">
                    <Base.ItemIndicator>
                      <Check size={16} aria-hidden />
                    </Base.ItemIndicator>
                  </span>
                </Base.Item>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  );
}
