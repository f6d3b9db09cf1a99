import { isRequest, protocolSchema, readFrame, SkeinError, type ErrorKind, type Limits } from "@skein/client/protocol";
import type { Health } from "../health.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Assets } from "./assets.ts";
import { dispatch, type Answerers } from "./dispatch.ts";
import { asSkeinError, errorMessage, idOf, MOST_WAITING, readAsked, resultMessage } from "./messages.ts";
import type { Principal } from "./tokens.ts";

export type HttpContext = {
  domain: Answerers;
  assets: Assets;
  blobs: Blobs;
  limits: Limits;
  version: string;
  health: Health;
  /** Who sends a request, or `null`. */
  principalOf(request: Request): Promise<Principal | null>;
  /** The network address a request came from. */
  addressOf(request: Request): string;
  /** Whether there is room for who is signed in only. */
  isFull(): boolean;
  /** Gives a request `UPLOAD_IDLE_S` more for what comes next of its body. */
  renew(request: Request): void;
  /** Whether somebody may have a blob. */
  mayReadBlob(principal: Principal, name: string): Promise<boolean>;
  /** @throws SkeinError `rate_limited` */
  spend(principal: Principal): void;
  /** Whether the server takes requests: not while it goes down. */
  ready(): boolean;
  report: (error: unknown) => void;
};

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  busy: 503,
  too_large: 413,
  rate_limited: 429,
  gap: 409,
  unsupported: 404,
  agent: 502,
  internal: 500,
};

/** Requests of a batch that are carried out at a time, and bytes of its answers above which none of its requests is begun any more (P80). */
const BEGUN_TOGETHER = 8;
const ANSWERS_BYTES = 8 * 1024 * 1024;

/** A body of which nothing comes for so many seconds is given up: the slowest phone sends something. */
export const UPLOAD_IDLE_S = 60;

/** Answers what came over plain HTTP; the upgrade of `/v1/socket` is handled before. */
export async function answerHttp(request: Request, context: HttpContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    if (context.isFull() && (await context.principalOf(request)) === null) throw fullError();
    if (pathname === "/healthz") return json({ ok: true, version: context.version, problem: context.health.problem });
    if (pathname === "/readyz") return json({ ready: context.ready() }, context.ready() ? 200 : 503);
    if (pathname === "/v1/schema.json") return json(protocolSchema());
    if (pathname === "/v1/rpc") return await answerRpc(request, context);
    if (pathname === "/v1/blobs" || pathname.startsWith("/v1/blobs/"))
      return await answerBlob(request, pathname, context);
    if (pathname === "/v1/pair") return await answerPair(request, context);
    if (pathname === "/v1/sign-out") {
      requireMethod(request, "POST");
      return await context.domain.doorkeeper.signOut(request);
    }
    if (pathname.startsWith("/v1/")) throw new SkeinError("not_found", `There is nothing at ${pathname}.`);
    return context.assets.answer(request);
  } catch (error) {
    return failure(asSkeinError(error, context.report));
  }
}

async function answerRpc(request: Request, context: HttpContext): Promise<Response> {
  requireMethod(request, "POST");
  const principal = await requirePrincipal(request, context);
  const text = decode(await readBody(admitted(request, context.limits.frameBytes, context)));
  const messages = readFrame(text);
  if (messages.length > MOST_WAITING) {
    throw new SkeinError("too_large", `A batch may have ${MOST_WAITING} messages at most.`);
  }
  const asker = request.headers.get("skein-user") ?? principal.user;
  const sent = await answerAll(messages, (message, full) => answerOne(message, { asker, principal, full }, context));
  if (sent.length === 0) return new Response(null, { status: 204 });
  return new Response(text.trimStart().startsWith("[") ? `[${sent.join(",")}]` : sent[0], { headers: JSON_HEADERS });
}

/**
 * Answers the messages of a batch, begun in their order and not all at once: their answers are in memory together (G5).
 * @param answer is told whether the answers there are leave no room for one more.
 */
async function answerAll(
  messages: readonly unknown[],
  answer: (message: unknown, full: boolean) => Promise<string | null>,
): Promise<string[]> {
  const answers: (string | null)[] = [];
  const toBegin = messages.entries();
  let bytes = 0;
  const takeTurns = async (): Promise<void> => {
    for (const [index, message] of toBegin) {
      const text = await answer(message, bytes > ANSWERS_BYTES);
      answers[index] = text;
      bytes += Buffer.byteLength(text ?? "");
    }
  };
  await Promise.all(Array.from({ length: BEGUN_TOGETHER }, takeTurns));
  return answers.filter((text) => text !== null);
}

