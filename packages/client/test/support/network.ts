import type { OpenTransport, TransportEvents } from "../../src/connection/transport.ts";

/** The server's end of a wire. */
export type Accepted = { receive(frame: string): void; ended(): void };
export type ServerEnd = { send(frame: string): void; close(code: number, reason: string): void };

type Downward = { frame: string } | { code: number; reason: string };

/** One connection of the network: two queues of frames, which a test delivers by hand. */
export class Wire {
  readonly up: string[] = [];
  readonly down: Downward[] = [];
  readonly #events: TransportEvents;
  readonly #accepted: Accepted;
  state: "new" | "open" | "over" = "new";
  #serverEnded = false;

  constructor(events: TransportEvents, accept: (end: ServerEnd) => Accepted) {
    this.#events = events;
    this.#accepted = accept({
      send: (frame) => void (this.state !== "over" && this.down.push({ frame })),
      close: (code, reason) => {
        this.#serverEnded = true;
        if (this.state !== "over") this.down.push({ code, reason });
      },
    });
  }

  /** Whether there is anything that could be delivered. */
  get busy(): boolean {
    return this.state === "new" || this.up.length > 0 || this.down.length > 0;
  }

  open(): void {
    if (this.state !== "new") return;
    this.state = "open";
    this.#events.opened();
  }

  deliverUp(): void {
    const frame = this.up.shift();
    if (frame !== undefined && !this.#serverEnded) this.#accepted.receive(frame);
  }

  deliverDown(): void {
    const next = this.down.shift();
    if (next === undefined || this.state === "over") return;
    if ("frame" in next) this.#events.frame(next.frame);
    else this.#end(next.code, next.reason);
  }

  /** Opens it, or delivers the next frame each way. */
  step(): void {
    this.open();
    this.deliverUp();
    this.deliverDown();
  }

  /** Cut: frames under way are lost, the client notices at once, the server too or never. */
  cut(serverNotices = true, code = 1006): void {
    if (serverNotices) this.serverNotices();
    this.#end(code, "");
  }

  /** The client hung up. */
  clientClosed(): void {
    this.state = "over";
    this.up.length = 0;
    this.down.length = 0;
    this.serverNotices();
  }

  serverNotices(): void {
    if (this.#serverEnded) return;
    this.#serverEnded = true;
    this.#accepted.ended();
  }

  #end(code: number, reason: string): void {
    if (this.state === "over") return;
    this.state = "over";
    this.up.length = 0;
    this.down.length = 0;
    this.#events.closed(code, reason);
  }
}

/** Wires between clients and one server. Nothing moves on them but by `step`, `flush` and their like. */
export class Network {
  wires: Wire[] = [];
  /** Every wire there ever was. */
  opened = 0;
  /** While set, a new wire fails at once. */
  down = false;
  readonly #accept: (end: ServerEnd) => Accepted;

  constructor(accept: (end: ServerEnd) => Accepted) {
    this.#accept = accept;
  }

  get transport(): OpenTransport {
    return (events) => {
      this.opened++;
      const wire = new Wire(events, this.#accept);
      this.wires.push(wire);
      return {
        send: (frame) => void wire.up.push(frame),
        close: () => wire.clientClosed(),
      };
    };
  }

  /** Delivers everything, and what comes of it, until the wires are silent. */
  flush(): void {
    for (;;) {
      this.wires = this.wires.filter((wire) => wire.state !== "over");
      const busy = this.wires.filter((wire) => wire.busy);
      if (busy.length === 0) return;
      for (const wire of busy) {
        if (this.down && wire.state === "new") wire.cut();
        else wire.step();
      }
    }
  }

  /** The newest wire that is not over. */
  get last(): Wire {
    const wire = this.wires.findLast(({ state }) => state !== "over");
    if (wire === undefined) throw new Error("There is no open wire.");
    return wire;
  }
}
