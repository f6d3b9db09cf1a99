import { SkeinError } from "@skein/client";
import { useClient, useConnection } from "@skein/client/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLostRowFocus } from "../../lib/lost-focus.ts";
import { ErrorNote, SkeletonRows } from "../../ui/states.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { PairDevice } from "./pair-device.tsx";
import { TokenRow, type Token } from "./token-row.tsx";

/** How often the list is asked for anew while it is looked at, in milliseconds: no topic tells of tokens. */
const LOOK_AGAIN_MS = 5_000;

/** The tokens that let somebody in as oneself: which they are, how to take one back, how to make one more. */
export function Devices() {
  const client = useClient();
  const offline = useConnection().state === "offline";
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [error, setError] = useState<SkeinError | null>(null);

  const list = useRef<HTMLUListElement>(null);
  const lostFocus = useLostRowFocus(list, () => document.getElementById("main")?.focus());

  const load = useCallback(async (): Promise<void> => {
    try {
      const answer = await client.query("token.list", {});
      setTokens(answer.tokens);
      setError(null);
    } catch (cause) {
      if (cause instanceof SkeinError) setError(cause);
      else throw cause;
    }
  }, [client]);

  useEffect(() => {
    void load();
    const timer = setInterval(() => {
      if (client.status.state === "live" && document.visibilityState === "visible") void load();
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [client, load]);

  const rename = async (token: Token, name: string): Promise<void> => {
    try {
      await client.query("token.rename", { token: token.id, name });
    } catch (cause) {
      sayFailed(`${token.name} was not renamed.`, cause);
    }
    await load();
  };
  const revoke = async (token: Token): Promise<void> => {
    try {
      await client.query("token.revoke", { token: token.id });
      say(`${token.name} can no longer sign in.`);
    } catch (cause) {
      sayFailed(`${token.name} was not revoked.`, cause);
    }
    await load();
  };

  return (
    <div className="space-y-4">
      {error && (
        <ErrorNote title="The devices cannot be listed" onRetry={() => void load()}>
          {error.message}
        </ErrorNote>
      )}
      {offline && (
        <p className="text-small text-ink-2">
          The server is out of reach. Devices are {tokens === null ? "listed" : "changed"} here once it is back.
        </p>
      )}
      {tokens === null && !error && !offline && <SkeletonRows rows={2} label="Loading devices" />}
      {tokens !== null && (
        <ul ref={list} {...lostFocus} className="divide-y divide-line rounded-panel border border-line">
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              readOnly={offline}
              onRename={(name) => void rename(token, name)}
              onRevoke={() => void revoke(token)}
            />
          ))}
        </ul>
      )}
      {!offline && <PairDevice />}
    </div>
  );
}
