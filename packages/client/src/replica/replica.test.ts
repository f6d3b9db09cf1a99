import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Change, Commit } from "../protocol/changes.ts";
import { applyChange } from "./apply-change.ts";
import { coalesce } from "./coalesce.ts";
import { composePatches, mergePatch } from "./merge-patch.ts";
import { Replica } from "./replica.ts";

type Value = Record<string, unknown>;
const RUNS = { numRuns: 300 };

/** An edit without the parts that depend on what was before: those are filled in by `logOf`. */
type Intent =
  | { op: "put"; entity: number; value: Value }
  | { op: "patch"; entity: number; value: Value }
  | { op: "append"; entity: number; text: string }
  | { op: "drop"; entity: number };

const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean());
const patchValue = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(scalar, fc.constant(null), fc.dictionary(fc.constantFrom("x", "y"), fc.oneof(scalar, fc.constant(null)))),
);
const putValue = fc.record({
  a: fc.oneof(scalar, fc.dictionary(fc.constantFrom("x", "y"), scalar)),
  text: fc.string({ unit: "binary" }),
});
const entity = fc.nat(5);
const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("put" as const), entity, value: putValue }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("patch" as const), entity, value: patchValue }) },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constant("append" as const), entity, text: fc.string({ unit: "binary" }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("drop" as const), entity }) },
);

/** A well-formed log: appends fit, and an id is not used again after its drop. Odd entities are items. */
function logOf(batches: Intent[][]): Commit[] {
  const values = new Map<string, Value>();
  const generation = new Map<number, number>();
  let seq = 0;
  return batches.map((batch) => {
    const changes: Change[] = [];
    for (const edit of batch) {
      const name = `e${edit.entity}-${generation.get(edit.entity) ?? 0}`;
      const before = values.get(name);
      let change: Change | null = null;
      if (edit.op === "put") {
        const value = edit.entity % 2 ? { ...edit.value, pos: edit.entity } : edit.value;
        change = { op: "put", kind: "thing", id: name, value };
      } else if (before === undefined) {
        continue;
      } else if (edit.op === "append") {
        const text = before["text"] as string;
        change = { op: "append", kind: "thing", id: name, field: "text", at: text.length, text: edit.text };
      } else if (edit.op === "patch") {
        change = { op: "patch", kind: "thing", id: name, value: edit.value };
      } else {
        change = { op: "drop", kind: "thing", id: name };
        generation.set(edit.entity, (generation.get(edit.entity) ?? 0) + 1);
      }
      const after = applyChange(before, change);
      if (after === undefined) values.delete(name);
      else values.set(name, after);
      changes.push(change);
    }
    return { topic: "thread:t", epoch: "e", after: seq, seq: ++seq, ts: seq, changes };
  });
}

const log = fc.array(fc.array(intent, { maxLength: 8 }), { maxLength: 12 }).map(logOf);

function fold(commits: readonly Commit[]): Replica {
  const replica = new Replica("thread:t");
  for (const commit of commits) expect(replica.apply(commit)).toBe("applied");
  return replica;
}

function snapshotOf(replica: Replica, seq: number): Commit {
  const changes: Change[] = replica.dump().entities.map((each) => ({ op: "put", ...each }));
  return { topic: "thread:t", epoch: "e", after: null, seq, ts: 0, changes };
}

/** One commit for several: the freedom of catch-up. */
function merged(commits: readonly Commit[]): Commit {
  const first = commits[0] as Commit;
  const last = commits.at(-1) as Commit;
  return { ...last, after: first.after, changes: coalesce(commits.flatMap((commit) => commit.changes)) };
}