async function answerOne(
  value: unknown,
  { asker, principal, full }: { asker: string; principal: Principal; full: boolean },
  context: HttpContext,
): Promise<string | null> {
  try {
    const message = readAsked(value);
    if (!isRequest(message)) return null;
    if (asker !== principal.user) {
      throw new SkeinError("forbidden", "This was asked by another user than is signed in now.");
    }
    if (full) {
      const why = `The answers before this one have over ${ANSWERS_BYTES} bytes together: ask in a batch of its own.`;
      throw new SkeinError("busy", why, { retryAfterMs: 0 });
    }
    context.spend(principal);
    return resultMessage(message.id, await dispatch(context.domain, principal, message.method, message.params));
  } catch (error) {
    return errorMessage(idOf(value), asSkeinError(error, context.report));
  }
}

const PAIR_BODY_BYTES = 4096;

async function answerPair(request: Request, context: HttpContext): Promise<Response> {
  requireMethod(request, "POST");
  if (!context.ready()) throw goesDown();
  const body = readJson(decode(await readBody(bodyOf(request, PAIR_BODY_BYTES))));
  return context.domain.doorkeeper.signIn(request, body, context.addressOf(request));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SkeinError("invalid", "The body is not JSON.", { cause: error });
  }
}

async function answerBlob(request: Request, pathname: string, context: HttpContext): Promise<Response> {
  const principal = await requirePrincipal(request, context);
  if (pathname === "/v1/blobs") {
    requireMethod(request, "PUT");
    context.spend(principal);
    const { name, bytes } = await context.blobs.take(admitted(request, context.limits.attachmentBytes, context));
    return json({ blob: name, bytes }, 201);
  }
  requireMethod(request, "GET");
  const name = pathname.slice("/v1/blobs/".length);
  const file = (await context.mayReadBlob(principal, name)) ? await context.blobs.get(name) : null;
  if (file === null) throw new SkeinError("not_found", `There is no blob ${name.slice(0, 80)}.`);
  // What an agent or a person stored is never run as a page of ours.
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    // Pages of other ports of this machine get no picture out of it (P84).
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, max-age=31536000, immutable",
  };
  return new Response(file, { headers });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SkeinError("invalid", "The body is not UTF-8.", { cause: error });
  }
}

/** A body as it comes, but no more than the bound, whatever its headers claim. */
async function* bodyOf(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  const tooLarge = () => new SkeinError("too_large", `The body may have ${maxBytes} bytes at most.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    if (!request.signal.aborted) throw error;
    // No fault of ours, and nobody is left to be told.
    throw new SkeinError("invalid", "The request was given up before its body had come.", { cause: error });
  }
}

/**
 * The body of who is signed in: it may come slowly, and its sender is looked up again once it is there, because a token
 * may be taken back meanwhile (G6).
 */
async function* admitted(request: Request, maxBytes: number, context: HttpContext): AsyncGenerator<Uint8Array> {
  context.renew(request);
  for await (const chunk of bodyOf(request, maxBytes)) {
    context.renew(request);
    yield chunk;
  }
  await requirePrincipal(request, context);
}

async function readBody(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(chunks));
}

async function requirePrincipal(request: Request, context: HttpContext): Promise<Principal> {
  if (!context.ready()) throw goesDown();
  const principal = await context.principalOf(request);
  if (principal === null) {
    throw new SkeinError(
      "unauthorized",
      "A token is needed: `Authorization: Bearer <token>`, from the file `token` of the data directory.",
    );
  }
  return principal;
}

const goesDown = (): SkeinError => new SkeinError("busy", "The server goes down.", { retryAfterMs: 1000 });

function requireMethod(request: Request, method: string): void {
  // The web server leaves the body of an answer to HEAD out (P88).
  const asked = request.method === "HEAD" ? "GET" : request.method;
  if (asked !== method) throw new MethodError(new URL(request.url).pathname, method, request.method);
}

/** The address takes another method (RFC 9110, section 15.5.6). */
class MethodError extends SkeinError {
  readonly allowed: string;

  constructor(pathname: string, allowed: string, asked: string) {
    super("invalid", `${pathname} takes ${allowed}, not ${asked}.`);
    this.allowed = allowed;
  }
}

/** There is room for who is signed in only. */
export const fullError = (): SkeinError =>
  new SkeinError("busy", "The server has as many connections as it can hold.", { retryAfterMs: 5000 });

const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Lets pages of another origin read an answer, and ask with what a client sends (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function withOrigin(response: Response, origin: string): Response {
  const { headers } = response;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-allow-methods", "GET, HEAD, POST, PUT");
  headers.set("access-control-allow-headers", "authorization, content-type, skein-user");
  headers.set("access-control-expose-headers", "retry-after");
  headers.set("access-control-max-age", "600");
  headers.append("vary", "origin");
  return response;
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: JSON_HEADERS });
}

/** An error outside of any JSON-RPC message, in the same shape. */
export function failure(error: SkeinError): Response {
  const headers: Record<string, string> = { ...JSON_HEADERS };
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1000));
  if (error instanceof MethodError) headers["allow"] = error.allowed;
  // Whoever is to come back later does not keep a connection for it.
  if (error.kind === "busy") headers["connection"] = "close";
  const status = error instanceof MethodError ? 405 : STATUS[error.kind];
  return new Response(errorMessage(null, error), { status, headers });
}
