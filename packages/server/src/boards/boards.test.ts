import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@skein/client/protocol";
import { Hub } from "../hub/hub.ts";
import { SqliteStore } from "../store/sqlite.ts";
import { TestClock } from "../testing/test-clock.ts";
import { access } from "./access.ts";
import { ensurePersonalBoard } from "./boards.ts";

describe("the personal board", () => {
  test("P51: is made at the first start, and only then", async () => {
    const directory = await mkdtemp(join(tmpdir(), "skein-boards-"));
    const clock = new TestClock();
    const store = await SqliteStore.open({ file: join(directory, "skein.sqlite"), now: () => clock.now() });
    const hub = new Hub({ store, clock, limits: DEFAULT_LIMITS, load: () => 0, report: () => {} });
    await ensurePersonalBoard({ store, hub, clock });
    expect(await store.entity("board:personal", "board", "personal")).toEqual({
      name: "Personal",
      kind: "personal",
      createdAt: clock.now(),
    });
    const head = await store.head("board:personal");
    await ensurePersonalBoard({ store, hub, clock });
    expect(await store.head("board:personal")).toEqual(head);
    await store.close();
    await rm(directory, { recursive: true });
  });
});

describe("G6: access", () => {
  test("the local user sees and steers what is theirs, and only sees the server", async () => {
    expect(await access.can("local", "board:personal", "steer")).toBe(true);
    expect(await access.can("local", "thread:abc", "steer")).toBe(true);
    expect(await access.can("local", "user:local", "read")).toBe(true);
    expect(await access.can("local", "server", "read")).toBe(true);
    expect(await access.can("local", "server", "steer")).toBe(false);
    expect(await access.can("local", "user:other", "read")).toBe(false);
    expect(await access.can("local", "board:other", "read")).toBe(false);
    expect(await access.can("local", "thread:abc", "read", "other")).toBe(false);
  });

  test("nobody else sees or steers anything", async () => {
    for (const topic of ["board:personal", "thread:abc", "user:local", "server"] as const) {
      expect(await access.can("stranger", topic, "read")).toBe(false);
      expect(await access.can("stranger", topic, "steer")).toBe(false);
    }
  });
});
