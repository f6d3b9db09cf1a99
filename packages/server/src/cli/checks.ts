import { Database } from "bun:sqlite";
import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { SkeinClient, SkeinError } from "@skein/client";
import { differences, readSettings } from "../settings.ts";
import { refuseForeign, refuseNewer } from "../store/sqlite/open.ts";
import { VERSION } from "../version.ts";
import { localAgents } from "./local-agents.ts";
import { healthOf, readToken, runningServer, type KnownServer } from "./data-directory.ts";
import { misplaced, unmakeable, type Wanted } from "./place-check.ts";

/** What one look at something told. */
export type Finding = {
  check: string;
  status: "ok" | "warning" | "fault";
  says: string;
  /** What to do about it. */
  remedy?: string;
};

type Env = Readonly<Record<string, string | undefined>>;

/** How long a server may take to let a client in. */
const HELLO_MS = 5_000;

/**
 * Looks at all that Skein needs; changes nothing.
 * @param remote The server that `SKEIN_URL` names, if commands use that.
 */
export async function checkAll(env: Env, data: string, remote: string | null): Promise<Finding[]> {
  const server = await runningServer(data);
  return [
    checkRuntime(),
    ...(remote === null ? [] : [checkTarget(remote, data)]),
    await checkDirectory(data),
    await checkToken(data),
    await checkDatabase(data),
    await checkBlobs(data),
    await checkSettings(data),
    ...(await checkServer(env, data, remote, server)),
    await checkPort(server),
    await checkAgents(data),
  ];
}

const ok = (check: string, says: string): Finding => ({ check, status: "ok", says });

function checkRuntime(): Finding {
  return ok("runtime", `Skein ${VERSION} on Bun ${Bun.version}, ${process.platform} ${process.arch}`);
}

function checkTarget(remote: string, data: string): Finding {
  const says =
    `commands use the server of SKEIN_URL, ${remote}, and not the data in ${data}: ` +
    '"server" and "sign-in" are about that server, all else is about this machine';
  return ok("SKEIN_URL", says);
}

async function checkPlace(check: string, path: string, wanted: Wanted): Promise<Finding | null> {
  const wrong = await misplaced(path, wanted);
  return wrong && { check, status: "fault", ...wrong };
}

const KEPT_FILE: Wanted = { kind: "file", written: true };
const OWN_FILE: Wanted = { kind: "file", written: false };
const DIRECTORY: Wanted = { kind: "directory", written: true };

async function checkDirectory(data: string): Promise<Finding> {
  const check = "data directory";
  const found = await stat(data).catch(() => null);
  if (!found) {
    const where = await unmakeable(data);
    if (where === null) return ok(check, `${data} is not there yet; it is made at the first start`);
    const remedy = `Make ${where} a directory that you can write to, or choose another place with --data.`;
    return { check, status: "fault", says: `${data} is not there and cannot be made`, remedy };
  }
  const wrong = await checkPlace(check, data, DIRECTORY);
  if (wrong) return { ...wrong, remedy: `${wrong.remedy} Or choose another place with --data.` };
  return isPrivate(found.mode)
    ? ok(check, data)
    : { check, status: "warning", says: `${data} can be read by others`, remedy: `Run: chmod 700 '${data}'` };
}

async function checkToken(data: string): Promise<Finding> {
  const check = "token";
  const file = join(data, "token");
  const found = await stat(file).catch(() => null);
  if (!found) return ok(check, "none yet; it is made at the first start");
  const wrong = await checkPlace(check, file, KEPT_FILE);
  if (wrong) return wrong;
  if (isPrivate(found.mode)) return ok(check, `in ${file}, yours only`);
  const remedy = `Run: chmod 600 '${file}'; if somebody may have read it, delete it and restart the server.`;
  return { check, status: "fault", says: `${file} can be read by others`, remedy };
}

async function checkDatabase(data: string): Promise<Finding> {
  const check = "database";
  const file = join(data, "skein.sqlite");
  const wrong = (await checkPlace(check, file, KEPT_FILE)) ?? (await checkPlace(check, `${file}-lock`, KEPT_FILE));
  if (wrong) return wrong;
  if (!(await Bun.file(file).exists())) return ok(check, "none yet; it is made at the first start");
  let database: Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    const faults = database.query<{ quick_check: string }, []>("PRAGMA quick_check(3)").all();
    const says = faults.map((row) => row.quick_check).join("; ");
    if (says !== "ok") throw new Error(says);
    refuseForeign(database, file);
    refuseNewer(database, file);
    return ok(check, `${file} is whole`);
  } catch (error) {
    // What is whole, and refused all the same, says itself what to do.
    if (error instanceof SkeinError) return { check, status: "fault", says: error.message };
    const says = error instanceof Error ? error.message : String(error);
    const remedy = `Put a backup in its place, or save what can be read: sqlite3 '${file}' .recover | sqlite3 saved.sqlite`;
    return { check, status: "fault", says: `${file} is damaged: ${says}`, remedy };
  } finally {
    database?.close();
  }
}

