import { inspect } from "node:util";
import { SkeinError } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import { harmless } from "./text.ts";

/** Faults that may be told at once, and how many a second after them. */
const BURST = 50;
const PER_SECOND = 2;
/** A fault's text may quote what somebody sent: of a longer one the rest is left out. In UTF-16 units. */
const LONGEST = 8_192;

/**
 * Tells the person who runs the server of faults that no request waits for. A fault's text may quote a client, an agent or
 * a file's name: the terminal obeys none of it, a line of it is never taken for one of ours, and a flood fills no log.
 * @returns Takes one fault.
 */
export function faultLog(write: (text: string) => void, clock: Clock): (fault: unknown) => void {
  let allowance = BURST;
  let at = clock.elapsed();
  let leftOut = 0;
  return (fault) => {
    const now = clock.elapsed();
    allowance = Math.min(BURST, allowance + ((now - at) / 1000) * PER_SECOND);
    at = now;
    if (allowance < 1) {
      leftOut++;
      return;
    }
    allowance--;
    if (leftOut > 0) write(`skein: ${leftOut} more messages came too fast and were left out.\n`);
    leftOut = 0;
    write(`skein: ${told(fault)}\n`);
  };
}

function told(fault: unknown): string {
  const text = fault instanceof SkeinError ? fault.message : inspect(fault);
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length - LONGEST} characters more)` : text;
  return harmless(cut).replaceAll("\n", "\n    ");
}
