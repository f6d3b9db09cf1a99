import { useMemo, useRef, useState } from "react";
import type { CallParams, CommandName, Result, SkeinError } from "../index.ts";
import { useClient } from "./provider.ts";

type Snapshot = {
  /** Whether an answer is waited for; offline this can be long. */
  pending: boolean;
  /** Why the last one failed; `null` again once another is given. */
  error: SkeinError | null;
};

/** What `useCommand` gives. */
export type CommandView<Name extends CommandName> = Snapshot & {
  /** Gives the command. Resolves with its answer, or with `null` when it failed: see `error`. Never rejects. */
  run: (params: CallParams<Name>) => Promise<Result<Name> | null>;
  /** Gives the last one that failed once more. Resolves as `run` does; `null` when there is none. */
  retry: () => Promise<Result<Name> | null>;
  /** Forgets the error. */
  dismiss: () => void;
};

/**
 * A command, and what became of it. It goes through the outbox: given offline, it waits there, also over a reload.
 *
 * @param name The command's name.
 * @example
 * ```tsx
 * import { useCommand } from "@skein/client/react";
 *
 * function Stop({ thread }: { thread: string }) {
 *   const cancel = useCommand("thread.cancel");
 *   if (cancel.error) return <button onClick={() => void cancel.retry()}>{cancel.error.message} Try again</button>;
 *   return <button disabled={cancel.pending} onClick={() => void cancel.run({ thread })}>Stop</button>;
 * }
 * ```
 */
export function useCommand<Name extends CommandName>(name: Name): CommandView<Name> {
  const client = useClient();
  const [state, setState] = useState<{ waiting: number; error: SkeinError | null }>({ waiting: 0, error: null });
  const failed = useRef<CallParams<Name> | null>(null);
  const actions = useMemo(() => {
    const run = async (params: CallParams<Name>): Promise<Result<Name> | null> => {
      failed.current = null;
      setState(({ waiting }) => ({ waiting: waiting + 1, error: null }));
      try {
        const result = await client.command(name, params);
        setState(({ waiting, error }) => ({ waiting: waiting - 1, error }));
        return result;
      } catch (error) {
        // The client was closed: the command is in the outbox still, and goes out with the next connection.
        const kept = (error as SkeinError).retry === "reconnect";
        if (!kept) failed.current = params;
        setState(({ waiting, error: before }) => ({
          waiting: waiting - 1,
          error: kept ? before : (error as SkeinError),
        }));
        return null;
      }
    };
    return {
      run,
      retry: () => (failed.current === null ? Promise.resolve(null) : run(failed.current)),
      dismiss: () => setState(({ waiting }) => ({ waiting, error: null })),
    };
  }, [client, name]);
  const { error } = state;
  const pending = state.waiting > 0;
  return useMemo(() => ({ ...actions, pending, error }), [actions, pending, error]);
}
