import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SkeinError } from "@skein/client/protocol";
import { ACP_BOUNDS, AcpDriver } from "./agents/acp/driver.ts";
import { Catalogue } from "./agents/catalogue.ts";
import { endLeftovers, ownedBy } from "./agents/leftovers.ts";
import { AgentAnnouncer } from "./threads/agent-announcer.ts";
import { access } from "./boards/access.ts";
import { ensurePersonalBoard, LOCAL_USER } from "./boards/boards.ts";
import type { RunningServer, ServeOptions } from "./cli/context.ts";
import { faultLog } from "./cli/fault-log.ts";
import { systemClock } from "./clock.ts";
import { Gateway } from "./gateway/gateway.ts";
import { isLoopback } from "./gateway/host-check.ts";
import { tryPort } from "./gateway/port.ts";
import { localToken } from "./gateway/tokens.ts";
import { Health } from "./health.ts";
import { Hub } from "./hub/hub.ts";
import { processLoad } from "./hub/pace.ts";
import { makeId } from "./ids.ts";
import { limitsOf, readSettings } from "./settings.ts";
import { startKeeping } from "./store/keeping.ts";
import { Blobs } from "./store/blobs.ts";
import { SqliteStore } from "./store/sqlite.ts";
import { busyThreads } from "./threads/busy-threads.ts";
import { textOf } from "./threads/text-of.ts";
import { Threads } from "./threads/threads.ts";
import { VERSION } from "./version.ts";
import { WEB_APP } from "./web-app.ts";

/** Between two looks whether anybody uses the server still, in milliseconds. */
const UNUSED_LOOK_MS = 50;

/** What clients are told to wait when the server goes down: a restart takes less. */
const RETRY_AFTER_MS = 500;

/**
 * Starts a server: the one place where its parts are put together.
 * @throws SkeinError saying what is wrong and what to do; then nothing is left running.
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { allowHosts, data, durability, host, port } = options;
  const clock = systemClock;
  refuseOpenDoor(options);
  // A server that cannot listen leaves no data directory behind where there was none.
  if (!existsSync(data)) await tryPort(host, port);
  await makeDataDirectory(data);
  // Whatever path it is reached by the next time.
  const owner = await realpath(data);
  const settings = await readSettings(join(data, "settings.json"));
  const { agents, flush, keep, pairing, threads: bounds } = settings;
  const limits = limitsOf(settings);
  const failed = Promise.withResolvers<Error>();
  const store = await SqliteStore.open({
    file: join(data, "skein.sqlite"),
    durability,
    now: () => clock.now(),
    textOf,
    lost: (error) => failed.resolve(error),
  });
  // What was opened is closed again in reverse, at the end or when a later step fails.
  const closers: (() => Promise<void>)[] = [async () => store.close()];
  const stop = (): Promise<void> => closeAll(closers.splice(0).toReversed());
  try {
    const hub = new Hub({ store, clock, limits, load: processLoad(clock), ...flush, report });
    closers.push(async () => hub.settled());
    const health = new Health();
    const blobs = new Blobs(join(data, "blobs"), durability);
    const token = await localToken(store, data, clock.now());
    await ensurePersonalBoard({ store, hub, clock });
    const catalogue = new Catalogue({ data, self: [process.execPath, join(import.meta.dir, "main.ts")], clock });
    const driver = new AcpDriver({
      clock,
      client: { name: "skein", version: VERSION },
      env: ownedBy(owner),
      confine: agents.confine,
      bounds: {
        maxLineBytes: agents.lineBytes,
        // A file that fits a line, as JSON six times as long at worst, must not count as left unread at once.
        maxUnreadBytes: Math.max(ACP_BOUNDS.maxUnreadBytes, 8 * agents.lineBytes),
      },
    });
    const announcer = new AgentAnnouncer({ store, hub, catalogue });
    closers.push(async () => announcer.settled());
    const threads = new Threads({
      store,
      hub,
      health,
      clock,
      blobs,
      access,
      makeId,
      limits,
      times: agents,
      most: agents.most,
      bounds,
      report,
      drivers: {
        async find(wanted) {
          return { driver, ...(await catalogue.launch(wanted)) };
        },
        offered: (agent, offers) => void announcer.offered(agent, offers).catch(report),
        toldCommands: (agent, commands) => void announcer.toldCommands(agent, commands).catch(report),
      },
    });
    // We hold the lock: no other server uses them.
    await endLeftovers(owner, !store.endedClean);
    await threads.start();
    closers.push(async () => threads.close());
    // Before the first who can ask for them; a faulty agents.json is told, and ends nothing.
    await announcer.look().catch(report);
    const gateway = new Gateway({
      hub,
      blobs,
      clock,
      limits,
      pairing,
      makeId,
      report,
      port,
      server: { name: "skein", version: VERSION },
      assets: WEB_APP,
      hosts: {
        listen: host,
        allowed: allowHosts.map((name) => name.toLowerCase()),
        origins: options.allowOrigins ?? [],
      },
      health,
      domain: {
        store,
        lookForAgents: () => announcer.look(),
        command: async ({ user }, name, params) => threads.handle(user, name, params as { key: string }),
        mayRead: async ({ user }, topic) => access.can(user, topic, "read"),
        mayReadBlob: async ({ user }) => access.readsAll(user),
        boardOf: ({ user }) => access.boardOf(user),
      },
    });
    const listening = gateway.listen();
    closers.push(async () => gateway.stop(RETRY_AFTER_MS));
    const keeping = startKeeping({ store, blobs, clock, keep, report });
    closers.push(async () => keeping.stop());
    const url = `http://${urlHost(host)}:${listening.port}`;
    await tellWhere(data, { url, pid: process.pid, version: VERSION, inCommand: options.inCommand === true });
    closers.push(async () => rm(join(data, "server.json"), { force: true }));
    return {
      url,
      token,
      addresses: gateway.addresses,
      pairingLink: (base) => gateway.pairingLink(LOCAL_USER, base),
      pairingMs: pairing.codeMs,
      failed: failed.promise,
      async unused(signal) {
        const isUsed = async () => gateway.connections > 0 || (await busyThreads(store, access)).length > 0;
        while (!signal.aborted && (await isUsed())) {
          await new Promise<void>((resolve) => void clock.setTimeout(resolve, UNUSED_LOOK_MS));
        }
      },
      stop,
    };
  } catch (error) {
    await stop().catch(report);
    throw error;
  }
}

/**
 * Closes one after the other, and none is spared because another failed.
 * @throws what the first of them threw, or all of it as one AggregateError.
 */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closers) await close().catch((fault: unknown) => void faults.push(fault));
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, faults.map(String).join("; "));
}

