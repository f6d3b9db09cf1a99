import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { EncodedCommit, Store, Write } from "./contract.ts";
import { besideContract } from "./contract-beside.suite.ts";
import { modelContract } from "./contract-model.suite.ts";
import { searchContract } from "./contract-search.suite.ts";
import { windowContract } from "./contract-window.suite.ts";
import { append, drop, items, patch, put, read, T, U, write } from "./testing/edits.ts";
import type { StorePlace } from "./testing/store-place.ts";

/** What a replica holds after these commits. */
export function fold(topic: Topic, commits: readonly EncodedCommit[]): Replica {
  const replica = new Replica(topic);
  for (const commit of commits) expect(replica.apply(read(commit))).toBe("applied");
  return replica;
}

/** What every store has to do. A new store calls this with a way to make one. */
export function storeContract(name: string, make: () => Promise<StorePlace>): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(() => place.remove());
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };
    const commit = async (...writes: Write[]) => store.commit(writes);
    const streaming = (text = "") => ({ pos: 1, role: "assistant", text, status: "streaming" });

    describe("a flush", () => {
      test("P21: makes one commit of each topic it touches, whose text is what the log keeps", async () => {
        const { commits, results } = await commit(
          write(T, put("thread", "one", { title: "a" })),
          write(U, put("thread", "two", { title: "b" })),
          write(T, patch("thread", "one", { status: "idle" }), put("message", "m1", { pos: 1, text: "hi" })),
        );
        expect(commits.map(({ topic, epoch, after, seq }) => ({ topic, epoch, after, seq }))).toEqual([
          { topic: T, epoch: store.epoch, after: 0, seq: 1 },
          { topic: U, epoch: store.epoch, after: 0, seq: 1 },
        ]);
        expect(results.map((each) => each.ok && "positions" in each && [...each.positions])).toEqual([
          [[T, 1]],
          [[U, 1]],
          [[T, 1]],
        ]);
        const first = commits[0] as EncodedCommit;
        expect(read(first)).toMatchObject({ topic: T, epoch: store.epoch, after: 0, seq: 1 });
        expect(read(first).changes).toEqual([
          put("thread", "one", { title: "a", status: "idle" }),
          put("message", "m1", { pos: 1, text: "hi" }),
        ]);
        expect(await store.logSince(T, 0, 1e9)).toMatchObject({ folded: false, commits: [first] });
        expect(await store.head(T)).toEqual({ epoch: store.epoch, seq: 1 });
      });

      test("with nothing that changes anything makes no commit", async () => {
        await commit(write(T, put("message", "m1", streaming("ab"))));
        const { commits, results } = await commit(
          write(
            T,
            append("m1", 0, "ab"),
            patch("message", "none", { a: 1 }),
            drop("message", "none"),
            append("no", 7, "x"),
          ),
        );
        expect(commits).toEqual([]);
        expect(results).toEqual([{ ok: true, positions: new Map([[T, 1]]) }]);
        expect(await store.head(U)).toBeNull();
      });

      test("keeps what JSON keeps: a member that is undefined is not there", async () => {
        await commit(write(T, put("thread", "one", { title: "a", mode: "b" })));
        const { commits } = await commit(write(T, patch("thread", "one", { title: "c", mode: undefined })));
        expect((commits[0] as EncodedCommit).text).not.toContain("mode");
        expect(await store.entity(T, "thread", "one")).toEqual({ title: "c", mode: "b" });
      });

      test("a topic that is not there has no head, no entities, and cannot be read", async () => {
        expect(await store.head(T)).toBeNull();
        expect(await store.entity(T, "thread", "one")).toBeNull();
        expect(await store.entities(T, "thread")).toEqual([]);
        expect(await store.lastPosition(T)).toBe(-1);
        const missing = expect.objectContaining({ kind: "not_found" }) as unknown;
        expect(store.snapshot(T)).rejects.toEqual(missing);
        expect(store.changedSince(T, 0)).rejects.toEqual(missing);
        expect(store.logSince(T, 0, 1)).rejects.toEqual(missing);
        expect(store.history(T, 1, items(1))).rejects.toEqual(missing);
      });
    });

    describe("G3: a guard is compared and set in one step", () => {
      const answer = (option: string, where: Record<string, unknown>): Write => ({
        ...write(T, patch("permission", "r1", { status: "answered", answer: option })),
        guard: { topic: T, kind: "permission", id: "r1", where },
      });

      test("the first wins, the later one is told what it came too late for, others of the flush stand", async () => {
        await commit(write(T, put("permission", "r1", { pos: 1, status: "pending" })));
        const { results, commits } = await commit(
          answer("yes", { status: "pending" }),
          answer("no", { status: "pending" }),
          write(T, put("notice", "n1", { pos: 2, text: "x" })),
        );
        const answered = { pos: 1, status: "answered", answer: "yes" };
        expect(results[1]).toEqual({ ok: false, kind: "conflict", current: answered });
        expect(results[2]).toMatchObject({ ok: true });
        expect(commits).toHaveLength(1);
        expect(await store.entity(T, "permission", "r1")).toEqual(answered);
        const later = await commit(answer("no", { status: "pending" }));
        expect(later).toEqual({ commits: [], results: [{ ok: false, kind: "conflict", current: answered }] });
      });

      test("members are compared as JSON; undefined means absent; an entity that is not there fits nothing", async () => {
        await commit(write(T, put("permission", "r1", { pos: 1, deep: { a: [1, { b: 2 }] }, mode: null })));
        const outcome = async (where: Record<string, unknown>) =>
          (await commit({ changes: [], guard: { topic: T, kind: "permission", id: "r1", where } })).results[0]?.ok;
        expect(await outcome({ deep: { a: [1, { b: 2 }] }, answer: undefined })).toBe(true);
        expect(await outcome({ deep: { a: [1, { b: 3 }] } })).toBe(false);
        expect(await outcome({ pos: undefined })).toBe(false);
        expect(await outcome({ mode: undefined })).toBe(false);
        expect(await outcome({ toString: undefined })).toBe(true);
        const none = await commit({ changes: [], guard: { topic: U, kind: "permission", id: "r1", where: {} } });
        expect(none.results).toEqual([{ ok: false, kind: "conflict", current: null }]);
      });
    });

    describe("G3: exactly-once effect of a command, by its key", () => {
      const rename = (title: string, key: string): Write => ({
        ...write(T, put("thread", "one", { title })),
        command: { user: "local", key, topic: T, answer: { thread: "one" } },
      });

      test("P61: a repeat has no effect and the same answer: in the flush, after it, and after a restart", async () => {
        const { results, commits } = await commit(rename("a", "key-0001"), rename("b", "key-0001"));
        const answer = { topic: T, seq: 1, thread: "one" };
        expect(results).toEqual([
          { ok: true, positions: new Map([[T, 1]]), answer },
          { ok: true, repeated: true, answer },
        ]);
        expect(read(commits[0] as EncodedCommit).changes).toEqual([put("thread", "one", { title: "a" })]);
        expect(await commit(rename("c", "key-0001"))).toEqual({
          commits: [],
          results: [{ ok: true, repeated: true, answer }],
        });
        await reopen();
        expect(await store.answerTo("local", "key-0001")).toEqual(answer);
        expect((await commit(rename("d", "key-0001"))).results).toEqual([{ ok: true, repeated: true, answer }]);
        expect(await store.entity(T, "thread", "one")).toEqual({ title: "a" });
      });

      test("P61, P63: another user's key is another key; a write that was refused leaves its key free", async () => {
        await commit(rename("a", "key-0001"));
        const other = rename("b", "key-0001");
        const guard = { topic: T, kind: "thread", id: "one", where: { title: "z" } };
        const refused = await commit({
          ...other,
          command: { ...(other.command as object), user: "eve" } as never,
          guard,
        });
        expect(refused.results[0]).toMatchObject({ ok: false });
        expect(await store.answerTo("eve", "key-0001")).toBeNull();
        const { results } = await commit({ ...other, command: { ...(other.command as object), user: "eve" } as never });
        expect(results[0]).toMatchObject({ ok: true, answer: { seq: 2 } });
      });

      test("P62: a command that changes nothing is answered with where the topic is", async () => {
        const command = { user: "local", key: "key-0002", topic: T, answer: { turn: null } };
        const before = await commit({ changes: [], command });
        expect(before.results[0]).toMatchObject({ answer: { topic: T, seq: 0, turn: null } });
        await commit(write(T, put("thread", "one", {})));
        const after = await commit({ changes: [], command: { ...command, key: "key-0003" } });
        expect(after.results[0]).toMatchObject({ answer: { seq: 1 } });
      });
    });

    describe("text that grows", () => {
      test("L2: every read has the text so far, also of a late joiner, also after restart and crash", async () => {
        await commit(write(T, put("message", "m1", streaming())), write(T, put("thread", "one", {})));
        await commit(write(T, append("m1", 0, "Hel")));
        await commit(write(T, append("m1", 3, "lo")), write(T, append("m1", 5, " you")));
        const whole = streaming("Hello you");
        const check = async (from: Store): Promise<void> => {
          expect(await from.entity(T, "message", "m1")).toEqual(whole);
          expect(await from.entities(T, "message")).toEqual([{ kind: "message", id: "m1", value: whole }]);
          expect((await from.history(T, 2, items(10))).items).toEqual([{ kind: "message", id: "m1", value: whole }]);
          expect(read(await from.snapshot(T)).changes).toContainEqual(put("message", "m1", whole));
          expect(read(await from.snapshot(T, items(1))).changes).toContainEqual(put("message", "m1", whole));
          expect(read(await from.changedSince(T, 2)).changes).toEqual([put("message", "m1", whole)]);
        };
        await check(store);
        await check(await place.crashed());
        await reopen();
        await check(store);
        await commit(write(T, append("m1", 9, "!")), write(T, patch("message", "m1", { status: "complete" })));
        expect(await store.entity(T, "message", "m1")).toEqual({ ...whole, text: "Hello you!", status: "complete" });
      });

      test("G4: text is exact, UTF-16 for UTF-16, surrogates apart too", async () => {
        const text = 'a\u0000é😀\ud83d\u2028"\\\udc00z';
        await commit(write(T, put("message", "m1", streaming())));
        for (let at = 0; at < text.length; at++) await commit(write(T, append("m1", at, text.charAt(at))));
        expect((await store.entity(T, "message", "m1"))?.["text"]).toBe(text);
        expect((await (await place.crashed()).entity(T, "message", "m1"))?.["text"]).toBe(text);
        await reopen();
        expect((await store.entity(T, "message", "m1"))?.["text"]).toBe(text);
        expect(fold(T, [await store.snapshot(T)]).get("message", "m1")?.["text"]).toBe(text);
      });

      test("a repeat is harmless; what does not fit refuses its write, all of it, and no other", async () => {
        await commit(write(T, put("message", "m1", streaming("ab"))));
        const { results } = await commit(
          write(T, append("m1", 1, "bc")),
          {
            changes: [
              ...write(U, put("thread", "two", {})).changes,
              ...write(T, append("m1", 3, "d"), append("m1", 9, "x")).changes,
            ],
          },
          write(T, append("m1", 0, "X")),
          write(T, append("m1", 3, "e")),
        );
        const gap = { ok: false, kind: "gap", current: streaming("abcd") };
        expect(results).toEqual([
          { ok: true, positions: new Map([[T, 2]]) },
          gap as never,
          { ok: false, kind: "gap", current: streaming("abc") },
          { ok: true, positions: new Map([[T, 2]]) },
        ]);
        expect(await store.entity(T, "message", "m1")).toEqual(streaming("abce"));
        expect(await store.head(U)).toBeNull();
      });

      test("G5: folding takes the log of an open text too, which keeps what it has and grows on", async () => {
        await commit(write(T, put("message", "m1", streaming())));
        await commit(write(T, put("notice", "n1", { pos: 2 })));
        await commit(write(T, append("m1", 0, "ab")));
        await commit(write(T, append("m1", 2, "cd")));
        await store.fold(T, 99);
        expect(await store.logSince(T, 3, 1e9)).toMatchObject({ folded: true });
        expect(await store.entity(T, "message", "m1")).toEqual(streaming("abcd"));
        await commit(write(T, append("m1", 4, "ef")));
        await commit(write(T, append("m1", 6, "gh")));
        await store.fold(T, 4);
        expect(await store.logSince(T, 4, 1e9)).toMatchObject({ folded: false, commits: [{ seq: 5 }, { seq: 6 }] });
        expect(await (await place.crashed()).entity(T, "message", "m1")).toEqual(streaming("abcdefgh"));
        await commit(write(T, patch("message", "m1", { status: "complete" })));
        expect(await store.entity(T, "message", "m1")).toEqual({ ...streaming("abcdefgh"), status: "complete" });
      });
    });

    describe("catching up", () => {
      test("an entity that comes to be open, however it does, is held from then on", async () => {
        await commit(write(T, put("notice", "n1", { pos: 1, status: "stream" }), put("notice", "n2", { pos: 2 })));
        expect(read(await store.snapshot(T, items(1))).changes.map((each) => each.id)).toEqual(["n2"]);
        await commit(write(T, { op: "append", kind: "notice", id: "n1", field: "status", at: 6, text: "ing" }));
        expect(read(await store.snapshot(T, items(1))).changes.map((each) => each.id)).toEqual(["n1", "n2"]);
      });

      test("the log is answered up to the bytes asked for, at least one commit, and tells how much there is", async () => {
        const sizes: number[] = [];
        for (let pos = 1; pos <= 5; pos++) {
          const { commits } = await commit(write(T, put("notice", `n${pos}`, { pos, text: "é".repeat(pos * 10) })));
          sizes.push(Buffer.byteLength((commits[0] as EncodedCommit).text));
        }
        const size = (from: number, to: number) => sizes.slice(from, to).reduce((sum, each) => sum + each, 0);
        const seqs = async (after: number, maxBytes: number) => {
          const log = await store.logSince(T, after, maxBytes);
          return log.folded ? "folded" : [log.bytes, ...log.commits.map((each) => each.seq)];
        };
        expect(await seqs(0, 1e9)).toEqual([size(0, 5), 1, 2, 3, 4, 5]);
        expect(await seqs(0, size(0, 3))).toEqual([size(0, 5), 1, 2, 3]);
        expect(await seqs(0, size(0, 3) - 1)).toEqual([size(0, 5), 1, 2]);
        expect(await seqs(2, 0)).toEqual([size(2, 5), 3]);
        expect(await seqs(5, 1e9)).toEqual([0]);
        await store.fold(T, 2);
        expect(await seqs(1, 1e9)).toBe("folded");
        expect(await seqs(2, 1e9)).toEqual([size(2, 5), 3, 4, 5]);
        await store.fold(T, 5);
        expect(await seqs(5, 1e9)).toEqual([0]);
      });

      test("commits expire by their time, those of an open text too", async () => {
        await store.close();
        let now = 0;
        store = await place.open({ now: () => now });
        await commit(write(U, put("message", "m1", streaming())));
        for (now = 10; now <= 90; now += 10) {
          await commit(
            write(T, put("notice", "n1", { at: now })),
            write(U, now === 30 ? append("m1", 0, "x") : put("a", "b", {})),
          );
        }
        const kept = async (topic: Topic) => {
          const log = await store.logSince(topic, 9, 1e9);
          let first = 9;
          while (first > 0 && !(await store.logSince(topic, first - 1, 0)).folded) first--;
          return [log.folded, first];
        };
        await store.expire({ events: 0, answers: 0, tokens: 0, commits: 45 });
        expect(await kept(T)).toEqual([false, 4]);
        expect(await kept(U)).toEqual([false, 5]);
        expect(await store.entity(U, "message", "m1")).toEqual(streaming("x"));
        await store.expire({ events: 0, answers: 0, tokens: 0, commits: 91 });
        expect(await kept(T)).toEqual([false, 9]);
        await commit(write(T, put("notice", "n1", { at: 100 })));
        expect(read(await store.changedSince(T, 2)).changes).toEqual([put("notice", "n1", { at: 100 })]);
      });

      test("the size of a merge is known beforehand", async () => {
        await commit(write(T, put("notice", "n1", { pos: 1, text: "é".repeat(500) })));
        await commit(write(T, put("notice", "n2", { pos: 2 })));
        const { length } = Buffer.from((await store.changedSince(T, 0)).text);
        expect(await store.changedBytes(T, 0)).toBeWithin(1000, length);
        expect(await store.changedBytes(T, 1)).toBeWithin(1, 100);
        expect(await store.changedBytes(T, 2)).toBe(0);
      });

      test("a merge tells drops, and what came and went leaves no trace", async () => {
        await commit(write(T, put("card", "a", { n: 1 }), put("card", "b", { n: 1 })));
        await commit(write(T, drop("card", "a")));
        await commit(write(T, put("card", "c", {}), drop("card", "c")));
        await reopen();
        const merged = read(await store.changedSince(T, 1));
        expect(merged).toMatchObject({ after: 1, seq: 3, changes: [drop("card", "a")] });
        expect(fold(T, [await store.snapshot(T)]).dump().entities).toEqual([
          { kind: "card", id: "b", value: { n: 1 } },
        ]);
        expect(await store.entity(T, "card", "a")).toBeNull();
        await commit(write(T, put("card", "a", { n: 2 })));
        expect(read(await store.changedSince(T, 1)).changes).toEqual([put("card", "a", { n: 2 })]);
        expect(store.changedSince(T, 5)).rejects.toEqual(expect.objectContaining({ kind: "gap" }) as unknown);
      });
    });

    test("once closed it says so, and closing again is harmless", async () => {
      await store.close();
      await store.close();
      expect(store.head(T)).rejects.toThrow("closed");
      expect(store.commit([])).rejects.toThrow("closed");
    });

    windowContract(() => store);
    searchContract(() => store);
    besideContract(() => store, reopen);
    modelContract(make);
  });
}
