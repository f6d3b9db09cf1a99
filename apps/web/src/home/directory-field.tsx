import { Autocomplete } from "@base-ui/react/autocomplete";
import { useClient } from "@skein/client/react";
import { Folder } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { spelledOut } from "../lib/hidden-characters.ts";
import { classNames } from "../ui/class-names.ts";
import { visible } from "../ui/visible-text.tsx";
import { FIELD } from "../ui/text-field.tsx";

/** What the server says of a path that is being typed. */
export type DirectoryState = "unknown" | "exists" | "missing";

/** How long typing must rest before the server is asked, in milliseconds. */
const RESTS_MS = 80;
/** When it is asked again that could not be, as while the connection is made anew. */
const AGAIN_MS = 1000;

/** A field for a directory of the server: recent ones first, then what is on its disk, as one types. */
export function DirectoryField({
  value,
  onChange,
  onState,
  recent,
  invalid,
}: {
  value: string;
  onChange: (path: string) => void;
  onState: (state: DirectoryState) => void;
  /** Absolute paths, the newest first. */
  recent: readonly string[];
  invalid: boolean;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const found = useDirectories(value, onState);
  const typed = value.trim().toLowerCase();
  const fitting = recent.filter((path) => path !== value && path.toLowerCase().includes(typed));
  const whole = recent.includes(value) || typed === "";
  // What stands there already is nothing to choose.
  const items = [...new Set([...(whole ? recent : fitting).slice(0, 6), ...found])].filter((path) => path !== value);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small font-medium text-ink-2">
        Directory
      </label>
      <Autocomplete.Root
        items={items}
        filter={null}
        mode="none"
        value={value}
        onValueChange={(path, { reason }) => {
          // Escape closes the list, and takes nothing away.
          if (reason === "escape-key") return;
          onChange(path);
          // Also while there is nothing to choose yet: what the server finds is shown to whoever types on.
          if (reason === "input-change") setOpen(true);
        }}
        openOnInputClick
        // Without a choice there is no list, neither to be seen nor for screen readers.
        open={open && items.length > 0}
        onOpenChange={setOpen}
      >
        <Autocomplete.Input
          id={id}
          // From here on it is the person's: what comes to be known does not put another path under their hands.
          onFocus={() => onChange(value)}
          onBlur={() => setOpen(false)}
          placeholder="~/project"
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          aria-invalid={invalid}
          className={classNames(FIELD, "font-mono text-small")}
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner sideOffset={4} collisionPadding={8} className="z-40 outline-none">
            <Autocomplete.Popup className="w-(--anchor-width) max-w-(--available-width) rounded-panel border border-line bg-floating shadow-float">
              <Autocomplete.List className="max-h-[min(18rem,var(--available-height))] scroll-py-1 overflow-y-auto p-1 outline-none">
                {(path: string) => (
                  <Autocomplete.Item
                    key={path}
                    value={path}
                    className="flex min-h-8 cursor-default items-center gap-2 rounded-[4px] px-2 font-mono text-small outline-none select-none data-[highlighted]:bg-surface-3 pointer-coarse:min-h-11"
                  >
                    <Folder size={14} aria-hidden className="shrink-0 text-ink-3" />
                    <span dir="ltr" className="min-w-0 flex-1 truncate" title={spelledOut(path, false)}>
                      {visible(path)}
                    </span>
                    {recent.includes(path) && <span className="font-sans text-meta text-ink-3">recent</span>}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </div>
  );
}

/** The server's directories that begin with what was typed. Offline there are none, and nothing is said of the path. */
function useDirectories(prefix: string, onState: (state: DirectoryState) => void): readonly string[] {
  const client = useClient();
  const [found, setFound] = useState<readonly string[]>([]);
  useEffect(() => {
    if (prefix !== "" && !/^[~/]/.test(prefix)) {
      setFound([]);
      onState("missing");
      return undefined;
    }
    onState("unknown");
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const answer = await client.query("directories.list", { prefix }, { signal: asking.signal });
        if (asking.signal.aborted) return;
        setFound(answer.directories);
        onState(answer.exists ? "exists" : "missing");
      } catch {
        if (asking.signal.aborted) return;
        setFound([]);
        timer = setTimeout(() => void ask(), AGAIN_MS);
      }
    };
    let timer = setTimeout(() => void ask(), RESTS_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [client, prefix, onState]);
  return found;
}
