import { describe, expect, test } from "bun:test";
import type { Store } from "./contract.ts";
import { append, drop, items, patch, put, read, T, write } from "./testing/edits.ts";

/** The part of the contract that is about windows and the items before them. */
export function windowContract(current: () => Store): void {
  describe("windows and history", () => {
    const item = (pos: number, id = `m${pos}`, status = "complete") => put("message", id, { pos, status, text: id });

    test("P41, P42: a snapshot has the newest items, all that is held, and the floor between", async () => {
      await current().commit([
        write(T, put("thread", "one", {}), put("turn", "u1", { status: "queued" }), item(1, "m1", "streaming")),
      ]);
      await current().commit([write(T, item(2), item(3), item(4), item(5))]);
      const windowed = read(await current().snapshot(T, items(2)));
      expect(windowed.floor).toBe(4);
      expect(windowed.after).toBeNull();
      expect(windowed.changes.map((each) => each.id)).toEqual(["one", "u1", "m1", "m4", "m5"]);
      expect(read(await current().snapshot(T, items(5))).floor).toBe(0);
      expect(read(await current().snapshot(T)).changes).toHaveLength(7);
      expect(await current().lastPosition(T)).toBe(5);
      expect(await current().openTopics()).toEqual([T]);
      await current().commit([write(T, { op: "patch", kind: "message", id: "m1", value: { status: "complete" } })]);
      expect(await current().openTopics()).toEqual([]);
    });

    test("P45: pages go back without missing or repeating any, items in one place stay together", async () => {
      await current().commit([write(T, ...[0, 1, 2, 2, 2, 3, 4].map((pos, index) => item(pos, `m${index}`)))]);
      const page = async (before: number, limit: number) => {
        const { items: older, before: next, epoch, seq } = await current().history(T, before, items(limit));
        expect({ epoch, seq }).toEqual({ epoch: current().epoch, seq: 1 });
        return [older.map((each) => each.id).join(), next];
      };
      expect(await page(100, 2)).toEqual(["m5,m6", 3]);
      expect(await page(3, 1)).toEqual(["m2,m3,m4", 2]);
      expect(await page(2, 2)).toEqual(["m0,m1", null]);
      expect(await page(0, 2)).toEqual(["", null]);
      expect((await current().entities(T, "message")).map((each) => each.id)).toEqual([
        "m0",
        "m1",
        "m2",
        "m3",
        "m4",
        "m5",
        "m6",
      ]);
    });

    test("of names, those are told that stand in no entity of any topic, in whichever member", async () => {
      const name = (digit: string) => digit.repeat(64);
      const image = { type: "image", blob: name("1") };
      await current().commit([
        write(T, put("turn", "u1", { status: "queued", prompt: { text: "", blocks: [image] } }), item(2)),
        write("board:b", put("card", "c1", { cover: `/v1/blobs/${name("2")}` })),
        write("server", put("agent", "a", { icon: name("3") }), put("agent", "b", { icon: name("4") })),
      ]);
      const all = ["0", "1", "2", "3", "4", "5"].map(name);
      const left = async () => [...(await current().unnamed(all))].map((each) => each[0]);
      expect(await left()).toEqual(["0", "5"]);
      await current().commit([
        write(T, patch("turn", "u1", { prompt: null }), put("message", "m9", { pos: 9, blocks: [{ block: image }] })),
        write("server", drop("agent", "b"), put("agent", "a", { icon: name("5") })),
      ]);
      expect(await left()).toEqual(["0", "3", "4"]);
      // Many, and large ones, are looked through as well.
      const large = Array.from({ length: 1200 }, (_, pos) => put("note", `n${pos}`, { text: "0f".repeat(2000) }));
      await current().commit([write("board:b", ...large), write(T, put("note", "last", { of: name("0") }))]);
      expect(await left()).toEqual(["3", "4"]);
      expect(await current().unnamed([])).toEqual(new Set());
    });

    describe("bounded in bytes", () => {
      const large = (pos: number, bytes: number, status = "complete") => {
        const empty = JSON.stringify({ pos, status, text: "" }).length;
        return put("message", `m${pos}`, { pos, status, text: "x".repeat(bytes - empty) });
      };
      const window = async (count: number, bytes: number) => {
        const { floor, changes } = read(await current().snapshot(T, { items: count, bytes }));
        return [changes.map((each) => each.id).join(), floor];
      };
      const page = async (before: number, count: number, bytes: number) => {
        const { items: older, before: next } = await current().history(T, before, { items: count, bytes });
        return [older.map((each) => each.id).join(), next];
      };

      test("P42: the window ends before the item that would take it over its bytes; one item at least, and all held", async () => {
        const held = [put("thread", "one", {}), large(1, 5000, "pending")];
        await current().commit([write(T, ...held, ...[2, 3, 4, 5].map((pos) => large(pos, 1000)))]);
        expect(await window(10, 9000)).toEqual(["one,m1,m2,m3,m4,m5", 0]);
        // What is held comes all the same, wherever it stands.
        expect(await window(10, 4000)).toEqual(["one,m1,m2,m3,m4,m5", 2]);
        expect(await window(10, 3999)).toEqual(["one,m1,m3,m4,m5", 3]);
        expect(await window(2, 3999)).toEqual(["one,m1,m4,m5", 4]);
        expect(await window(10, 1000)).toEqual(["one,m1,m5", 5]);
        expect(await window(10, 0)).toEqual(["one,m1,m5", 5]);
      });

      test("P45: a page ends before the item that would take it over its bytes, and the next goes on from there", async () => {
        const sizes = [1000, 9000, 1000, 1000, 1000];
        await current().commit([write(T, ...sizes.map((bytes, pos) => large(pos, bytes)))]);
        expect(await page(100, 10, 2500)).toEqual(["m3,m4", 3]);
        expect(await page(3, 10, 2500)).toEqual(["m2", 2]);
        // One item at least, or nobody would ever come past it.
        expect(await page(2, 10, 2500)).toEqual(["m1", 1]);
        expect(await page(1, 10, 2500)).toEqual(["m0", null]);
        expect(await page(100, 10, 13_000)).toEqual(["m0,m1,m2,m3,m4", null]);
      });

      test("items in one place stay together, though they are over the bytes together", async () => {
        const at = (id: string, pos: number) => put("message", id, { pos, text: "x".repeat(1000) });
        await current().commit([write(T, at("a", 1), at("b", 2), at("c", 2), at("d", 2), at("e", 3))]);
        expect(await page(100, 10, 2500)).toEqual(["b,c,d,e", 2]);
        expect(await window(10, 2500)).toEqual(["b,c,d,e", 2]);
        expect(await page(2, 10, 2500)).toEqual(["a", null]);
      });

      test("text that grows counts with all that it has grown to, in bytes and not in characters", async () => {
        const streaming = { pos: 3, status: "streaming", text: "" };
        await current().commit([write(T, large(1, 1000), large(2, 1000), put("message", "m3", streaming))]);
        expect(await window(10, 2500)).toEqual(["m1,m2,m3", 0]);
        await current().commit([write(T, append("m3", 0, "ü".repeat(500)))]);
        expect(await window(10, 2500)).toEqual(["m2,m3", 2]);
        expect(await page(100, 10, 2500)).toEqual(["m2,m3", 2]);
        await current().commit([write(T, patch("message", "m3", { status: "complete" }))]);
        expect(await window(10, 2500)).toEqual(["m2,m3", 2]);
      });
    });
  });
}
