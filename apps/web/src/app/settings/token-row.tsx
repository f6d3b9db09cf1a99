import type { Result } from "@skein/client";
import { Monitor, Pencil, SquareTerminal } from "lucide-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { isComposing } from "../../lib/composing.ts";
import { useLostFocus } from "../../lib/lost-focus.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { useLasting } from "../../lib/use-lasting.ts";
import { WaitingMark } from "../../ui/waiting-mark.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { FIELD } from "../../ui/text-field.tsx";

export type Token = Result<"token.list">["tokens"][number];

/** As long as a device's name may be, in characters. */
const MAX_NAME = 64;

/** One token: what it is called, when it was used, and how to rename it or take it back. */
export function TokenRow({
  token: standing,
  name,
  revoking,
  readOnly,
  onRename,
  onRevoke,
}: {
  token: Token;
  /** What it was called just now, until the server has it. */
  name: string | undefined;
  /** Whether it is being taken back. */
  revoking: boolean;
  readOnly: boolean;
  onRename: (name: string) => void;
  onRevoke: () => void;
}) {
  const [doing, setDoing] = useState<"rename" | "revoke" | null>(null);
  const token = name === undefined ? standing : { ...standing, name };
  const revokingLasts = useLasting(revoking);
  const row = useRef<HTMLLIElement>(null);
  const did = useRef(doing);
  useEffect(() => {
    did.current = doing ?? did.current;
  }, [doing]);
  // Back at the button it began at.
  const lostFocus = useLostFocus(() => row.current?.querySelector<HTMLElement>(`[data-act=${did.current}]`)?.focus());
  // Browsers' tokens end some day; the one of the server's own machine does not.
  const programs = token.expiresAt === null;
  const Icon = programs ? SquareTerminal : Monitor;
  return (
    <li ref={row} {...lostFocus} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2">
      <Icon size={16} aria-hidden className="shrink-0 text-ink-3" />
      {doing === "rename" ? (
        <NameForm
          name={token.name}
          readOnly={readOnly}
          onDone={(name) => {
            setDoing(null);
            if (name !== null) onRename(name);
          }}
        />
      ) : (
        <>
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-x-2">
              <span className="max-w-full truncate text-body font-medium">{token.name}</span>
              <WaitingMark of={name === undefined ? undefined : { state: readOnly ? "held" : "sent", error: null }} />
              {token.current && <span className="shrink-0 text-meta text-accent">this device</span>}
            </p>
            <p className="text-meta text-ink-3">
              <Use token={token} /> · added <RelativeTime at={token.createdAt} />
            </p>
            {programs && (
              <p className="text-meta text-ink-2">
                The command line and other programs on the server's machine use it.
              </p>
            )}
          </div>
          {doing === null && !readOnly && (
            <div className="flex items-center gap-1">
              <IconButton data-act="rename" label={`Rename ${token.name}`} onClick={() => setDoing("rename")}>
                <Pencil size={14} aria-hidden />
              </IconButton>
              <Button
                data-act="revoke"
                size="small"
                variant="quiet"
                onClick={() => setDoing("revoke")}
                aria-label={`Revoke ${token.name}`}
              >
                Revoke…
              </Button>
            </div>
          )}
        </>
      )}
      {doing === "revoke" && (
        <div className="flex basis-full flex-wrap items-center justify-end gap-2 text-small">
          <span className="min-w-0 flex-1 text-ink-2">{lossOf(token, programs)}</span>
          <Button
            data-act="revoke"
            size="small"
            variant="danger"
            disabled={readOnly}
            pending={revoking}
            onClick={onRevoke}
          >
            {revokingLasts ? "Revoking…" : "Revoke"}
          </Button>
          <Button size="small" variant="quiet" autoFocus disabled={revoking} onClick={() => setDoing(null)}>
            Keep
          </Button>
        </div>
      )}
    </li>
  );
}

function Use({ token: { connections, usedAt } }: { token: Token }) {
  if (connections > 0) return connections === 1 ? "connected" : `${connections} connections`;
  if (usedAt === null) return "never used";
  return (
    <>
      last used <RelativeTime at={usedAt} />
    </>
  );
}

function lossOf({ current }: Token, programs: boolean): string {
  if (programs) return "Cuts off the command line until the server is started again.";
  return current ? "Signs you out here." : "Ends its connections.";
}

function NameForm({
  name,
  readOnly,
  onDone,
}: {
  name: string;
  readOnly: boolean;
  onDone: (name: string | null) => void;
}) {
  const [typed, setTyped] = useState(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const given = typed.trim();
    onDone(given === "" || given === name ? null : given);
  };
  return (
    <form onSubmit={submit} className="flex min-w-0 flex-1 items-center gap-2">
      <input
        dir="auto"
        value={typed}
        maxLength={MAX_NAME}
        aria-label="Name of the device"
        autoFocus
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          onDone(null);
        }}
        className={`${FIELD} min-w-0 flex-1`}
      />
      <Button size="small" variant="primary" type="submit" disabled={readOnly}>
        Save
      </Button>
      <Button size="small" variant="quiet" onClick={() => onDone(null)}>
        Cancel
      </Button>
    </form>
  );
}
