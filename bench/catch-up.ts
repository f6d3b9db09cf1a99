import { join } from "node:path";
import type { CatchUpResult } from "./catch-up.process.ts";
import { runTask } from "./support/processes.ts";
import type { Section, SectionOptions } from "./support/section.ts";

const GOAL_MS = 5;

/** (d) What it takes to bring somebody back who was away for a while. */
export async function catchUp({ log }: SectionOptions): Promise<Section> {
  const result = await runTask<CatchUpResult>(join(import.meta.dir, "catch-up.process.ts"), {});
  log(JSON.stringify(result));
  const row = (missed: string, { ms, first, bytes, missedBytes }: CatchUpResult["tokens"]) => ({
    missed,
    "server ms": ms.toFixed(2),
    "first, store just opened": first.toFixed(2),
    "bytes sent": bytes.toLocaleString("en"),
    "bytes missed": missedBytes === 0 ? "" : missedBytes.toLocaleString("en"),
  });
  const worst = Math.max(result.tokens.first, result.items.first, result.tokens.ms, result.items.ms);
  const inProportion = (["tokens", "items"] as const).every(
    (kind) => result[kind].bytes <= result[kind].missedBytes * 1.1,
  );
  return {
    title: "Catch-up",
    about:
      "A thread of 10,000 messages of 400 characters; a client subscribes with the position it had 100 commits ago. From " +
      "the subscription to the last byte handed to the socket; the median of 21, no network.",
    rows: [
      row("100 commits of one token each", result.tokens),
      row("100 commits of one message each", result.items),
      row("everything: a snapshot of the newest 200", result.snapshot),
    ],
    goals: [
      { goal: `≤ ${GOAL_MS} ms of server time`, measured: `${worst.toFixed(2)} ms`, met: worst <= GOAL_MS },
      {
        goal: "bytes in proportion to what was missed",
        measured: `${result.tokens.bytes.toLocaleString("en")} and ${result.items.bytes.toLocaleString("en")} bytes`,
        met: inProportion,
      },
    ],
  };
}
