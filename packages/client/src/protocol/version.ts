/** The protocol's version: a whole number, raised when a peer of the one before would misunderstand. */
export const PROTOCOL_VERSION = 1;

/** The WebSocket subprotocol (RFC 6455, section 1.9) that names it. */
export const SUBPROTOCOL = "skein.v1";
