import type { ReactNode } from "react";
import { Person } from "./person.tsx";

/** The small line above a prompt: whose it is, and what there is to say or do about it. */
export function PromptHead({ by, children }: { by: string | undefined; children: ReactNode }) {
  return (
    <div className="mb-1.5 flex h-5 items-center gap-2 text-meta text-ink-3">
      <span className="font-medium text-ink-2">
        <Person id={by} />
      </span>
      {children}
    </div>
  );
}