/** Faults that no request waits for go to the log of whoever runs the server. */
const report = faultLog((text) => void process.stderr.write(text), systemClock);

/** L30: what runs commands is not put on a network in plain text by accident. */
function refuseOpenDoor({ host, allowPlainHttp }: ServeOptions): void {
  if (isLoopback(host) || allowPlainHttp) return;
  throw new SkeinError(
    "forbidden",
    `${host} can be reached from other machines, and this server speaks plain HTTP, in which tokens can be read on the way. ` +
      "Add --allow-plain-http if the network is one you trust, or put a proxy with TLS before 127.0.0.1.",
  );
}

async function makeDataDirectory(data: string): Promise<void> {
  try {
    if (existsSync(data)) await refuseOthersDirectory(data);
    await mkdir(data, { recursive: true, mode: 0o700 });
    await chmod(data, 0o700);
  } catch (error) {
    if (error instanceof SkeinError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SkeinError(
      "forbidden",
      `The data directory ${data} cannot be used: ${why}. Choose another with --data.`,
      {
        cause: error,
      },
    );
  }
}

/** What stands in a data directory before the first start, if a person put it there. */
const PUT_THERE = ["settings.json", "agents.json"];

/**
 * Nobody else may look into a data directory: one that others use for something else would be taken from them.
 * @throws SkeinError `forbidden`
 */
async function refuseOthersDirectory(data: string): Promise<void> {
  const isPrivate = ((await stat(data)).mode & 0o077) === 0;
  if (isPrivate || existsSync(join(data, "skein.sqlite"))) return;
  const others = (await readdir(data)).filter((name) => !PUT_THERE.includes(name));
  if (others.length === 0) return;
  throw new SkeinError(
    "forbidden",
    `The directory ${data} holds other things, and others may look into it. The data directory is for its owner alone: ` +
      `choose another with --data, which need not be there yet, like ${join(data, "skein")}.`,
  );
}

/** The address a browser on this machine can use. */
function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Lets programs on this machine find the server; written whole or not at all. */
async function tellWhere(
  data: string,
  where: { url: string; pid: number; version: string; inCommand: boolean },
): Promise<void> {
  const path = join(data, "server.json");
  await writeFile(`${path}.new`, `${JSON.stringify(where)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
