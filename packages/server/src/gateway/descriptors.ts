import { dlopen } from "bun:ffi";
import { readFileSync, statSync } from "node:fs";

/** One connection to this process. */
export type Peer = {
  descriptor: number;
  /** Names the connection, among those there are: see `peerName`. */
  name: string;
  /** Whom it is counted for: an IPv4 address, or the 64 bits of an IPv6 address that one site has. */
  source: string;
};

/** Names a connection by its other end. */
export const peerName = (address: string, port: number): string => `${address.replace(/^::ffff:/i, "")} ${port}`;

const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

const CALLS = {
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  shutdown: { args: ["i32", "i32"], returns: "i32" },
} as const;

const load = () => {
  const faults: unknown[] = [];
  for (const library of LIBRARIES) {
    try {
      return dlopen(library, CALLS).symbols;
    } catch (error) {
      faults.push(error);
    }
  }
  throw new AggregateError(faults, `None of ${LIBRARIES.join(", ")} can be loaded.`);
};

/** Descriptors that are looked at with one call. */
const AT_ONCE = 4096;
/** poll(2): the descriptor is not open. In the upper half of the second of two words. */
const CLOSED = 0x20;
const BOTH_WAYS = 2;
const IPV4 = 2;
const IPV6 = 10;
const LONGEST_ADDRESS = 28;

/**
 * The descriptors of this process, as Linux has them. Bun tells nothing of a connection until the head of a request has
 * come whole, and ends none before: what is open, to whom, and its end are the system's to know.
 */
export class Descriptors {
  /** How many there may be. */
  readonly limit: number;
  readonly #calls: ReturnType<typeof load>;
  readonly #asked = new Int32Array(2 * AT_ONCE);
  readonly #address = new Uint8Array(LONGEST_ADDRESS);
  readonly #length = new Uint32Array(1);

  /** @throws where the system's library, or what it tells of a process, is not as on Linux. */
  constructor() {
    this.#calls = load();
    const told = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    this.limit = told === undefined ? Infinity : Number(told);
  }

  /** How many are open. Needs none itself. */
  used(): number {
    // Linux 6.2 and newer tell the number in this way; before, it is counted.
    return statSync("/proc/self/fd").size || this.#open(0).length;
  }

  /** The connections to a port of ours, but those whose descriptor is passed over. */
  peers(port: number, used: number, passOver: (descriptor: number) => boolean): Peer[] {
    const peers: Peer[] = [];
    for (const descriptor of this.#open(used)) {
      if (passOver(descriptor) || !this.#ask(this.#calls.getpeername, descriptor)) continue;
      const peer = this.#peer(descriptor);
      if (peer !== null && this.#ask(this.#calls.getsockname, descriptor) && this.#port === port) peers.push(peer);
    }
    return peers;
  }

  /** Ends a connection: whoever reads from it finds its end. */
  cut({ descriptor, name }: Peer): void {
    // Its number may be another's by now.
    if (!this.#ask(this.#calls.getpeername, descriptor) || this.#peer(descriptor)?.name !== name) return;
    this.#calls.shutdown(descriptor, BOTH_WAYS);
  }

  /** Those that are open, in ascending order: `used` of them, or (0) all up to a gap that no use leaves. */
  #open(used: number): number[] {
    const open: number[] = [];
    for (let from = 0; from < this.limit; from += AT_ONCE) {
      const before = open.length;
      const count = Math.min(AT_ONCE, this.limit - from);
      for (let index = 0; index < count; index++) {
        this.#asked[2 * index] = from + index;
        this.#asked[2 * index + 1] = 0;
      }
      this.#calls.poll(this.#asked, count, 0);
      for (let index = 0; index < count; index++) {
        if ((((this.#asked[2 * index + 1] ?? 0) >> 16) & CLOSED) === 0) open.push(from + index);
      }
      if (used > 0 ? open.length >= used : open.length === before) break;
    }
    return open;
  }

  #ask(call: (descriptor: number, address: Uint8Array, length: Uint32Array) => number, descriptor: number): boolean {
    this.#length[0] = LONGEST_ADDRESS;
    return call(descriptor, this.#address, this.#length) === 0;
  }

  get #family(): number {
    return new Uint16Array(this.#address.buffer, 0, 1)[0] ?? 0;
  }

  get #port(): number {
    return ((this.#address[2] ?? 0) << 8) | (this.#address[3] ?? 0);
  }

  #peer(descriptor: number): Peer | null {
    if (this.#family === IPV4) {
      const address = this.#address.subarray(4, 8).join(".");
      return { descriptor, name: peerName(address, this.#port), source: address };
    }
    if (this.#family !== IPV6) return null;
    const bytes = this.#address.subarray(8, 24);
    const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
    if (isMapped) {
      const address = bytes.subarray(12).join(".");
      return { descriptor, name: peerName(address, this.#port), source: address };
    }
    const groups = Array.from({ length: 8 }, (_, at) =>
      (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
    );
    // The shortest form (RFC 5952), in which the address of a request is told.
    const address = new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
    return { descriptor, name: peerName(address, this.#port), source: groups.slice(0, 4).join(":") };
  }
}
