import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_USER } from "../boards/boards.ts";
import { SqliteStore } from "../store/sqlite.ts";
import { hashToken, localToken, principalOf } from "./tokens.ts";

let data: string;
let store: SqliteStore;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-tokens-"));
  store = await SqliteStore.open({ file: join(data, "skein.sqlite") });
});
afterEach(async () => {
  await store.close();
  await rm(data, { recursive: true });
});

test("the local token stays over starts, and its file is its owner's only", async () => {
  const token = await localToken(store, data, 1);
  expect(await localToken(store, data, 2)).toBe(token);
  expect((await principalOf(store, token, 3))?.user).toBe(LOCAL_USER);
  expect((await stat(join(data, "token"))).mode & 0o777).toBe(0o600);
});

test("with its file deleted, or another put in its place, the token there was lets nobody in", async () => {
  const first = await localToken(store, data, 1);
  await store.changeToken(hashToken(first), { name: "my scripts" });
  await rm(join(data, "token"));
  const second = await localToken(store, data, 2);
  expect(second).not.toBe(first);
  expect(await principalOf(store, first, 3)).toBeNull();
  const chosen = "a token that a person put there, long enough";
  await writeFile(join(data, "token"), chosen);
  expect(await localToken(store, data, 4)).toBe(chosen);
  expect(await principalOf(store, second, 5)).toBeNull();
  expect(await principalOf(store, chosen, 5)).not.toBeNull();
});

test("what browsers were paired with stays, whatever they call themselves", async () => {
  await localToken(store, data, 1);
  const browser = { user: LOCAL_USER, name: "local programs", createdAt: 1, expiresAt: 1_000, usedAt: null };
  await store.addToken({ hash: hashToken("a browser's"), ...browser });
  await rm(join(data, "token"));
  await localToken(store, data, 2);
  expect(await principalOf(store, "a browser's", 3)).not.toBeNull();
});
