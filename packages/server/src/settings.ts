import { DEFAULT_LIMITS, type Limits } from "@skein/client/protocol";
import { totalmem } from "node:os";
import * as z from "zod";
import { readJsonFile } from "./json-file.ts";

/** Every bound that can be set, in `settings.json` of the data directory. */
export type Settings = {
  /** The limits that clients are told (P90), but for `answersMs`: see `limitsOf`. */
  limits: Omit<Limits, "answersMs">;
  /** How long is kept what is not the conversation itself, in days. */
  keep: {
    /** Raw lines exchanged with agents. */
    eventsDays: number;
    /** Answers to commands, by their keys (P61). What somebody gives offline and sends only after longer fails. */
    answersDays: number;
    /** Commits one by one: who was away for longer is told what has changed, and needs nothing in between. */
    commitsDays: number;
    /** Blobs that nothing names: an upload waits in somebody's draft. */
    blobsDays: number;
  };
  agents: {
    /**
     * An agent that has no turn, no command or task that runs, and said nothing for so long is ended; the next prompt
     * goes on with its conversation.
     */
    idleMs: number;
    /** How long an agent that was told to stop has until it is killed. */
    graceMs: number;
    /** How many agents may run at once; what is over it waits, and its thread says so. By default as many as memory allows. */
    most: number;
    /** The longest line that an agent may write, and the longest file it may read through us, in bytes. */
    lineBytes: number;
    /** For who confines agents from outside: Skein then reads and writes no files, and runs no commands, for them. */
    confine: boolean;
  };
  threads: {
    /**
     * Text that stands in an entity, in UTF-16 units: of a tool call's content, of its input, and of its output, each
     * (the rest is kept as a blob); of a terminal's output; and of a file that an agent includes.
     */
    toolOutputUnits: number;
  };
  pairing: {
    /** How long a code lets a browser in (P83). */
    codeMs: number;
    /** Wrong codes that an address may try at once; after these, one every ten seconds. */
    wrongCodes: number;
  };
  flush: {
    /** The longest pause between two flushes of a busy server. */
    longestPauseMs: number;
  };
};

const DAY_MS = 24 * 3_600_000;
const { answersMs, ...LIMITS } = DEFAULT_LIMITS;

export const DEFAULT_SETTINGS: Settings = {
  limits: LIMITS,
  keep: { eventsDays: 7, answersDays: answersMs / DAY_MS, commitsDays: 1, blobsDays: 7 },
  agents: { idleMs: 15 * 60_000, graceMs: 10_000, lineBytes: 16 * 1024 * 1024, most: agentsByMemory(), confine: false },
  threads: { toolOutputUnits: 256 * 1024 },
  pairing: { codeMs: 10 * 60_000, wrongCodes: 10 },
  flush: { longestPauseMs: 25 },
};

/** An agent takes up to half a GiB, with what it starts. */
function agentsByMemory(): number {
  return Math.max(4, Math.floor(totalmem() / 2 ** 29));
}

type Range = readonly [least: number, most: number];

/** What a bound can be set to, by the unit its name ends with. */
const RANGES: ReadonlyMap<string, Range> = new Map<string, Range>([
  // A timer takes 31 bits: one that is set for longer goes off at once.
  ["Ms", [1, 2 ** 31 - 1]],
  ["Bytes", [1, 2 ** 30]],
  // Below, not even what a person would want to see of it is kept; above, one entity is more than a phone can take.
  ["Units", [1024, 2 ** 24]],
]);
const COUNT: Range = [1, 1_000_000];

/** Bounds that can be set to less than their unit allows. */
const NARROWER: ReadonlyMap<string, Range> = new Map<string, Range>([
  // The WebSocket layer counts what it reads, four times as much (P6), in 32 bits.
  ["frameBytes", [1, 2 ** 28]],
  // A connection is ended by that layer at 2 GiB.
  ["softMarkBytes", [1, 2 ** 28]],
  // Below, not even what an agent says it can do need fit; a longer line is left out, and that is told.
  // A file of that length, as JSON six times as long at worst, must fit into a row of the database: 10^9 bytes.
  ["lineBytes", [64 * 1024, 2 ** 27]],
  ["longestPauseMs", [0, 1000]],
  // Connections are looked at once a second, and a slow network is no peer that is gone: below, nobody would get in or stay.
  ["helloMs", [1000, 2 ** 31 - 1]],
  ["pingAfterMs", [1000, 2 ** 31 - 1]],
  ["pongWithinMs", [1000, 2 ** 31 - 1]],
  ["silentMs", [2000, 2 ** 31 - 1]],
  ["drainMs", [1000, 2 ** 31 - 1]],
  // Whoever guesses has this long, and these tries.
  ["codeMs", [10_000, 24 * 3_600_000]],
  ["wrongCodes", [1, 100]],
]);

