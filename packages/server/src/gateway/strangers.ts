import { SkeinError } from "@skein/client/protocol";
import type { Clock, Timer } from "../clock.ts";
import { peerName, type Descriptors, type Peer } from "./descriptors.ts";

/** How often connections are counted: usually, and while there are more than were let in. */
const LOOK_MS = 25;
const LOOK_AGAIN_MS = 2;
/** For so long after a request with a token, whose connection is kept for the next one, its sender is no stranger. */
const KNOWN_MS = 60_000;
/** How often the person who runs the server is told that connections were ended. */
const TELL_MS = 60_000;

export type StrangerBounds = {
  /** Connections of who is not signed in, in all and from one source. */
  inAll: number;
  fromOne: number;
  /** Descriptors that no new connection may use: agents, files and the database need them. */
  reserve: number;
};

/** The bounds under a limit of so many descriptors. */
export function boundsFor(limit: number): StrangerBounds {
  const inAll = Math.min(4096, Math.floor(limit / 4));
  return { inAll, fromOne: Math.floor(inAll / 2), reserve: Math.min(512, Math.floor(limit / 8)) };
}

/** Those over the bounds, of connections in the order in which they came: the oldest have had the most time to sign in. */
export function tooMany(strangers: readonly Peer[], { inAll, fromOne }: StrangerBounds): Peer[] {
  const counts = new Map<string, number>();
  let all = 0;
  return strangers.toReversed().filter(({ source }) => {
    const count = (counts.get(source) ?? 0) + 1;
    if (count > fromOne || all >= inAll) return true;
    counts.set(source, count);
    all++;
    return false;
  });
}

/**
 * Keeps who is not signed in from using up the descriptors (L35). A connection is a stranger's until a request with a
 * token, or a hello, came on it; of strangers there are so many, and the others are cut.
 */
export class Strangers {
  readonly #descriptors: Descriptors;
  readonly #clock: Clock;
  readonly #port: number;
  readonly #report: (error: unknown) => void;
  readonly #bounds: StrangerBounds;
  /** The names of connections on which somebody is signed in until they leave. */
  readonly #staying = new Set<string>();
  /** The descriptors of these, as far as they were found: they need not be looked at again. */
  readonly #found = new Map<number, string>();
  /** Until when a connection counts as known after a request with a token, by its name; the earliest first. */
  readonly #known = new Map<string, number>();
  /** The strangers there were, in the order in which they came. */
  #arrived = new Map<string, Peer>();
  #cut = 0;
  #toldAt = -Infinity;
  #timer: Timer;

  constructor(options: {
    descriptors: Descriptors;
    clock: Clock;
    port: number;
    report: (error: unknown) => void;
    bounds?: StrangerBounds;
  }) {
    this.#descriptors = options.descriptors;
    this.#clock = options.clock;
    this.#port = options.port;
    this.#report = options.report;
    this.#bounds = options.bounds ?? boundsFor(this.#descriptors.limit);
    this.#timer = this.#lookIn(LOOK_MS);
  }

  /** Whether there are so few descriptors left that nobody new can be let in. */
  get isFull(): boolean {
    return this.#descriptors.limit - this.#descriptors.used() < this.#bounds.reserve;
  }

  /** Somebody signed in on that connection: for a request, or to stay until `left`. */
  signedIn(address: string, port: number, stays: boolean): void {
    const name = peerName(address, port);
    this.#known.delete(name);
    if (stays) this.#staying.add(name);
    else this.#known.set(name, this.#clock.elapsed() + KNOWN_MS);
  }

  left(address: string, port: number): void {
    this.#staying.delete(peerName(address, port));
  }

  stop(): void {
    this.#timer.cancel();
  }

  #lookIn(ms: number): Timer {
    return this.#clock.setTimeout(() => {
      const mayBeMany = this.#look();
      this.#timer = this.#lookIn(mayBeMany ? LOOK_AGAIN_MS : LOOK_MS);
    }, ms);
  }

  /** Cuts who is too many. Returns whether there may be more soon. */
  #look(): boolean {
    const used = this.#descriptors.used();
    const now = this.#clock.elapsed();
    for (const [name, until] of this.#known) {
      if (until > now) break;
      this.#known.delete(name);
    }
    // Agents and files are among the rest: it only tells that a closer look is needed.
    if (used - this.#staying.size <= this.#bounds.fromOne) return false;
    const stays = (descriptor: number): boolean => this.#staying.has(this.#found.get(descriptor) ?? "");
    const found = new Map<string, Peer>();
    for (const peer of this.#descriptors.peers(this.#port, used, stays)) {
      if (this.#staying.has(peer.name)) this.#found.set(peer.descriptor, peer.name);
      else if (!this.#known.has(peer.name)) found.set(peer.name, peer);
    }
    const before = [...this.#arrived.keys()].filter((name) => found.has(name));
    this.#arrived = new Map(
      [...before, ...found.keys()].flatMap((name) => {
        const peer = found.get(name);
        return peer === undefined ? [] : [[name, peer]];
      }),
    );
    const cut = tooMany([...this.#arrived.values()], this.#bounds);
    for (const peer of cut) this.#descriptors.cut(peer);
    this.#cut += cut.length;
    if (this.#cut > 0 && now - this.#toldAt >= TELL_MS) this.#tell(cut[0]?.source ?? "");
    return this.#arrived.size > this.#bounds.fromOne / 2;
  }

  #tell(source: string): void {
    this.#toldAt = this.#clock.elapsed();
    this.#report(
      new SkeinError(
        "rate_limited",
        `${this.#cut} connections on which nobody had signed in were ended, as there were too many of them (from ${source} among others).`,
      ),
    );
    this.#cut = 0;
  }
}
