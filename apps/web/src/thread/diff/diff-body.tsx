import { Button } from "../../ui/button.tsx";
import { BlobLink } from "../items/blob-link.tsx";
import { bytes } from "../lib/words.ts";
import { bytesToLoad, isKept, type Change } from "./change.ts";
import { DiffView } from "./diff-view.tsx";
import type { useDiff } from "./use-diff.ts";

/** A change's diff, or what there is instead: that it is on its way, has to be asked for, or can't be had. */
export function DiffBody({
  change,
  state: { shown, ask },
  split = false,
}: {
  change: Change;
  state: ReturnType<typeof useDiff>;
  /** Side by side, where there are two sides. */
  split?: boolean;
}) {
  if (shown === null) return <div role="status" aria-label="Loading the diff" className="skeleton m-3 h-16" />;
  if (shown !== "large" && shown !== "failed") {
    return <DiffView shown={shown} split={split && shown.texts.before !== null && shown.texts.after !== null} />;
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2 text-small text-ink-2">
      {shown === "failed" ? "The diff could not be loaded." : `A large file: ${bytes(bytesToLoad(change))} to load.`}
      <Button size="small" onClick={ask}>
        {shown === "failed" ? "Try again" : "Show the diff"}
      </Button>
      <Download change={change} />
    </div>
  );
}

/** The file as it became, under its own name; of what an earlier server kept, both texts as they stand together. */
function Download({ change: { path, after } }: { change: Change }) {
  if (!isKept(after)) return null;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    <BlobLink
      blob={after.blob}
      mimeType={after.member === undefined ? "text/plain" : "application/json"}
      name={after.member === undefined ? name : `${name}.json`}
      className="inline-flex min-h-7 min-w-0 items-center gap-2 hover:underline pointer-coarse:min-h-11"
    />
  );
}