/** The members of one group, each with its default. */
function group<Group extends Record<string, number | boolean>>(
  defaults: Group,
  valueOf: (name: string) => z.ZodType<number>,
) {
  const shape = Object.fromEntries(
    Object.entries(defaults).map(([name, usual]) => [
      name,
      typeof usual === "boolean" ? z.boolean("expected true or false").default(usual) : valueOf(name).default(usual),
    ]),
  );
  return z.strictObject(shape).prefault({}) as unknown as z.ZodType<Group>;
}

function whole(name: string): z.ZodType<number> {
  const unit = /[A-Z][a-z]+$/.exec(name)?.[0] ?? "";
  const [least, most] = NARROWER.get(name) ?? RANGES.get(unit) ?? COUNT;
  const message = `expected a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

const MOST_DAYS = 36_500;
/** Who was away for a night sends his command again: it must not have its effect twice (P61). */
const LEAST_DAYS: ReadonlyMap<string, number> = new Map([["answersDays", 1]]);

function days(name: string): z.ZodType<number> {
  const least = LEAST_DAYS.get(name);
  const message =
    least === undefined
      ? `expected a number above 0, at most ${MOST_DAYS}`
      : `expected a number from ${least} to ${MOST_DAYS}`;
  const number = z.number(message).max(MOST_DAYS, message);
  return least === undefined ? number.positive(message) : number.min(least, message);
}

/** What a prompt's request has besides its text, in bytes. */
const AROUND_PROMPT = 1024;

const settings = z
  .strictObject({
    limits: group(DEFAULT_SETTINGS.limits, whole),
    keep: group(DEFAULT_SETTINGS.keep, days),
    agents: group(DEFAULT_SETTINGS.agents, whole),
    threads: group(DEFAULT_SETTINGS.threads, whole),
    pairing: group(DEFAULT_SETTINGS.pairing, whole),
    flush: group(DEFAULT_SETTINGS.flush, whole),
  })
  .superRefine(({ keep, limits }, context) => {
    const fault = (path: [keyof Settings, string], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    if (limits.frameBytes < limits.promptBytes + AROUND_PROMPT) {
      const message = `a prompt of promptBytes must fit into a frame, with ${AROUND_PROMPT} bytes for what is around it`;
      fault(["limits", "frameBytes"], message);
    }
    if (limits.silentMs < 2 * limits.pingAfterMs)
      fault(["limits", "silentMs"], "must be at least twice pingAfterMs, for a client sends a ping after pingAfterMs");
    if (keep.blobsDays < keep.commitsDays)
      fault(["keep", "blobsDays"], "a commit may name a blob, which is to be kept for as long (commitsDays)");
  });

/**
 * The settings in a file; where it says nothing, and where there is none, the defaults.
 * @throws SkeinError `invalid`, naming the file and the place in it.
 */
export async function readSettings(path: string): Promise<Settings> {
  return (await readJsonFile(path, settings)) ?? DEFAULT_SETTINGS;
}

/** The limits that clients are told. */
export const limitsOf = ({ limits, keep }: Settings): Limits => ({ ...limits, answersMs: keep.answersDays * DAY_MS });

/** What is set otherwise than by default, each as `limits.window 50`. */
export function differences(set: Settings): string[] {
  const usual = lines(DEFAULT_SETTINGS);
  return lines(set).filter((line) => !usual.includes(line));
}

/** Every setting with its value, each as `limits.window 50`. */
export const lines = (set: Settings): string[] =>
  Object.entries(set).flatMap(([group, members]) =>
    Object.entries(members).map(([name, value]) => `${group}.${name} ${value}`),
  );
