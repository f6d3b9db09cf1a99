import { CLOSE, SkeinError } from "../protocol/errors.ts";
import { SUBPROTOCOL } from "../protocol/version.ts";
import type { OpenTransport } from "./transport.ts";

/** The part of the WebSocket interface that is used; browsers, Bun, Deno, Node 22 and the package `ws` have it. */
export type WebSocketLike = {
  /** Calls the listener at each event of the type. */
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: never) => void): void;
  /** Sends a text frame. */
  send(data: string): void;
  /** Ends it, with a close code and why. */
  close(code?: number, reason?: string): void;
};

/** Makes a WebSocket: the global one of a browser, of Bun and of newer Node, or the one of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike;

/**
 * A transport over one WebSocket each.
 * @param url Begins with `ws:` or `wss:`; bears no credentials.
 * @param given The WebSocket to use; the global one when absent.
 * @throws SkeinError `unsupported` where there is none.
 */
export function webSocketTransport(url: string, given?: WebSocketConstructor): OpenTransport {
  const WebSocket = findWebSocket(given);
  return (events) => {
    let over = false;
    const finish = (code: number, reason: string): void => {
      if (over) return;
      over = true;
      events.closed(code, reason);
    };
    let socket: WebSocketLike;
    try {
      socket = new WebSocket(url, SUBPROTOCOL);
    } catch (error) {
      // A browser throws when the page may not connect there at all, e.g. from https: to ws:.
      queueMicrotask(() => finish(1006, error instanceof Error ? error.message : String(error)));
      return { send: () => {}, close: () => void (over = true) };
    }
    socket.addEventListener("open", () => {
      if (!over) events.opened();
    });
    socket.addEventListener("message", ({ data }: { data: unknown }) => {
      if (over) return;
      if (typeof data === "string") {
        events.frame(data);
      } else {
        socket.close(CLOSE.protocol, "not a text frame");
        finish(CLOSE.protocol, "not a text frame");
      }
    });
    socket.addEventListener("close", ({ code, reason }: { code: number; reason: string }) => finish(code, reason));
    // Tells nothing that "close", which always follows, does not; but without a listener `ws` throws.
    socket.addEventListener("error", () => {});
    return {
      send(frame) {
        if (!over) socket.send(frame);
      },
      close(code, reason) {
        // A dead peer never answers the closing handshake: what it still says is not waited for.
        over = true;
        socket.close(code, reason);
      },
    };
  };
}

function findWebSocket(given: WebSocketConstructor | undefined): WebSocketConstructor {
  const found = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (found) return found;
  throw new SkeinError(
    "unsupported",
    "There is no WebSocket here. On Node 20, install the package ws and pass its WebSocket.",
  );
}
