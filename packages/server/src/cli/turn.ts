import type { Replica, TurnEntity, Watch } from "@skein/client";
import type { Cli } from "./context.ts";
import { EXIT, exitCodeOfTurn, type ExitCode } from "./exit-codes.ts";
import type { Policy } from "./choose.ts";
import { onInterrupt } from "./interrupts.ts";
import type { Sink } from "./printer.ts";
import type { Reached } from "./reach.ts";
import { loadOlder, type Reading } from "./reading.ts";
import { Responder } from "./responder.ts";
import type { Screen } from "./screen.ts";
import { oneLine } from "./text.ts";

type FollowOptions = {
  cli: Cli;
  reached: Reached;
  watch: Watch;
  reading: Reading;
  thread: string;
  turn: string;
  policy: Policy | undefined;
  json: boolean;
};

/** Answers on stdout as they are, everything about them on stderr. */
export function answerSink(screen: Screen): Sink {
  return {
    text: (text) => screen.out(text),
    endLine: () => screen.endLine(),
    line: (line) => screen.note(line),
  };
}

/**
 * Stays with a turn until it has ended, answers what the agent asks, and stops the turn at Ctrl-C; at a second one it
 * leaves at once.
 */
export async function followTurn(options: FollowOptions): Promise<ExitCode> {
  const { cli, reached, watch, reading, thread, turn, policy, json } = options;
  const { client, blobText } = reached;
  const { screen } = cli;
  const responder = new Responder({ client, blobText, thread, screen, policy });
  const { promise: left, resolve: leave } = Promise.withResolvers<null>();
  const stopListening = onInterrupt(
    () => {
      if (client.status.state !== "live") {
        // Nobody is there to be asked, and who sent the signal wants an end.
        screen.note("not connected: leaving; the turn is left as it is");
        leave(null);
        return;
      }
      screen.note("cancelling; once more to leave at once");
      client.command("thread.cancel", { thread, turn }).catch(() => leave(null));
    },
    () => leave(null),
  );
  const stopLooking = watch.onChange(() => responder.look(watch.replica));
  responder.look(watch.replica);
  const began = Date.now();
  screen.progress(() => `${activity(watch.replica)} · ${Math.round((Date.now() - began) / 1000)} s · Ctrl-C to cancel`);
  try {
    const ended = await Promise.race([turnEnd(watch, turn), left]);
    await Promise.race([reading.settled(), left]);
    if (ended === null) {
      reached.leaveAtOnce();
      return EXIT.interrupted;
    }
    screen.progress(null);
    screen.endLine();
    if (json) screen.json({ turn: { id: turn, ...ended } });
    const code = exitCodeOfTurn(ended);
    return code === EXIT.ok && reading.incomplete ? EXIT.failed : code;
  } finally {
    screen.progress(null);
    stopLooking();
    stopListening();
    responder.end();
  }
}

/**
 * Resolves with a turn once it has ended.
 * @throws SkeinError when its thread is not to be had any more.
 */
export async function turnEnd(watch: Watch, turn: string): Promise<TurnEntity> {
  const { promise, resolve, reject } = Promise.withResolvers<TurnEntity>();
  let searching = false;
  const look = async (): Promise<void> => {
    let value = watch.replica.get("turn", turn);
    if (!value && searching) return;
    searching = value === undefined;
    // Ended, and already beyond the window: the history has it.
    while (!value && watch.replica.hasOlder) {
      await loadOlder(watch);
      value = watch.replica.get("turn", turn);
    }
    searching = false;
    if (value && value.status !== "queued" && value.status !== "running") resolve(value);
  };
  const lookNow = (): void => void look().catch(reject);
  const stops = [
    watch.onChange(lookNow),
    watch.onStatus(() => {
      if (watch.error) reject(watch.error);
    }),
  ];
  lookNow();
  try {
    return await promise;
  } finally {
    for (const stop of stops) stop();
  }
}

/** What goes on in a thread, in a few words. */
function activity(replica: Replica): string {
  for (const thread of replica.all("thread").values()) {
    if (thread.waitsForAgent) return "waiting until another agent ends";
  }
  for (const { kind, value } of replica.timeline().slice(-8).toReversed()) {
    if (kind === "tool" && (value.status === "in_progress" || value.status === "pending")) {
      return oneLine(value.title, 60);
    }
    if (kind === "message" && value.status === "streaming") {
      return value.role === "thought" ? "thinking" : "answering";
    }
  }
  return "working";
}
