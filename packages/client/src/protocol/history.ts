/**
 * Every state the wire contract was in, the newest last: the protocol's version, the SHA-256 of its canonical JSON
 * Schema, and what changed. A change that a peer of the version before would misunderstand raises
 * `PROTOCOL_VERSION`; any other is a new line of the same version.
 */
export const HISTORY: readonly { version: number; hash: string; note: string }[] = [
  { version: 1, hash: "724249683d6879cdaf5a0ccf3f8aa739cdb5072db828c29aef2d12b352c4c5f0", note: "The first." },
];
