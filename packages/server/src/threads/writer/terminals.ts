import type { TerminalEntity } from "@skein/client/protocol";
import { BOUNDS, cutStart } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { closeMessage } from "./messages.ts";
import { repeatedNotice } from "./notices.ts";
import { some } from "./read.ts";
import type { KnownTerminal } from "./state.ts";

/**
 * Terminals: processes that we run for an agent, and those it only reports in `_meta`. Their newest output is what a
 * person looks for, so when it outgrows its bound the older half is left out, in one patch for that half: what goes
 * over the wire stays in proportion to the output. The bound is that of a tool call.
 */
export function startTerminal(
  draft: Draft,
  terminal: string,
  about: { command: string; args: string[]; cwd: string; tool: string | null },
): string {
  closeMessage(draft);
  makeRoom(draft);
  const { pos, at } = draft.item();
  const id = `x${pos}`;
  const value: TerminalEntity = {
    ...at,
    command: about.command,
    args: about.args,
    cwd: about.cwd,
    output: "",
    status: "running",
    startedAt: draft.now,
  };
  draft.put("terminal", id, value);
  set(draft, terminal, { id, output: "", omitted: 0, running: true, tool: about.tool });
  return id;
}

export function addOutput(draft: Draft, terminal: string, text: string): void {
  const known = draft.state.terminals.get(terminal);
  if (known === undefined || text === "") return;
  const output = known.output + text;
  const most = draft.bounds.toolOutputUnits;
  if (output.length <= most) {
    draft.append("terminal", known.id, "output", known.output.length, text);
    set(draft, terminal, { ...known, output });
    return;
  }
  const kept = cutStart(output, Math.floor(most / 2));
  const omitted = known.omitted + output.length - kept.length;
  draft.patch("terminal", known.id, { output: kept, omitted });
  set(draft, terminal, { ...known, output: kept, omitted });
}

export function endTerminal(
  draft: Draft,
  terminal: string,
  status: "exited" | "interrupted",
  exit?: { code: number | null; signal: string | null },
): void {
  const known = draft.state.terminals.get(terminal);
  if (known === undefined || !known.running) return;
  const how = exit && { ...some("code", exit.code ?? undefined), ...some("signal", exit.signal ?? undefined) };
  draft.patch("terminal", known.id, { status, ...some("exit", how), endedAt: draft.now });
  set(draft, terminal, { ...known, running: false });
}

/** Ends every terminal that still runs and that `which` picks. */
export function endTerminals(
  draft: Draft,
  status: "exited" | "interrupted",
  which: (terminal: KnownTerminal) => boolean,
): void {
  for (const [terminal, known] of draft.state.terminals) {
    if (known.running && which(known)) endTerminal(draft, terminal, status);
  }
}

/**
 * Makes room for one more. Of one that runs the end has to be written, so those that have ended are forgotten first; but
 * every snapshot holds all that run, so there is a bound to those that an agent only reports.
 */
function makeRoom(draft: Draft): void {
  const { terminals } = draft.state;
  if (terminals.size < BOUNDS.terminalsKnown) return;
  const known = [...terminals];
  const [ended] = known.find(([, { running }]) => !running) ?? [];
  if (ended !== undefined) return forget(draft, ended);
  // Of those that we run the driver allows fewer.
  const [reported] = known.find(([, { tool }]) => tool !== null) ?? [];
  if (reported === undefined) return;
  endTerminal(draft, reported, "interrupted");
  forget(draft, reported);
  const text = `More than ${BOUNDS.terminalsKnown} terminals ran at once: those that ran longest count as interrupted.`;
  repeatedNotice(draft, "warning", text);
}

function set(draft: Draft, terminal: string, known: KnownTerminal): void {
  draft.set({ terminals: new Map(draft.state.terminals).set(terminal, known) });
}

function forget(draft: Draft, terminal: string): void {
  const terminals = new Map(draft.state.terminals);
  terminals.delete(terminal);
  draft.set({ terminals });
}