async function checkBlobs(data: string): Promise<Finding> {
  const check = "blobs";
  const place = join(data, "blobs");
  if (!(await stat(place).catch(() => null))) return ok(check, "none yet; their directory is made with the first");
  return (await checkPlace(check, place, DIRECTORY)) ?? ok(check, place);
}

async function checkSettings(data: string): Promise<Finding> {
  const check = "settings";
  const file = join(data, "settings.json");
  const wrong = await checkPlace(check, file, OWN_FILE);
  if (wrong) return wrong;
  try {
    const set = differences(await readSettings(file));
    return ok(check, set.length === 0 ? "all limits at their defaults" : `${file}: ${set.join(", ")}`);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { check, status: "fault", says, remedy: 'Mend or delete it: "skein help settings" says what can be set.' };
  }
}

async function checkServer(
  env: Env,
  data: string,
  remote: string | null,
  server: KnownServer | null,
): Promise<Finding[]> {
  const check = "server";
  if (remote !== null) {
    const version = await healthOf(remote);
    if (version === null) {
      const remedy = "Start that server, or unset SKEIN_URL.";
      return [{ check, status: "fault", says: `nothing answers as Skein at SKEIN_URL=${remote}`, remedy }];
    }
    return [ok(check, `${remote}, version ${version}`), await checkEntry(remote, env["SKEIN_TOKEN"])];
  }
  const wrong = await checkPlace(check, join(data, "server.json"), KEPT_FILE);
  if (wrong) return [wrong];
  if (!server) return [ok(check, `none runs on ${data}; commands start one for as long as they take`)];
  return [
    ok(check, `${server.url}, version ${(await healthOf(server.url)) ?? "unknown"}, process ${server.pid}`),
    await checkEntry(server.url, await readToken(data).catch(() => undefined)),
  ];
}

async function checkEntry(url: string, token: string | undefined): Promise<Finding> {
  const check = "sign-in";
  const client = new SkeinClient({
    url,
    ...(token === undefined ? {} : { token }),
    name: "skein-doctor",
    version: VERSION,
  });
  const late = setTimeout(() => void client.close(), HELLO_MS);
  try {
    client.connect();
    const { user } = await client.ready();
    return ok(check, `the server knows you as ${user.name}`);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    const remedy = "Use that server's token: the file token in its data directory, or SKEIN_TOKEN.";
    return { check, status: "fault", says, remedy };
  } finally {
    clearTimeout(late);
    await client.close();
  }
}

/** The port `skein serve` takes unless told otherwise. */
const PORT = 9099;

async function checkPort(server: KnownServer | null): Promise<Finding> {
  const check = "port";
  if (server && new URL(server.url).port === String(PORT)) return ok(check, `${PORT} is this server's`);
  if (await isFree(PORT)) return ok(check, `${PORT} is free`);
  const remedy = "Start with another: skein serve --port 0 takes any free one.";
  return { check, status: "warning", says: `${PORT} is taken by another program`, remedy };
}

async function checkAgents(data: string): Promise<Finding> {
  const check = "agents";
  const wrong = await checkPlace(check, join(data, "agents.json"), OWN_FILE);
  if (wrong) return wrong;
  try {
    const agents = await localAgents(data);
    const found = agents.filter((agent) => agent.found).map(({ name }) => name);
    if (found.some((name) => name !== "demo")) return ok(check, `found: ${found.join(", ")}`);
    const remedy = 'Install one: "skein agents" says how. Without, there is the demo: skein run --agent demo "hello"';
    return { check, status: "warning", says: "only the demo agent was found", remedy };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { check, status: "fault", says, remedy: `Mend or delete ${join(data, "agents.json")}.` };
  }
}

const isPrivate = (mode: number): boolean => (mode & 0o077) === 0;

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once("error", () => resolve(false));
  probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  return promise;
}
