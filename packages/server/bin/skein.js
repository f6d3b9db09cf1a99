#!/usr/bin/env node
// Starts the command line on the Bun that npm installed beside it, so that Node and npm are all one needs.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const bun = join(dirname(require.resolve("bun/package.json")), "bin", "bun.exe");
const entry = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "main.ts");
const args = [entry, ...process.argv.slice(2)];

if (typeof process.execve === "function") {
  process.execve(bun, [bun, ...args], process.env);
}
const child = spawn(bun, args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`skein: cannot start Bun at ${bun}: ${error.message}. Run npm install again.`);
  process.exit(70);
});
child.on("exit", (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code ?? 70);
  }
});
