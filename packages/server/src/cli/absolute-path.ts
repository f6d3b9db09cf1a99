import { isAbsolute, resolve } from "node:path";
import { UsageError } from "./exit-codes.ts";

/**
 * A path as seen from the directory that this was started in.
 * @param option what names another path on the command line
 * @throws UsageError when it is relative and that directory is there no more: nothing can be found from it.
 */
export function absolutePath(path: string, option: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(startedIn(option), path);
}

function startedIn(option: string): string {
  try {
    return process.cwd();
  } catch (error) {
    const where = process.env["PWD"];
    const which = where === undefined ? "" : ` (${where})`;
    throw new UsageError(
      `The directory that skein was started in${which} is there no more. Go to one that is, or give an absolute path with ${option}.`,
      { cause: error },
    );
  }
}
