/** What a peer is to do; its server and its clients get the same. */
export type Task = {
  kind: "skein" | "ws" | "socket.io";
  sockets: number;
  /** Topics, each followed by every socket. */
  topics: number;
  /** Events sent together, one to each of as many topics. */
  perRound: number;
  warmupMs: number;
  measureMs: number;
  /** Connect and subscribe only, and look at the memory. */
  idle: boolean;
};

export type FanoutResult = {
  rounds: number;
  deliveries: number;
  seconds: number;
  /** Of the server's process, user and system together. */
  cpuMicros: number;
  /** As the clients counted them. */
  bytes: number;
  idle?: { before: number; after: number };
};

/** How the clients reach a server. */
export type Endpoint = { url: string; token?: string; names: string[] };

/** 150 bytes of text, as an agent would stream it, different each time. */
export function eventText(round: number): string {
  const words = "The parser keeps the whole line until its end has come, since a chunk may end inside a character; ";
  return `${round} ${words.repeat(2)}`.slice(0, 150);
}
