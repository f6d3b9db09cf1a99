import { SkeinError } from "../protocol/errors.ts";
import { isFailure, readFrame, readMessage, type RpcFailure, type RpcResult } from "../protocol/rpc.ts";
import { exceeds, readAnswer, tooLarge, type Ask } from "./ask.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type HttpOptions = {
  /** Where `POST /v1/rpc` is. */
  url: string;
  token: string | undefined;
  fetch: Fetch;
  /** The server does not know this client, or does not let it in. */
  refused(error: SkeinError): void;
};

/** A request over HTTP that takes longer than this, in milliseconds, counts as lost. */
const ANSWER_WITHIN_MS = 30_000;

/** Sends commands and queries without a socket. */
export class HttpRequests {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Sends one request and settles it: `lost` when no answer came, whatever the reason. */
  async send(ask: Ask, limit: number): Promise<void> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: ask.method, params: ask.params });
    const bytes = exceeds(body, limit);
    if (bytes !== false) {
      ask.settle({ type: "error", error: tooLarge(ask.method, bytes, limit) });
      return;
    }
    const response = await this.#post(body, ask.user ?? null);
    if (response === null) {
      ask.settle({ type: "lost" });
      return;
    }
    const { status, text } = response;
    const answer = readResponse(text);
    if (status === 401 || status === 403) {
      // Settled first: once the connection has stopped, nothing is to be under way.
      ask.settle({ type: "lost" });
      const message = answer?.error?.message ?? `The server refused a request over HTTP with status ${status}.`;
      this.#options.refused(new SkeinError(status === 401 ? "unauthorized" : "forbidden", message));
      return;
    }
    // A page of a proxy, or nothing that could be read, answers nothing.
    ask.settle(answer ? readAnswer(ask.method, answer) : { type: "lost" });
  }

  async #post(body: string, user: string | null): Promise<{ status: number; text: string } | null> {
    const { url, token, fetch } = this.#options;
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    // P87: no greeting tells on this way who we are by now.
    if (user !== null) headers["skein-user"] = user;
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const response = await fetch(url, { method: "POST", headers, body, signal });
      return { status: response.status, text: await response.text() };
    } catch {
      // No network, no server, or no answer in time: `fetch` does not say which, and it makes no difference.
      return null;
    }
  }
}

/** The answer to the one request, by its id or, when the request as a whole was refused, without one; else `null`. */
function readResponse(text: string): (RpcResult & { error?: never }) | RpcFailure | null {
  try {
    const message = readMessage(readFrame(text)[0]);
    if (isFailure(message)) return message;
    return "result" in message ? message : null;
  } catch (error) {
    if (error instanceof SkeinError) return null;
    throw error;
  }
}
