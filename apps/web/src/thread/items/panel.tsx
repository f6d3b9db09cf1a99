import type { ComponentProps, ReactNode } from "react";
import { CopyButton } from "../lib/copy-button.tsx";

/** A framed part of what a tool was given or gave, with its name and a way to copy it. */
export function Panel({
  label,
  copy,
  children,
}: {
  label: string;
  copy: ComponentProps<typeof CopyButton>["text"];
  children: ReactNode;
}) {
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-1">
      <figcaption className="flex h-7 items-center justify-between border-b border-line pr-0.5 pl-3 text-meta text-ink-3 pointer-coarse:h-11">
        {label}
        <CopyButton text={copy} label={`Copy ${label.toLowerCase()}`} />
      </figcaption>
      {children}
    </figure>
  );
}
