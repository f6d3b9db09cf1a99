import { Paperclip } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { takeFileDrops } from "../../lib/file-drops.ts";

/** Takes files dropped anywhere while its thread is shown, and says so over the page while they hang above it. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => takeFileDrops(setOver, (files) => take(files)), []);
  if (!over) return null;
  return (
    <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-panel border-2 border-dashed border-accent bg-accent-soft/90">
      <p role="status" className="flex items-center gap-2 font-medium text-accent">
        <Paperclip size={16} aria-hidden />
        Drop to attach
      </p>
    </div>
  );
}