describe("G2: a replica is the fold of its topic's commits", () => {
  test("P22, P25: any split of the log into snapshot, merge and tail gives the same state", () => {
    fc.assert(
      fc.property(log, fc.nat(), fc.nat(), (commits, x, y) => {
        const [from, to] = [x % (commits.length + 1), y % (commits.length + 1)].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        const whole = fold(commits).dump();
        const replica = new Replica("thread:t");
        replica.apply(snapshotOf(fold(commits.slice(0, from)), from));
        if (to > from) expect(replica.apply(merged(commits.slice(from, to)))).toBe("applied");
        for (const commit of commits.slice(to)) expect(replica.apply(commit)).toBe("applied");
        expect(replica.dump()).toEqual({ ...whole, epoch: "e" });
      }),
      RUNS,
    );
  });

  test("P22: a repeat of any commits, in any order, changes nothing", () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat()), (commits, repeats) => {
        const replica = fold(commits);
        const before = replica.dump();
        for (const index of commits.length ? repeats : []) {
          const commit = commits[index % commits.length] as Commit;
          expect(replica.apply(commit)).toBe("repeat");
        }
        expect(replica.dump()).toEqual(before);
      }),
      RUNS,
    );
  });

  test("P22: any hole is noticed, and nothing after it is applied", () => {
    fc.assert(
      fc.property(log, fc.nat(), fc.nat(), (commits, at, length) => {
        fc.pre(commits.length >= 2);
        const from = at % (commits.length - 1);
        const to = from + 1 + (length % (commits.length - 1 - from));
        const replica = fold(commits.slice(0, from));
        const before = replica.dump();
        for (const commit of commits.slice(to)) expect(replica.apply(commit)).toBe("gap");
        expect(replica.dump()).toEqual(before);
      }),
      RUNS,
    );
  });

  test("P21, P22: another epoch's commit is a gap, whatever its numbers", () => {
    const replica = fold(logOf([[{ op: "put", entity: 0, value: { text: "" } }]]));
    expect(replica.apply({ topic: "thread:t", epoch: "other", after: 1, seq: 2, ts: 0, changes: [] })).toBe("gap");
    expect(replica.apply({ topic: "thread:t", epoch: "other", after: 0, seq: 1, ts: 0, changes: [] })).toBe("gap");
  });

  test("P22, P27: a commit whose append does not fit leaves no half of itself", () => {
    const replica = fold(logOf([[{ op: "put", entity: 0, value: { text: "ab" } }]]));
    const before = replica.dump();
    const changes: Change[] = [
      { op: "put", kind: "thing", id: "new", value: {} },
      { op: "append", kind: "thing", id: "e0-0", field: "text", at: 3, text: "d" },
    ];
    expect(replica.apply({ topic: "thread:t", epoch: "e", after: 1, seq: 2, ts: 0, changes })).toBe("gap");
    expect(replica.dump()).toEqual(before);
  });

  test("P40: the timeline is the items by place, and the same array until one changes", () => {
    fc.assert(
      fc.property(log, (commits) => {
        const replica = new Replica("thread:t");
        for (const commit of commits) {
          replica.apply(commit);
          const items = replica.timeline();
          expect(replica.timeline()).toBe(items);
          const expected = [...replica.all("thing")].filter(([, value]) => typeof value["pos"] === "number");
          expect(items.length).toBe(expected.length);
          expect(items.map((item) => item.pos)).toEqual(items.map((item) => item.pos).toSorted((a, b) => a - b));
          for (const item of items) expect(replica.get(item.kind, item.id)).toBe(item.value);
        }
      }),
      RUNS,
    );
  });
});

describe("G4: text is exact", () => {
  test("an append that overlaps equal text adds only the rest; one that differs is a gap", () => {
    const value = { text: "hello" };
    const append = (at: number, text: string) =>
      applyChange(value, { op: "append", kind: "m", id: "1", field: "text", at, text });
    expect(append(5, " you")).toEqual({ text: "hello you" });
    expect(append(1, "ell")).toBe(value);
    expect(append(3, "lo you")).toEqual({ text: "hello you" });
    expect(() => append(3, "xx")).toThrow("does not fit");
    expect(() => append(6, "x")).toThrow("does not fit");
  });

  test("P27: any cut of a text, surrogates split too, joins to the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.array(fc.nat(40)), (text, cuts) => {
        const at = [...new Set(cuts.map((cut) => Math.min(cut, text.length))), 0, text.length].toSorted(
          (a, b) => a - b,
        );
        const changes: Change[] = at.slice(1).map((end, index) => {
          const start = at[index] as number;
          return { op: "append", kind: "m", id: "1", field: "text", at: start, text: text.slice(start, end) };
        });
        let value: Value | undefined = { text: "" };
        for (const change of changes) value = applyChange(value, change);
        expect(value).toEqual({ text });
      }),
    );
  });
});

const item = (pos: number, more: Value = {}): Change => ({
  op: "put",
  kind: "message",
  id: `m${pos}`,
  value: { pos, text: String(pos), ...more },
});
const commit = (after: number | null, seq: number, changes: Change[], floor?: number): Commit => ({
  topic: "thread:t",
  epoch: "e",
  after,
  seq,
  ts: 0,
  changes,
  ...(floor === undefined ? {} : { floor }),
});

describe("windows", () => {
  test("P43: what is below the floor is ignored, what is held is not", () => {
    const replica = new Replica("thread:t");
    replica.apply(commit(null, 9, [item(5), item(6), item(1, { status: "pending" })], 5));
    expect(replica.apply(commit(9, 10, [item(2), item(1, { status: "answered" }), item(7)]))).toBe("applied");
    expect(replica.timeline().map((each) => each.pos)).toEqual([1, 5, 6, 7]);
    expect(replica.get("message", "m1")).toMatchObject({ status: "answered" });
    const patch: Change = { op: "patch", kind: "message", id: "m3", value: { text: "x" } };
    const append: Change = { op: "append", kind: "message", id: "m3", field: "text", at: 99, text: "x" };
    expect(replica.apply(commit(10, 11, [patch, append, { op: "drop", kind: "message", id: "m3" }]))).toBe("applied");
    expect(replica.get("message", "m3")).toBeUndefined();
  });

  test("P44, P45: history lowers the floor; trimming raises it and keeps what is open", () => {
    const replica = new Replica("thread:t");
    replica.apply(commit(null, 9, [item(5), item(6)], 5));
    expect(replica.hasOlder).toBe(true);
    const page = [3, 4].map((pos) => ({ kind: "message", id: `m${pos}`, value: { pos } as Value }));
    expect(replica.addHistory({ epoch: "other", items: page, before: 3 })).toBe(false);
    expect(replica.addHistory({ epoch: "e", items: page, before: 3 })).toBe(true);
    expect(replica.timeline().map((each) => each.pos)).toEqual([3, 4, 5, 6]);
    expect(replica.floor).toBe(3);
    replica.apply(commit(9, 10, [item(7, { status: "streaming" }), item(8), item(9), item(10)]));
    expect(replica.trim(2)).toBe(5 - 1 + 1);
    expect(replica.timeline().map((each) => each.pos)).toEqual([7, 9, 10]);
    expect(replica.floor).toBe(9);
  });
});

