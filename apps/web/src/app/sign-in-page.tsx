import { useClient, useConnection } from "@skein/client/react";
import { useEffect, useEffectEvent, useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { TextField } from "../ui/text-field.tsx";
import { setPageTitle, setWaitingCount } from "./document-title.ts";
import { isSignedIn, pair, type Paired } from "./pairing.ts";
import { navigate } from "./router.tsx";

const DAMAGED: Extract<Paired, { ok: false }> = {
  ok: false,
  message: "This link is damaged: it holds no code.",
  retryable: false,
};

/** The code in the link's fragment; none where that is no text at all, as in a link that was cut or altered. */
function codeInLink(): string {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim();
  } catch {
    return "";
  }
}

/**
 * Signs this browser in with a one-time code: the one in the link's fragment, which is taken out of the address at once,
 * or one that is typed.
 */
export function SignInPage({ pairing }: { pairing: boolean }) {
  const client = useClient();
  const { status } = useConnection();
  const [code, setCode] = useState(() => (pairing ? codeInLink() : ""));
  const [sending, setSending] = useState(pairing && code !== "");
  const [failed, setFailed] = useState<Extract<Paired, { ok: false }> | null>(null);

  const give = async (given: string): Promise<void> => {
    setSending(true);
    setFailed(null);
    const paired = await pair(given);
    setSending(false);
    if (!paired.ok) {
      setFailed(paired);
      return;
    }
    // The page on show went to the server as nobody, and was refused: it comes back as somebody.
    await client.close();
    client.connect();
    navigate("/", { replace: true });
  };

  useEffect(() => {
    setPageTitle("Sign in");
    setWaitingCount(0);
  }, []);

  const takeLink = useEffectEvent((): void => {
    if (!pairing || location.hash === "") return;
    const given = codeInLink();
    history.replaceState(history.state, "", "/pair");
    setCode(given);
    if (given === "") setFailed(DAMAGED);
    else void give(given);
  });
  // A second link that is opened in this tab changes the fragment, and loads no page.
  useEffect(() => {
    const onChange = (): void => takeLink();
    onChange();
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);

  // Another tab of this browser may have signed in meanwhile: the cookie is the same.
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.visibilityState !== "visible" || client.status.state !== "stopped") return;
      if (await isSignedIn()) client.connect();
    };
    const onChange = (): void => void look();
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, [client]);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void give(code.trim());
  };
  const refused = status.state === "stopped" && status.reason.code !== 4401 ? status.reason.message : null;
  return (
    <main className="grid h-(--app-height) place-items-center overflow-y-auto bg-surface-2 px-[max(1.5rem,env(safe-area-inset-left),env(safe-area-inset-right))] py-6">
      <div className="w-full max-w-88">
        <Mark className="mb-4 size-8 text-accent" />
        <h1 className="text-heading font-semibold">Sign in to Skein</h1>
        <p className="mt-2 text-body text-ink-2">
          Open the link that <code className="font-mono text-small">skein serve</code> printed, or type its code. Run{" "}
          <code className="font-mono text-small">skein pair</code> for a new one.
        </p>
        {refused !== null && (
          <div className="mt-4">
            <ErrorNote title="The server does not let this page in">{refused}</ErrorNote>
          </div>
        )}
        <form onSubmit={onSubmit} className="mt-6 space-y-4">
          <TextField
            label="Code"
            name="code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            placeholder="XXXXX-XXXXX"
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            required
            aria-invalid={failed !== null}
          />
          {failed && (
            <p role="alert" className="text-small text-fail">
              {failed.message}
              {!failed.retryable && (
                <>
                  {" "}
                  Run <code className="font-mono">skein pair</code> where the server runs for a new one.
                </>
              )}
            </p>
          )}
          <Button type="submit" variant="primary" className="w-full" disabled={sending}>
            {sending ? "Signing in…" : "Sign in"}
          </Button>
        </form>
      </div>
    </main>
  );
}
