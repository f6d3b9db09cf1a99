import { Copy, Ellipsis, Link2 } from "lucide-react";
import { threadPath } from "../../app/router.tsx";
import { copyText } from "../../lib/copy-text.ts";
import { IconButton } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { CopyButton } from "../lib/copy-button.tsx";
import { useCoarse } from "../../lib/coarse.ts";
import { useThreadId } from "../thread-context.ts";

/**
 * What can be done with one item: copy it, copy a link to it. By mouse two buttons, which show on hover and focus; under
 * a finger one that is always there, quiet, and whose 44 px reach beyond the line it stands in.
 */
export function ItemBar({ id, copy }: { id: string; copy: () => string | Promise<string> }) {
  const thread = useThreadId();
  const coarse = useCoarse();
  const link = (): string => new URL(threadPath(thread, id), location.href).href;
  if (coarse) return <TouchBar copy={copy} link={link} />;
  return (
    <span className="item-bar flex items-center">
      <CopyButton text={copy} label="Copy" />
      <CopyButton text={link} label="Copy link to this" icon={<Link2 size={14} aria-hidden />} />
    </span>
  );
}

function TouchBar({ copy, link }: { copy: () => string | Promise<string>; link: () => string }) {
  const put = async (text: string | Promise<string>, said: string): Promise<void> => {
    try {
      await copyText(text);
      say(said);
    } catch (error) {
      sayFailed("It could not be copied.", error);
    }
  };
  return (
    <Menu
      trigger={
        <IconButton label="Copy or link" className="-my-3 -mr-3 text-ink-3!">
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<Copy size={16} aria-hidden />} onSelect={() => void put(copy(), "It was copied.")}>
        Copy
      </MenuItem>
      <MenuItem icon={<Link2 size={16} aria-hidden />} onSelect={() => void put(link(), "The link was copied.")}>
        Copy link
      </MenuItem>
    </Menu>
  );
}
