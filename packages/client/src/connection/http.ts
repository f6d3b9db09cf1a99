import * as z from "zod";
import { SkeinError } from "../protocol/errors.ts";
import { isFailure, readFrame, readMessage, type RpcFailure, type RpcResult } from "../protocol/rpc.ts";
import { exceeds, readAnswer, tooLarge, type Ask } from "./ask.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type HttpOptions = {
  /** Where `/v1` of the server is. */
  url: string;
  token: string | undefined;
  fetch: Fetch;
  /** The server does not know this client, or does not let it in. */
  refused(error: SkeinError): void;
};

const putAnswer = z.looseObject({ blob: z.string() });

/** A request over HTTP that takes longer than this, in milliseconds, counts as lost. */
const ANSWER_WITHIN_MS = 30_000;

/** What goes over HTTP: blobs always, commands and queries where there is no socket. */
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

  /** @throws SkeinError `not_found`, and as `putBlob` does. */
  async blob(name: string): Promise<Blob> {
    const response = await this.#blobs(`/${encodeURIComponent(name)}`, { method: "GET" });
    return response.blob();
  }

  /** @throws SkeinError that the server answered; `busy` when it cannot be reached. */
  async putBlob(bytes: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
    const response = await this.#blobs("", { method: "PUT", body: bytes });
    return putAnswer.parse(await response.json()).blob;
  }

  async #blobs(path: string, init: RequestInit): Promise<Response> {
    const { url, fetch } = this.#options;
    const unreachable = (cause?: unknown): SkeinError =>
      new SkeinError("busy", "The server cannot be reached.", { cause });
    const response = await fetch(`${url}/blobs${path}`, { ...init, headers: this.#headers() }).catch(
      (error: unknown) => {
        throw unreachable(error);
      },
    );
    if (response.ok) return response;
    // A page of a proxy says nothing of the blob.
    const failure = readResponse(await response.text())?.error;
    throw failure ? SkeinError.fromRpc(failure) : unreachable();
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async #post(body: string, user: string | null): Promise<{ status: number; text: string } | null> {
    const { url, fetch } = this.#options;
    const headers: Record<string, string> = { ...this.#headers(), "content-type": "application/json" };
    // P87: no greeting tells on this way who we are by now.
    if (user !== null) headers["skein-user"] = user;
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const response = await fetch(`${url}/rpc`, { method: "POST", headers, body, signal });
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
