import { movesAbout, readAnsi, type Line } from "./ansi.ts";

/** What a terminal does something else with than show it; ends of lines and tabs are text. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f]/;

/**
 * Terminal output as the text that is to be seen of it in the end: without colours, with what was written over gone. What
 * has nothing of that in it stays as it is, to the last blank.
 */
export async function textShown(output: string): Promise<string> {
  if (!CONTROL.test(output)) return output;
  return textOf(movesAbout(output) ? await onScreen(output) : readAnsi(output));
}

async function onScreen(output: string): Promise<readonly Line[]> {
  let Screen;
  try {
    ({ Screen } = await import("./screen.ts"));
  } catch {
    return readAnsi(output); // Offline before it was ever loaded: as it is drawn then.
  }
  const screen = new Screen();
  await screen.write(output);
  const lines = screen.lines();
  screen.dispose();
  return lines;
}

const textOf = (lines: readonly Line[]): string =>
  lines
    .map((runs) => runs.map(({ text }) => text).join(""))
    .join("\n")
    .trimEnd();
