import type { Commit, Topic } from "@skein/client/protocol";
import type { Replica } from "@skein/client/replica";
import { itemsOf, scriptOf } from "../support/seeded-agent.ts";

type Value = Record<string, unknown>;

/**
 * Holds what clients saw against the guarantees. It knows the protocol and the agents' scripts, and nothing of how
 * the server works. Every method returns faults as sentences; none is how it should be.
 */
export class Checker {
  /** By topic and step: what was said to have happened there. */
  readonly #seen = new Map<string, string>();
  /** By topic: the furthest position any client was told of. */
  readonly #furthest = new Map<Topic, number>();
  #atCrash = new Map<Topic, number>();
  readonly faults: string[] = [];
  commits = 0;

  /** A client was sent a commit. @param holds Whether it had some of the topic before. */
  saw(commit: Commit, holds: boolean): void {
    this.commits++;
    const far = this.#furthest.get(commit.topic);
    // A crash of the program takes nothing back: whoever holds some of the topic goes on from there.
    if (commit.after === null && holds) this.faults.push(`P24: ${commit.topic} came anew at ${commit.seq}.`);
    if (far === undefined || commit.seq > far) this.#furthest.set(commit.topic, commit.seq);
    // Merged commits may be put in other words; a single step is told to everyone in the same.
    if (commit.after === null || commit.seq !== commit.after + 1) return;
    const step = `${commit.topic} ${commit.seq}`;
    const text = JSON.stringify(commit.changes);
    const before = this.#seen.get(step);
    if (before === undefined) this.#seen.set(step, text);
    else if (before !== text) this.faults.push(`G1/G2: ${step} was told as ${before} and as ${text}.`);
  }

  /** The server is dead, and all that it sent was taken in. */
  crashed(): void {
    this.#atCrash = new Map(this.#furthest);
  }

  /** G1: after a crash a topic's head is not before anything that a client saw. */
  afterCrash(topic: Topic, head: number): void {
    const far = this.#atCrash.get(topic) ?? 0;
    if (far > head) this.faults.push(`G1: a client saw ${topic} at ${far}; the server is back at ${head}.`);
  }

  /** G7: what was at work when the server died is not at work in what is read right after. */
  nothingHangs(replica: Replica, turnsBefore: ReadonlySet<string>): void {
    for (const id of turnsBefore) {
      const status = replica.get("turn", id)?.["status"];
      if (status === "running") this.faults.push(`G7: ${replica.topic} ${id} runs still after the crash.`);
    }
    for (const item of replica.timeline()) {
      const at = `${replica.topic} ${item.kind} ${item.id}`;
      const { status, turn } = item.value as { status?: string; turn?: string };
      if (turn === undefined || !turnsBefore.has(turn)) continue;
      if (["streaming", "pending", "in_progress"].includes(status ?? ""))
        this.faults.push(`G7: ${at} is ${status} still.`);
    }
  }

  /** G2: every replica of a topic is what a newcomer is given. */
  equal(client: string, replica: Replica, fresh: Replica): void {
    const [mine, theirs] = [replica, fresh].map((each) => JSON.stringify(each.dump()));
    if (mine !== theirs) this.faults.push(`G2: ${client} has another ${replica.topic} than a newcomer.`);
  }

  /** G3: each acknowledged prompt is there once, and none twice. */
  once(fresh: readonly Replica[], acknowledged: ReadonlyMap<string, string>): void {
    const prompts = fresh.flatMap((replica) => [
      ...[...replica.all("message").values()].filter((value) => value["role"] === "user").map((value) => value["text"]),
      ...[...replica.all("turn").values()].flatMap((value) => {
        const queued = value["prompt"] as { text: string } | undefined;
        return queued ? [queued.text] : [];
      }),
    ]);
    const counts = new Map<unknown, number>();
    for (const text of prompts) counts.set(text, (counts.get(text) ?? 0) + 1);
    for (const [text, count] of counts) if (count > 1) this.faults.push(`G3: ${String(text)} is there ${count} times.`);
    for (const text of acknowledged.values()) {
      if (!counts.has(text)) this.faults.push(`G3: ${text} was acknowledged, and is not there.`);
    }
  }

  /** G4, G8: what a turn left is what its script says, in order; a beginning of it when the turn was cut off. */
  text(fresh: Replica): void {
    const byTurn = Map.groupBy(fresh.timeline(), (item) => item.value["turn"] as string | undefined);
    for (const [id, turn] of fresh.all("turn")) {
      const items = byTurn.get(id) ?? [];
      const prompt = items.find((item) => item.value["role"] === "user")?.value["text"] as string | undefined;
      const seed = /seed (\d+)/.exec(prompt ?? "")?.[1];
      if (seed === undefined) continue;
      const said = items.filter((item) => item.value["role"] !== "user" && ["message", "tool"].includes(item.kind));
      const expected = itemsOf(scriptOf(Number(seed)));
      const at = `${fresh.topic} ${id} (seed ${seed}, ${turn.status})`;
      if (turn["status"] === "done" && said.length !== expected.length) {
        this.faults.push(`G4: ${at} has ${said.length} items of ${expected.length}.`);
      }
      said.forEach((item, index) => {
        const should = expected[index];
        const { text, whole } = wordsOf(item.kind, item.value);
        const isLast = index === said.length - 1 && turn["status"] !== "done";
        const fits = should?.kind === item.kind && should.role === item.value["role"];
        const same = whole && !isLast ? text === should?.text : should?.text.startsWith(text);
        if (!fits || !same) {
          this.faults.push(`G4: ${at} item ${item.id} is ${JSON.stringify(text)}, not ${JSON.stringify(should)}.`);
        }
      });
    }
  }
}

function wordsOf(kind: string, value: Value): { text: string; whole: boolean } {
  if (kind === "message") return { text: value["text"] as string, whole: true };
  const content = value["content"] as { block?: { text?: string } }[];
  return { text: content.map((each) => each.block?.text ?? "").join(""), whole: value["status"] === "completed" };
}
