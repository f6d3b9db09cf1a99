import { SkeinError, type Result } from "@skein/client";
import { useClient } from "@skein/client/react";
import { Copy } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { renderSVG } from "uqr";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorNote } from "../../ui/states.tsx";
import { useLasting } from "../../lib/use-lasting.ts";
import { useLostFocus } from "../../lib/lost-focus.ts";
import { serverNow } from "../../lib/server-clock.ts";
import { useActions } from "../actions.tsx";
import { takeFocusOfEntry } from "../router.tsx";
import { copyText } from "../../lib/copy-text.ts";
import { say, sayFailed } from "../../ui/toasts.tsx";

type Pairing = Result<"token.pair">;

/** Makes a code that signs one more device in, as a link, a picture for its camera, and letters to type: it has the focus. */
export function PairDevice() {
  const client = useClient();
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const [error, setError] = useState<SkeinError | null>(null);
  const [asking, setAsking] = useState(false);
  const lasts = useLasting(asking);
  const box = useRef<HTMLDivElement>(null);
  const focusWhatIs = (): void => box.current?.querySelector<HTMLElement>("section, button")?.focus();
  const lostFocus = useLostFocus(focusWhatIs);

  useEffect(() => {
    if (pairing === null) return undefined;
    const timer = setTimeout(() => setPairing(null), Math.max(0, pairing.expiresAt - serverNow()));
    return () => clearTimeout(timer);
  }, [pairing]);

  const ask = async (): Promise<void> => {
    if (asking) return;
    setAsking(true);
    try {
      const made = await client.query("token.pair");
      flushSync(() => {
        setPairing(made);
        setError(null);
      });
      focusWhatIs();
    } catch (cause) {
      if (cause instanceof SkeinError) setError(cause);
      else throw cause;
    } finally {
      setAsking(false);
    }
  };

  useActions([{ name: "pair", run: () => (pairing === null ? void ask() : focusWhatIs()) }]);
  const askAtOnce = useEffectEvent(() => void ask());
  useEffect(() => {
    if (takeFocusOfEntry("pair")) askAtOnce();
  }, []);

  if (pairing === null) {
    return (
      <div ref={box} {...lostFocus}>
        {error && <ErrorNote title="No code was made">{error.message}</ErrorNote>}
        <Button pending={asking} onClick={() => void ask()}>
          {lasts ? "Making a code…" : "Sign in another device"}
        </Button>
      </div>
    );
  }
  // A person who came by a name others can use, as behind a proxy, is best told by it.
  const here = isLoopback(location.hostname) ? null : location.origin;
  const base = here ?? pairing.addresses[0] ?? location.origin;
  return (
    <div ref={box} {...lostFocus}>
      <PairingCard link={`${base}/pair#${pairing.code}`} code={pairing.code} expiresAt={pairing.expiresAt}>
        {here === null && pairing.addresses.length === 0
          ? "This server listens on its own machine only, so the link works in browsers there. To reach it from a phone, start it with --host 0.0.0.0 --allow-plain-http in a network you trust, or put a proxy with TLS before it."
          : "Open the link on the other device, or point its camera at the picture."}
      </PairingCard>
    </div>
  );
}

async function copy(link: string): Promise<void> {
  try {
    await copyText(link);
    say("The link was copied.");
  } catch (error) {
    sayFailed("The link was not copied.", error);
  }
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || host.startsWith("127.");

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function PairingCard({
  link,
  code,
  expiresAt,
  children,
}: {
  link: string;
  code: string;
  expiresAt: number;
  children: string;
}) {
  const picture = `data:image/svg+xml,${encodeURIComponent(renderSVG(link, { border: 2 }))}`;
  return (
    <section
      tabIndex={-1}
      aria-label="Sign in another device"
      className="flex scroll-m-4 flex-wrap gap-4 rounded-panel border border-line p-4"
    >
      <img src={picture} alt="The link as a QR code" width={144} height={144} className="size-36 rounded-control" />
      <div className="min-w-60 flex-1 space-y-2">
        <p className="text-small text-ink-2">{children}</p>
        <p className="flex items-center gap-1">
          <a href={link} className="min-w-0 truncate font-mono text-small text-accent underline underline-offset-2">
            {link}
          </a>
          <IconButton label="Copy link" onClick={() => void copy(link)}>
            <Copy size={14} aria-hidden />
          </IconButton>
        </p>
        <p className="text-small text-ink-2">
          Code <strong className="font-mono font-semibold text-ink-1">{code}</strong>, good once, until{" "}
          {CLOCK.format(expiresAt)}.
        </p>
      </div>
    </section>
  );
}
