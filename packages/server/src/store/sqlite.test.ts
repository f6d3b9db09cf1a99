import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "./contract.suite.ts";
import { SqliteStore } from "./sqlite.ts";
import type { StorePlace } from "./testing/store-place.ts";

/** One that settles commits at once, by and by, and, as it is by default, when there are many. */
for (const settleFromBytes of [0, 2000, undefined]) {
  storeContract(`SQLite, settling from ${settleFromBytes ?? "its usual number of"} bytes`, () =>
    makePlace(settleFromBytes),
  );
}

async function makePlace(settleFromBytes: number | undefined): Promise<StorePlace> {
  const settling = settleFromBytes === undefined ? {} : { settleFromBytes };
  const directory = mkdtempSync(join(tmpdir(), "skein-store-"));
  const file = join(directory, "skein.sqlite");
  const opened: SqliteStore[] = [];
  let crash = 0;
  return {
    async open(options = {}) {
      const store = await SqliteStore.open({ file, ...settling, ...options });
      opened.push(store);
      return store;
    },
    async crashed() {
      // What is written to the two files is what a killed process leaves.
      const copy = join(directory, `crash-${++crash}.sqlite`);
      for (const part of ["", "-wal"]) if (existsSync(file + part)) cpSync(file + part, copy + part);
      const store = await SqliteStore.open({ file: copy, ...settling });
      opened.push(store);
      return store;
    },
    async remove() {
      for (const store of opened) await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}
