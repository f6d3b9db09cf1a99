import { SkeinError, type Result } from "@skein/client";
import { useClient } from "@skein/client/react";
import { useCallback, useEffect, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { ErrorNote, SkeletonRows } from "../../ui/states.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { PairDevice } from "./pair-device.tsx";

type Token = Result<"token.list">["tokens"][number];

/** How often the list is asked for anew while it is looked at, in milliseconds: no topic tells of tokens. */
const LOOK_AGAIN_MS = 5_000;

/** The tokens that let somebody in as oneself: which they are, how to take one back, how to make one more. */
export function Devices() {
  const client = useClient();
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [error, setError] = useState<SkeinError | null>(null);

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
      {tokens === null && !error && <SkeletonRows rows={2} label="Loading devices" />}
      {tokens !== null && (
        <ul className="divide-y divide-line rounded-panel border border-line">
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => void revoke(token)} />
          ))}
        </ul>
      )}
      <PairDevice />
    </div>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-body font-medium">
          {token.name}
          {token.current && <span className="ml-2 text-meta font-normal text-accent">this device</span>}
        </p>
        <p className="text-meta text-ink-3">
          added <RelativeTime at={token.createdAt} />
          {token.connections > 0 && ` · ${token.connections === 1 ? "connected" : `${token.connections} connections`}`}
        </p>
      </div>
      {asked ? (
        <div className="flex items-center gap-2 text-small">
          <span className="text-ink-2">{token.current ? "Signs you out here." : "Ends its connections."}</span>
          <Button size="small" variant="danger" autoFocus onClick={onRevoke}>
            Revoke
          </Button>
          <Button size="small" variant="quiet" onClick={() => setAsked(false)}>
            Keep
          </Button>
        </div>
      ) : (
        <Button size="small" variant="quiet" onClick={() => setAsked(true)} aria-label={`Revoke ${token.name}`}>
          Revoke…
        </Button>
      )}
    </li>
  );
}
