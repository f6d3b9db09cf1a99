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
  // A request about a token is no command and in no outbox: what is under way of them is known here alone.
  const [names, setNames] = useState<ReadonlyMap<string, { name: string }>>(new Map());
  const [revoking, setRevoking] = useState<ReadonlySet<string>>(new Set());

  const list = useRef<HTMLUListElement>(null);
  const lostFocus = useLostRowFocus(list, () => document.getElementById("main")?.focus());

  const load = useCallback(async (): Promise<void> => {
    try {
      const answer = await client.query("token.list");
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
    const given = { name };
    setNames((all) => new Map(all).set(token.id, given));
    try {
      await client.query("token.rename", { token: token.id, name });
      await load();
    } catch (cause) {
      sayFailed(`${token.name} was not renamed.`, cause);
    }
    // Another name may have been given meanwhile.
    setNames((all) => new Map([...all].filter(([, each]) => each !== given)));
  };
  const revoke = async (token: Token): Promise<void> => {
    setRevoking((all) => new Set(all).add(token.id));
    try {
      await client.query("token.revoke", { token: token.id });
      say(`${token.name} can no longer sign in.`);
    } catch (cause) {
      sayFailed(`${token.name} was not revoked.`, cause);
    }
    await load();
    setRevoking((all) => new Set([...all].filter((each) => each !== token.id)));
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
          {tokens.toSorted(byUse).map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              name={names.get(token.id)?.name}
              revoking={revoking.has(token.id)}
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

/** This device, then those that are connected, then those used last. Connected ones do not change places with each use. */
function byUse(a: Token, b: Token): number {
  const [aConnected, bConnected] = [a.connections > 0, b.connections > 0];
  return (
    Number(b.current) - Number(a.current) ||
    Number(bConnected) - Number(aConnected) ||
    (aConnected ? 0 : (b.usedAt ?? 0) - (a.usedAt ?? 0)) ||
    b.createdAt - a.createdAt
  );
}
