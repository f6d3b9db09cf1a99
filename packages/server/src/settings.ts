import { DEFAULT_LIMITS, type Limits } from "@skein/client/protocol";
import { z } from "zod";
import { readJsonFile } from "./json-file.ts";

/** Every bound that can be set, in `settings.json` of the data directory. */
export type Settings = {
  /** The limits that clients are told (P90). */
  limits: Limits;
  /** How long is kept what is not the conversation itself, in days. */
  keep: {
    /** Raw lines exchanged with agents. */
    eventsDays: number;
    /** Answers to commands, by their keys (P61): no client keeps a command unanswered for longer. */
    answersDays: number;
    /** Commits one by one: who was away for longer is told what has changed, and needs nothing in between. */
    commitsDays: number;
    /** Blobs that nothing names: an upload waits in somebody's draft. */
    blobsDays: number;
  };
  agents: {
    /** An agent that was not asked anything for so long is ended; the next prompt goes on with its conversation. */
    idleMs: number;
    /** How long an agent that was told to stop has until it is killed. */
    graceMs: number;
    /** The longest line that an agent may write, in bytes. */
    lineBytes: number;
  };
  flush: {
    /** The longest pause between two flushes of a busy server. */
    longestPauseMs: number;
  };
};

export const DEFAULT_SETTINGS: Settings = {
  limits: DEFAULT_LIMITS,
  keep: { eventsDays: 7, answersDays: 30, commitsDays: 1, blobsDays: 7 },
  agents: { idleMs: 15 * 60_000, graceMs: 10_000, lineBytes: 16 * 1024 * 1024 },
  flush: { longestPauseMs: 25 },
};

const positive = z.int().min(1);

/** The members of one group, each with its default. */
function group<Group extends Record<string, number>>(defaults: Group, value: z.ZodType<number>) {
  const shape = Object.fromEntries(Object.entries(defaults).map(([name, usual]) => [name, value.default(usual)]));
  return z.strictObject(shape).prefault({}) as unknown as z.ZodType<Group>;
}

const settings = z
  .strictObject({
    limits: group(DEFAULT_SETTINGS.limits, positive),
    keep: group(DEFAULT_SETTINGS.keep, z.number().positive()),
    agents: group(DEFAULT_SETTINGS.agents, positive),
    flush: group(DEFAULT_SETTINGS.flush, z.int().min(0)),
  })
  .superRefine(({ keep, limits }, context) => {
    const fault = (path: [keyof Settings, string], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    if (limits.frameBytes <= limits.promptBytes)
      fault(["limits", "frameBytes"], "a prompt of promptBytes must fit into a frame");
    if (limits.silentMs <= limits.pingAfterMs)
      fault(["limits", "silentMs"], "a ping comes only after pingAfterMs of silence");
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
