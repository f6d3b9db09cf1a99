import { runCli } from "./cli/cli.ts";

/** The server is loaded only by the commands that start one. */
await runCli(process.argv.slice(2), {
  startServer: async (options) => (await import("./server.ts")).startServer(options),
});
