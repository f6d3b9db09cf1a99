import { Check, Copy } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { IconButton } from "../../ui/button.tsx";
import { sayFailed } from "../../ui/toasts.tsx";
import { copyText } from "../../lib/copy-text.ts";

const SHOWN_MS = 1500;

/** Copies a text, and says for a moment that it did. `text` may be made when it is asked for. */
export function CopyButton({
  text,
  label,
  icon,
}: {
  text: string | (() => string | Promise<string>);
  label: string;
  /** 14 px; a sheet over a sheet when absent. */
  icon?: ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    copyText(typeof text === "string" ? text : text()).then(
      () => setCopied(true),
      (error: unknown) => sayFailed("It could not be copied.", error),
    );
  };
  return (
    <IconButton label={copied ? "Copied" : label} onClick={copy}>
      {copied ? <Check size={14} aria-hidden className="text-good" /> : (icon ?? <Copy size={14} aria-hidden />)}
    </IconButton>
  );
}
