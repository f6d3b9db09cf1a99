import { classNames } from "../../ui/class-names.ts";
import { fateOf, type FileChanges } from "./net-changes.ts";

/** Says of a file that it is new, or gone; nothing of one that was changed. */
export function FileWord({ file }: { file: FileChanges }) {
  const fate = fateOf(file);
  if (fate === "changed") return null;
  return (
    <span
      className={classNames(
        "shrink-0 rounded-[4px] px-1 text-meta",
        fate === "new" ? "bg-good-soft text-good" : "bg-fail-soft text-fail",
      )}
    >
      {fate}
    </span>
  );
}
