import { describe, expect, test } from "bun:test";
import type { Store } from "./contract.ts";
import { put, read, T, write } from "./testing/edits.ts";

/** The part of the contract that is about windows and the items before them. */
export function windowContract(current: () => Store): void {
  describe("windows and history", () => {
    const item = (pos: number, id = `m${pos}`, status = "complete") => put("message", id, { pos, status, text: id });

    test("a snapshot has the newest items, all that is held, and the floor between", async () => {
      await current().commit([
        write(T, put("thread", "one", {}), put("turn", "u1", { status: "queued" }), item(1, "m1", "streaming")),
      ]);
      await current().commit([write(T, item(2), item(3), item(4), item(5))]);
      const windowed = read(await current().snapshot(T, 2));
      expect(windowed.floor).toBe(4);
      expect(windowed.after).toBeNull();
      expect(windowed.changes.map((each) => each.id)).toEqual(["one", "u1", "m1", "m4", "m5"]);
      expect(read(await current().snapshot(T, 5)).floor).toBe(0);
      expect(read(await current().snapshot(T)).changes).toHaveLength(7);
      expect(await current().lastPosition(T)).toBe(5);
      expect(await current().openTopics()).toEqual([T]);
      await current().commit([write(T, { op: "patch", kind: "message", id: "m1", value: { status: "complete" } })]);
      expect(await current().openTopics()).toEqual([]);
    });

    test("pages go back without missing or repeating any, items in one place stay together", async () => {
      await current().commit([write(T, ...[0, 1, 2, 2, 2, 3, 4].map((pos, index) => item(pos, `m${index}`)))]);
      const page = async (before: number, limit: number) => {
        const { items, before: next, epoch, seq } = await current().history(T, before, limit);
        expect({ epoch, seq }).toEqual({ epoch: current().epoch, seq: 1 });
        return [items.map((each) => each.id).join(), next];
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
  });
}
