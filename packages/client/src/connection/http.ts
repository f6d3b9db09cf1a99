import { SkeinError } from "../protocol/errors.ts";
import { readFrame, readMessage } from "../protocol/rpc.ts";
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
    const response = await this.#post(body);
    if (response === null) {
      ask.settle({ type: "lost" });
      return;
    }
    const answer = readResponse(response.text);
    if (answer) {
      ask.settle(readAnswer(ask.method, answer));
      return;
    }
    // Settled first: once the connection has stopped, nothing is to be under way.
    ask.settle({ type: "lost" });
    if (response.status === 401) this.#options.refused(new SkeinError("unauthorized", statusText(response.status)));
    if (response.status === 403) this.#options.refused(new SkeinError("forbidden", statusText(response.status)));
  }

  async #post(body: string): Promise<{ status: number; text: string } | null> {
    const { url, token, fetch } = this.#options;
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
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

const statusText = (status: number): string => `The server refused a request over HTTP with status ${status}.`;

/** The answer to our one request, or `null` when the body is something else, e.g. a proxy's page. */
function readResponse(text: string) {
  try {
    const [first] = readFrame(text);
    const message = readMessage(first);
    return "method" in message || message.id !== 1 ? null : message;
  } catch (error) {
    if (error instanceof SkeinError) return null;
    throw error;
  }
}
