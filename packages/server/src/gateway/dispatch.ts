import {
  boardTopic,
  check,
  isCommand,
  isQuery,
  METHODS,
  SkeinError,
  threadTopic,
  type CheckedParams,
  type Commit,
  type CommandName,
  type Limits,
  type Method,
  type QueryName,
  type Topic,
} from "@skein/client/protocol";
import type { Store } from "../store/contract.ts";
import { absolutePath, listDirectories } from "./directories.ts";
import { findFiles } from "./files.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import type { Principal } from "./tokens.ts";

/** What the gateway needs of the domain behind it. */
export type Domain = {
  store: Store;
  /** Carries a command out and answers it. */
  command(principal: Principal, name: CommandName, params: Record<string, unknown>): Promise<unknown>;
  /** Brings the agents of the `server` topic up to date. */
  lookForAgents(): Promise<void>;
  /** Whether somebody may see a topic. */
  mayRead(principal: Principal, topic: Topic): Promise<boolean>;
  /** Whether somebody may have a blob, which is what names it in topics they may see. */
  mayReadBlob(principal: Principal, name: string): Promise<boolean>;
  /** The board a user's threads are on unless another is named. */
  boardOf(principal: Principal): string;
};

/** All that answers requests: the domain, and the door's own keeper and limits. */
export type Answerers = Domain & { doorkeeper: Doorkeeper; limits: Limits };

type Handlers = { [Name in QueryName | "history" | "ping"]: Handler<Name> };
type Handler<Name extends Method> = (domain: Answerers, principal: Principal, params: CheckedParams<Name>) => unknown;

const HANDLERS: Handlers = {
  ping: () => ({}),
  echo: (_domain, _principal, params) => ({ value: params.value ?? null }),
  async history(domain, principal, { topic, before, limit }) {
    await requireRead(domain, principal, topic);
    const { historyPage, historyPageBytes } = domain.limits;
    const items = Math.min(limit ?? historyPage, historyPage);
    return domain.store.history(topic, before, { items, bytes: historyPageBytes });
  },
  async snapshot(domain, principal, { topic, window }) {
    await requireRead(domain, principal, topic);
    if ((await domain.store.head(topic)) === null) {
      throw new SkeinError("not_found", `There is no topic ${topic}.`, { path: "params.topic" });
    }
    const { limits, store } = domain;
    const { text } = await store.snapshot(topic, { items: window ?? limits.window, bytes: limits.windowBytes });
    return JSON.parse(text) as Commit;
  },
  async search(domain, principal, { text, board, limit, before }) {
    const cards = await cardsOf(domain, principal, board);
    const topics = cards.map((card) => `thread:${card.id}` as const);
    return domain.store.search({ text, topics, limit, ...(before === undefined ? {} : { before }) });
  },
  async "threads.list"(domain, principal, { board, archived, limit }) {
    const cards = await cardsOf(domain, principal, board);
    return {
      threads: cards
        .map((card) => card.value)
        .filter((card) => archived || card["status"] !== "archived")
        .toSorted((a, b) => Number(b["updatedAt"]) - Number(a["updatedAt"]))
        .slice(0, limit),
    };
  },
  async "agents.list"(domain) {
    await domain.lookForAgents();
    const agents = await domain.store.entities("server", "agent");
    return { agents: agents.map((agent) => agent.value) };
  },
  async "files.find"(domain, principal, params) {
    const { text } = params;
    if (isBelowDirectory(params)) return findFiles(absolutePath(params.directory, "params.directory"), text);
    const { thread } = params;
    await requireRead(domain, principal, threadTopic(thread));
    const entity = await domain.store.entity(threadTopic(thread), "thread", thread);
    if (entity === null) throw new SkeinError("not_found", "There is no such thread.", { path: "params.thread" });
    return findFiles(String(entity["cwd"]), text);
  },
  "directories.list": (_domain, _principal, { prefix }) => listDirectories(prefix),
  "token.list": ({ doorkeeper }, principal) => doorkeeper.list(principal),
  "token.rename": ({ doorkeeper }, principal, { token, name }) => doorkeeper.rename(principal, token, name),
  "token.revoke": ({ doorkeeper }, principal, { token }) => doorkeeper.revoke(principal, token),
  "token.pair": ({ doorkeeper }, principal) => doorkeeper.pairAnswer(principal),
};

/**
 * Answers one request that is not about the connection itself.
 * @throws SkeinError for the asker alone.
 */
export async function dispatch(
  domain: Answerers,
  principal: Principal,
  method: string,
  params: unknown,
): Promise<unknown> {
  if (!Object.hasOwn(METHODS, method)) throw unknownMethod(method);
  const name = method as Method;
  const checked: unknown = check(METHODS[name].params, params ?? {});
  if (isCommand(name)) return domain.command(principal, name, checked as Record<string, unknown>);
  if (isQuery(name) || name === "history" || name === "ping") {
    return (HANDLERS[name] as Handler<Method>)(domain, principal, checked as never);
  }
  throw new SkeinError("unsupported", `${method} needs a WebSocket: there is nothing to send commits to.`);
}

const isBelowDirectory = (params: CheckedParams<"files.find">): params is { directory: string; text: string } =>
  "directory" in params;

export function unknownMethod(method: string): SkeinError {
  return new SkeinError(
    "unsupported",
    `There is no method ${method.slice(0, 64)}. The methods stand in /v1/schema.json.`,
  );
}

export async function requireRead(domain: Domain, principal: Principal, topic: Topic): Promise<void> {
  // Whether a topic exists is itself not for everyone to know.
  if (!(await domain.mayRead(principal, topic))) {
    throw new SkeinError("not_found", `There is no topic ${topic}, or it is not yours to see.`, {
      path: "params.topic",
    });
  }
}

async function cardsOf(domain: Domain, principal: Principal, board: string | undefined) {
  const topic = boardTopic(board ?? domain.boardOf(principal));
  await requireRead(domain, principal, topic);
  return domain.store.entities(topic, "card");
}
