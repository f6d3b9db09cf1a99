import { Database } from "bun:sqlite";
import { access, constants, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { SkeinClient } from "@skein/client";
import { differences, readSettings } from "../settings.ts";
import { VERSION } from "../version.ts";
import { localAgents } from "./local-agents.ts";
import { healthOf, readToken, runningServer, type KnownServer } from "./data-directory.ts";

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
    checkDatabase(data),
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

async function checkDirectory(data: string): Promise<Finding> {
  const check = "data directory";
  const found = await stat(data).catch(() => null);
  if (!found) {
    const parent = await nearest(data);
    if (await writable(parent)) return ok(check, `${data} is not there yet; it is made at the first start`);
    const remedy = `Make ${parent} writable, or choose another place with --data.`;
    return { check, status: "fault", says: `${data} is not there and cannot be made`, remedy };
  }
  if (!found.isDirectory()) {
    return { check, status: "fault", says: `${data} is no directory`, remedy: "Choose another place with --data." };
  }
  if (!(await writable(data))) {
    return { check, status: "fault", says: `${data} cannot be written to`, remedy: `Run: chmod u+rwx '${data}'` };
  }
  return isPrivate(found.mode)
    ? ok(check, data)
    : { check, status: "warning", says: `${data} can be read by others`, remedy: `Run: chmod 700 '${data}'` };
}

async function checkToken(data: string): Promise<Finding> {
  const check = "token";
  const file = join(data, "token");
  const found = await stat(file).catch(() => null);
  if (!found) return ok(check, "none yet; it is made at the first start");
  if (isPrivate(found.mode)) return ok(check, `in ${file}, yours only`);
  const remedy = `Run: chmod 600 '${file}'; if somebody may have read it, delete it and restart the server.`;
  return { check, status: "fault", says: `${file} can be read by others`, remedy };
}

function checkDatabase(data: string): Finding {
  const check = "database";
  const file = join(data, "skein.sqlite");
  let database: Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    const faults = database.query<{ quick_check: string }, []>("PRAGMA quick_check(3)").all();
    const says = faults.map((row) => row.quick_check).join("; ");
    if (says === "ok") return ok(check, `${file} is whole`);
    throw new Error(says);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && "code" in error && error.code === "SQLITE_CANTOPEN" && !Bun.file(file).size) {
      return ok(check, "none yet; it is made at the first start");
    }
    const remedy = `Put a backup in its place, or save what can be read: sqlite3 '${file}' .recover | sqlite3 saved.sqlite`;
    return { check, status: "fault", says: `${file} is damaged: ${says}`, remedy };
  } finally {
    database?.close();
  }
}

async function checkSettings(data: string): Promise<Finding> {
  const check = "settings";
  const file = join(data, "settings.json");
  try {
    const set = differences(await readSettings(file));
    return ok(check, set.length === 0 ? "every bound has its default" : `${file}: ${set.join(", ")}`);
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

async function writable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The nearest directory above a path that is there. */
async function nearest(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  return (await stat(parent).catch(() => null)) ? parent : nearest(parent);
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once("error", () => resolve(false));
  probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  return promise;
}
