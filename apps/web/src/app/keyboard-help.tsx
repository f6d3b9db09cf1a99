import { Dialog } from "../ui/dialog.tsx";
import { KeyList } from "./key-list.tsx";

/** All keys, wherever they hold. */
export default function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard" wide>
      <KeyList />
    </Dialog>
  );
}
