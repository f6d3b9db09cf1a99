import { MAX_NESTING, nestsDeeper, readMessage, SkeinError, type RpcId, type RpcMessage } from "@skein/client/protocol";

/** Messages of one client that may wait to be dealt with: on a connection, or in a batch over HTTP. */
export const MOST_WAITING = 1_000;

export function resultMessage(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function errorMessage(id: RpcId | null, error: SkeinError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: error.toRpc() });
}

/** One message of a frame. @throws SkeinError `invalid` when it is none, or nested too deep (P91). */
export function readAsked(value: unknown): RpcMessage {
  if (nestsDeeper(value)) {
    throw new SkeinError(
      "invalid",
      `Arrays and objects of a message may lie at most ${MAX_NESTING} deep in each other: send it with less nesting.`,
      { path: deepMember(value), detail: { maxNesting: MAX_NESTING } },
    );
  }
  return readMessage(value);
}

/** Where the nesting begins: the member of the message, and that of its parameters. */
function deepMember(value: unknown, path = "", levels = MAX_NESTING): string {
  if (typeof value !== "object" || value === null || levels < MAX_NESTING - 1) return path;
  const found = Object.entries(value).find(([, member]) => nestsDeeper(member, levels - 1));
  if (!found) return path;
  return deepMember(found[1], path === "" ? found[0] : `${path}.${found[0]}`, levels - 1);
}

/** A fault of ours is told to the asker without what it may not see; `report` gets the whole. */
export function asSkeinError(error: unknown, report: (error: unknown) => void): SkeinError {
  if (error instanceof SkeinError) return error;
  report(error);
  return new SkeinError("internal", "The server failed at this request; its log has the reason.", { cause: error });
}

/** The id of what may be no JSON-RPC message, under which its fault is answered (P7). */
export function idOf(value: unknown): string | number | null {
  const id = typeof value === "object" && value !== null ? (value as { id?: unknown }).id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
