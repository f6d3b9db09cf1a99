import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commit, Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { EncodedCommit } from "../contract.ts";
import { SqliteStore } from "../sqlite.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "skein-crash-"));
  file = join(directory, "skein.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Lets another process write until it has acknowledged so many commits, then kills it. */
async function writeAndKill(enough: number, durability: string): Promise<EncodedCommit[]> {
  const script = join(import.meta.dir, "..", "testing", "write-loop.process.ts");
  const child = Bun.spawn([process.execPath, script, file, durability], { stdout: "pipe", stderr: "inherit" });
  let text = "";
  let killed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!killed && text.split("\n").length > enough) killed = process.kill(child.pid, "SIGKILL");
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  // The last line may be cut off: then it was not acknowledged.
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as EncodedCommit);
}

test.each(["normal", "full"])(
  "G1: what was acknowledged survives kill -9, to the byte and to the character (durability %s)",
  async (durability) => {
    const acknowledged: EncodedCommit[] = [];
    for (const kills of [[5], [61, 30], [900]]) {
      for (const enough of kills) acknowledged.push(...(await writeAndKill(enough, durability)));
      const store = await SqliteStore.open({ file });
      for (const topic of ["thread:a", "thread:b"] as Topic[]) {
        const log = await store.logSince(topic, 0, 1e9);
        if (log.folded) throw new Error("Commits went that nobody let go.");
        const kept = new Map(log.commits.map((commit) => [commit.seq, commit]));
        for (const commit of acknowledged.filter((each) => each.topic === topic)) {
          expect(await store.holds(topic, commit)).toBe(true);
          const inThisRun = { ...commit, epoch: store.epoch, text: commit.text.replace(commit.epoch, store.epoch) };
          expect(kept.get(commit.seq)).toEqual(inThisRun);
          const answer = await store.answerTo("local", `key-${topic}-${commit.seq - 1}`);
          expect(answer).toMatchObject({ topic, seq: commit.seq });
        }
        // G2, G4: what is read, open texts too, is the fold of the log.
        const folded = new Replica(topic);
        for (const { text } of log.commits) expect(folded.apply(JSON.parse(text) as Commit)).toBe("applied");
        const now = new Replica(topic);
        now.apply(JSON.parse((await store.snapshot(topic)).text) as Commit);
        expect(now.dump()).toEqual(folded.dump());
      }
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 + 61 + 30 + 900);
  },
  60_000,
);
