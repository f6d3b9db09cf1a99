import { useEffect, useRef, type RefObject } from "react";
import { Page, PageHeading } from "../app/page.tsx";
import type { Early } from "../thread/prompt/early-draft.tsx";
import { part } from "../ui/part.tsx";
import { EarlyFirstPrompt } from "./early-first-prompt.tsx";
import { want } from "./start.ts";

export type NewThreadFormProps = {
  /** Whether the focus begins in the first prompt. */
  autoFocus: boolean;
  /** What was begun there before the form was loaded. */
  early: RefObject<Early>;
};

/** Everything a thread is started with. */
export const NewThreadForm = part(() => import("./new-thread-form.tsx"), EarlyFirstPrompt, "stays");

/**
 * Starts a thread. Its first prompt is there with the page, whatever is still to be loaded: who comes by a key types on at
 * once. `home`: it is what the first page shows.
 */
export function NewThreadPage({ home = false }: { home?: boolean }) {
  const early = useRef<Early>("none");
  // Enter pressed before the form was there holds, also for who has left by then.
  useEffect(
    () => () => {
      if (early.current === "entered") want(null);
    },
    [],
  );
  return (
    <Page title={home ? "Skein" : "New thread"} header={<PageHeading>New thread</PageHeading>} back={home ? null : "/"}>
      <div className="h-full overflow-y-auto pb-safe">
        <div className="mx-auto max-w-(--measure) px-4 py-4 medium:px-6 medium:py-10">
          <NewThreadForm autoFocus={!home} early={early} />
        </div>
      </div>
    </Page>
  );
}
