/** What a transport tells; nothing more once `closed` was called, or after its `close`. */
export type TransportEvents = {
  /** It can carry frames from now on. */
  opened(): void;
  /** One text frame came in. */
  frame(text: string): void;
  /** The connection ended or could not be made. `code` is a WebSocket close code (RFC 6455, section 7.4). */
  closed(code: number, reason: string): void;
};

/** One connection that carries text frames, whole and in order, both ways. */
export type Transport = {
  /** Sends one frame. Only called between `opened` and `closed`. */
  send(frame: string): void;
  /** Ends it. Harmless when it has ended. */
  close(code: number, reason: string): void;
};

/** Opens a connection. Never calls an event before it has returned. */
export type OpenTransport = (events: TransportEvents) => Transport;
