import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "./contract.suite.ts";
import { SqliteStore } from "./sqlite.ts";

storeContract("SQLite", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-store-"));
  const file = join(directory, "skein.sqlite");
  const opened: SqliteStore[] = [];
  let crash = 0;
  return {
    async open(options = {}) {
      const store = await SqliteStore.open({ file, ...options });
      opened.push(store);
      return store;
    },
    async crashed() {
      // What is written to the two files is what a killed process leaves.
      const copy = join(directory, `crash-${++crash}.sqlite`);
      for (const part of ["", "-wal"]) if (existsSync(file + part)) cpSync(file + part, copy + part);
      const store = await SqliteStore.open({ file: copy });
      opened.push(store);
      return store;
    },
    async remove() {
      for (const store of opened) await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