describe("coalesce", () => {
  test("P29: has the effect of the changes it stands for, on any replica that fits", () => {
    fc.assert(
      fc.property(log, (commits) => {
        fc.pre(commits.length > 0);
        const replica = new Replica("thread:t");
        expect(replica.apply(merged(commits))).toBe("applied");
        expect(replica.dump()).toEqual(fold(commits).dump());
      }),
      { numRuns: 1000 },
    );
  });

  test("joins a token stream to one append", () => {
    const changes: Change[] = Array.from("hello", (text, at) => ({
      op: "append",
      kind: "message",
      id: "m1",
      field: "text",
      at,
      text,
    }));
    expect(coalesce(changes)).toEqual([
      { op: "append", kind: "message", id: "m1", field: "text", at: 0, text: "hello" },
    ]);
  });

  test("leaves the changes it is given as they are", () => {
    fc.assert(
      fc.property(log, (commits) => {
        const changes = commits.flatMap((commit) => commit.changes);
        const before = structuredClone(changes);
        coalesce(changes);
        expect(changes).toEqual(before);
      }),
    );
  });
});

describe("P26: JSON Merge Patch (RFC 7396), and what is held", () => {
  // RFC 7396, appendix A, the cases whose patch is an object.
  const cases: [unknown, Value, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  test.each(cases)("%j + %j", (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected as Value);
  });

  test("what is not held is neither made by a patch or an append, nor missed by a drop; put sets it, whatever it was", () => {
    const replica = new Replica("thread:a");
    const value = { text: "abc", blocks: [1] };
    const apply = (changes: Change[]): void => {
      const { seq } = replica;
      const commit = {
        topic: "thread:a" as const,
        epoch: "e",
        after: seq === 0 ? null : seq,
        seq: seq + 1,
        ts: 0,
        changes,
      };
      expect(replica.apply(commit)).toBe("applied");
    };
    apply([{ op: "put", kind: "message", id: "held", value }]);
    apply([
      { op: "patch", kind: "message", id: "other", value: { text: "x" } },
      { op: "append", kind: "message", id: "other", field: "text", at: 0, text: "x" },
      { op: "drop", kind: "message", id: "other" },
    ]);
    expect([...replica.all("message")]).toEqual<unknown>([["held", value]]);
    apply([{ op: "put", kind: "message", id: "held", value: { text: "new" } }]);
    expect(replica.get("message", "held")).toEqual<unknown>({ text: "new" });
    apply([{ op: "drop", kind: "message", id: "held" }]);
    expect(replica.get("message", "held")).toBeUndefined();
  });

  test("a composed patch does what its two parts do", () => {
    fc.assert(
      fc.property(putValue, patchValue, patchValue, (target, first, second) => {
        const composed = composePatches(first, second);
        fc.pre(composed !== null);
        expect(mergePatch(target, composed)).toEqual(mergePatch(mergePatch(target, first), second));
      }),
      { numRuns: 1000 },
    );
  });

  test("a member called __proto__ is a member", () => {
    const patched = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Value);
    expect(Object.keys(patched)).toEqual(["__proto__"]);
    expect(({} as Value)["polluted"]).toBeUndefined();
  });
});

test("what a replica gives is typed by its kind; where it begins is told once, and its position only read", () => {
  const replica = new Replica("thread:a", { epoch: "e", seq: 4 });
  const value = { pos: 3, role: "assistant", text: "a", status: "streaming", startedAt: 0 };
  const put = { op: "put", kind: "message", id: "m", value } as const;
  expect(replica.apply({ topic: "thread:a", epoch: "e", after: 4, seq: 5, ts: 0, changes: [put] })).toBe("applied");
  const text: string | undefined = replica.get("message", "m")?.text;
  const roles: string[] = replica.timeline().flatMap((item) => (item.kind === "message" ? [item.value.role] : []));
  const unknown: Record<string, unknown> | undefined = replica.get("of a later version", "x");
  expect([text, roles, unknown]).toEqual(["a", ["assistant"], undefined]);
  // @ts-expect-error: only commits move a replica.
  expect(() => (replica.seq = 9)).toThrow(TypeError);
  expect(replica).toMatchObject({ epoch: "e", seq: 5, floor: 0 });
});
