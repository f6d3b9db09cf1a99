import { Button } from "../../ui/button.tsx";

/** Below the changed files: that there are none, or that a part of the thread is not loaded, and how to load it. */
export function EarlierChanges({
  none,
  hasOlder,
  loading,
  onLoad,
}: {
  none: boolean;
  hasOlder: boolean;
  loading: boolean;
  onLoad: () => void;
}) {
  if (!hasOlder) {
    return none ? <p className="p-4 text-small text-ink-2">The agent has told of no changed files.</p> : null;
  }
  return (
    <div className="p-4 text-small text-ink-2">
      <p>{none ? "No changed files" : "These are the changes"} in the part of the thread that is loaded.</p>
      <Button size="small" className="mt-2" disabled={loading} onClick={onLoad}>
        {loading ? "Loading…" : "Load earlier items"}
      </Button>
    </div>
  );
}
