import { Dialog } from "../ui/dialog.tsx";
import { ShortcutList } from "./shortcut-list.tsx";

/** All shortcuts in force on the page that is open. */
export default function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" wide>
      <ShortcutList />
    </Dialog>
  );
}
