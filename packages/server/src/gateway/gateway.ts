import { CLOSE, SkeinError, SUBPROTOCOL, type Limits } from "@skein/client/protocol";
import type { Server, ServerWebSocket } from "bun";
import type { Clock, Timer } from "../clock.ts";
import type { Health } from "../health.ts";
import type { Hub } from "../hub/hub.ts";
import type { Settings } from "../settings.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Domain } from "./dispatch.ts";
import { allowedOrigin, isLoopback, refusalOf, type HostPolicy } from "./host-check.ts";
import { Assets } from "./assets.ts";
import { Descriptors } from "./descriptors.ts";
import { Doorkeeper } from "./doorkeeper.ts";
import { answerHttp, failure, fullError, UPLOAD_IDLE_S, withOrigin, type HttpContext } from "./http.ts";
import { Session, type SessionContext } from "./session.ts";
import { listenError } from "./port.ts";
import { Strangers } from "./strangers.ts";
import { take, type Bucket } from "./token-bucket.ts";
import { reachableAt } from "./reachable.ts";
import type { Principal } from "./tokens.ts";

export type GatewayOptions = {
  hub: Hub;
  blobs: Blobs;
  domain: Domain;
  health: Health;
  clock: Clock;
  limits: Limits;
  pairing: Settings["pairing"];
  server: { name: string; version: string };
  hosts: HostPolicy;
  /** Where the web app's build is. */
  assets: string;
  /** 0 takes any free port. */
  port: number;
  /** Makes the ids of connections. */
  makeId: () => string;
  report: (error: unknown) => void;
};

type Remote = { address: string; port: number };
type SocketData = {
  principal: Principal | null;
  remote: Remote;
  /** Why the socket is opened only to be closed. */
  refusal: string | null;
  session: Session | null;
};
type Socket = ServerWebSocket<SocketData>;

/** How often silent and lagging-behind-hello connections are looked for; the bounds hold to within this. */
const SWEEP_MS = 1_000;

const CLOSE_WITHIN_MS = 1_000;

/** Above this the WebSocket layer itself ends a connection (P6), before the frame is in memory. */
const FRAME_HARD_LIMIT_FACTOR = 4;

/** The server's doors: WebSocket sessions and HTTP routes, behind Host and Origin checks. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #doorkeeper: Doorkeeper;
  readonly #sessionContext: SessionContext;
  readonly #httpContext: HttpContext;
  readonly #buckets = new Map<string, Bucket>();
  #server: Server<SocketData> | null = null;
  #sweep: Timer | null = null;
  #strangers: Strangers | null = null;
  #draining = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { assets, blobs, clock, health, limits, report, server } = options;
    health.onChange((problem) => {
      for (const session of this.#sessions.values()) session.tellProblem(problem);
    });
    this.#doorkeeper = this.#makeDoorkeeper();
    const domain = { ...options.domain, doorkeeper: this.#doorkeeper, limits };
    this.#sessionContext = {
      domain,
      clock,
      limits,
      report,
      server: { ...server, epoch: domain.store.epoch },
      problem: () => health.problem,
      authenticate: async (token) => this.#doorkeeper.authenticate(token),
      isValid: async (principal) => this.#doorkeeper.isValid(principal),
      supersede: (connection, by) => {
        const session = this.#sessions.get(connection);
        if (session?.principal?.user === by.user) {
          session.end(CLOSE.superseded, "A new connection took this one's place.");
        }
      },
    };
    this.#httpContext = {
      domain,
      blobs,
      limits,
      version: server.version,
      health,
      assets: new Assets(assets),
      principalOf: async (request) => this.#principalOf(request),
      addressOf: (request) => this.#remoteOf(request).address,
      isFull: () => this.#strangers?.isFull === true,
      renew: (request) => this.#server?.timeout(request, UPLOAD_IDLE_S),
      mayReadBlob: (principal, name) => options.domain.mayReadBlob(principal, name),
      spend: (principal) => this.#spend(principal),
      ready: () => !this.#draining,
      report,
    };
  }

  /**
   * Begins to listen.
   * @throws SkeinError `busy` when the port is taken, `forbidden` when it may not be had.
   */
  listen(): { port: number } {
    const { hosts, limits, port, report } = this.#options;
    try {
      this.#server = Bun.serve<SocketData>({
        hostname: hosts.listen,
        port,
        // Bun's own refusal has no body (P80). No body is kept beyond its bound: it is read as it comes, up to there.
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        fetch: async (request, server) => this.#fetch(request, server),
        error: (error) => {
          report(error);
          return failure(new SkeinError("internal", "The server failed at this request; its log has the reason."));
        },
        websocket: {
          maxPayloadLength: limits.frameBytes * FRAME_HARD_LIMIT_FACTOR,
          // Commits are never dropped: the hub stops writing at the soft mark long before this.
          backpressureLimit: 2 ** 31 - 1,
          closeOnBackpressureLimit: true,
          idleTimeout: 0,
          sendPings: false,
          perMessageDeflate: { compress: "shared", decompress: "shared" },
          open: (socket) => this.#opened(socket),
          message: (socket, frame) => {
            socket.data.session?.receive(typeof frame === "string" ? frame : frame.toString("utf8"));
          },
          drain: (socket) => socket.data.session?.drained(socket.getBufferedAmount()),
          close: (socket) => {
            const { session } = socket.data;
            if (session === null) return;
            session.closed();
            this.#strangers?.left(socket.data.remote.address, socket.data.remote.port);
            this.#sessions.delete(session.id);
          },
        },
      });
    } catch (error) {
      throw listenError(error, hosts.listen, port);
    }
    this.#scheduleSweep();
    const listening = this.#server.port ?? port;
    this.#strangers = this.#watchStrangers(listening);
    return { port: listening };
  }

  /** A link that lets a browser in as that user, once, for as long as a code holds (P83). */
  pairingLink(user: string, base: string): string {
    return `${base}/pair#${this.#doorkeeper.pair(user).code}`;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** Where other devices may reach the server; none when it listens for this machine only. */
  get addresses(): string[] {
    return reachableAt(this.#options.hosts, this.#server?.port ?? 0);
  }

  /** Tells every client to come back later, then closes the doors. Requests under way are answered first. */
  async stop(retryAfterMs: number): Promise<void> {
    this.#draining = true;
    this.#sweep?.cancel();
    this.#strangers?.stop();
    for (const session of this.#sessions.values()) session.drain(retryAfterMs);
    const stopped = this.#server?.stop();
    // A peer that does not answer the close frame must not hold up the end.
    const forced = this.#options.clock.setTimeout(() => void this.#server?.stop(true), CLOSE_WITHIN_MS);
    await stopped;
    forced.cancel();
    await this.#doorkeeper.settled();
  }

  async #fetch(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
    const refusal = refusalOf(
      { host: request.headers.get("host"), origin: request.headers.get("origin") },
      this.#options.hosts,
    );
    if (refusal !== null && !isUpgrade(request)) return failure(new SkeinError("forbidden", refusal));
    // As of CONNECT, which names a host and no address.
    if (!URL.canParse(request.url)) return failure(new SkeinError("invalid", "The request names no address of ours."));
    if (new URL(request.url).pathname === "/v1/socket") return this.#upgrade(request, server, refusal);
    if (refusal !== null) return failure(new SkeinError("forbidden", refusal));
    const origin = allowedOrigin(request.headers, this.#options.hosts);
    if (origin === null) return answerHttp(request, this.#httpContext);
    if (request.method === "OPTIONS") return withOrigin(new Response(null, { status: 204 }), origin);
    return withOrigin(await answerHttp(request, this.#httpContext), origin);
  }

  /** Opens a socket. A browser tells a page nothing of an upgrade that was refused: who may not have one is told there. */
  async #upgrade(request: Request, server: Server<SocketData>, refusal: string | null): Promise<Response | undefined> {
    if (this.#draining) {
      return failure(new SkeinError("busy", "The server goes down.", { retryAfterMs: 1000 }));
    }
    const offered = request.headers.get("sec-websocket-protocol");
    const protocols = (offered ?? "").split(",").map((name) => name.trim());
    if (offered !== null && !protocols.includes(SUBPROTOCOL)) {
      return failure(new SkeinError("unsupported", `This server speaks the subprotocol ${SUBPROTOCOL}.`));
    }
    if (this.#strangers?.isFull === true) return failure(fullError());
    const principal = refusal === null ? await this.#principalOf(request) : null;
    const data: SocketData = { principal, remote: this.#remoteOf(request), refusal, session: null };
    const headers = offered === null ? {} : { "sec-websocket-protocol": SUBPROTOCOL };
    if (server.upgrade(request, { data, headers })) return undefined;
    return failure(new SkeinError("invalid", "/v1/socket takes WebSocket upgrades (RFC 6455)."));
  }

  #opened(socket: Socket): void {
    const { principal, refusal, remote } = socket.data;
    if (refusal !== null) {
      socket.close(CLOSE.forbidden, closeReason(refusal));
      return;
    }
    const compress = !isLoopback(remote.address.replace(/^::ffff:/, ""));
    const connection = this.#options.hub.connect({
      send: (frame) => {
        const sent = socket.send(frame, compress);
        // More than 0: all of it is with the system. 0: the socket is gone, and its close event comes.
        return sent > 0 ? 0 : socket.getBufferedAmount();
      },
      close: (code, reason) => socket.close(code, reason),
    });
    const session = new Session(this.#sessionContext, {
      id: this.#options.makeId(),
      connection,
      principal,
      opened: () => this.#strangers?.signedIn(remote.address, remote.port, true),
      close: (code, reason) => socket.close(code, reason),
    });
    socket.data.session = session;
    this.#sessions.set(session.id, session);
  }

  async #principalOf(request: Request): Promise<Principal | null> {
    const principal = await this.#doorkeeper.principalOf(request);
    const { address, port } = this.#remoteOf(request);
    if (principal !== null) this.#strangers?.signedIn(address, port, false);
    return principal;
  }

  #remoteOf(request: Request): Remote {
    return this.#server?.requestIP(request) ?? { address: "", port: 0 };
  }

  /** Where the system does not tell of connections, as on macOS, nothing keeps strangers from opening too many. */
  #watchStrangers(port: number): Strangers | null {
    if (process.platform !== "linux") return null;
    const { clock, report } = this.#options;
    try {
      return new Strangers({ descriptors: new Descriptors(), clock, port, report });
    } catch (error) {
      report(new Error("Connections cannot be counted here: strangers may use up all descriptors.", { cause: error }));
      return null;
    }
  }

  #makeDoorkeeper(): Doorkeeper {
    const { clock, domain, pairing } = this.#options;
    const withToken = (hash: string) => [...this.#sessions.values()].filter(({ token }) => token === hash);
    return new Doorkeeper({
      store: domain.store,
      clock,
      pairing,
      port: () => this.#server?.port ?? 0,
      addresses: () => this.addresses,
      report: this.#options.report,
      sessions: {
        count: (hash) => withToken(hash).length,
        end: (hash, code, reason) => {
          for (const session of withToken(hash)) session.end(code, reason);
        },
      },
    });
  }

  /** One allowance a person for all requests over plain HTTP, which have no connection to count them by. */
  #spend(principal: Principal): void {
    const { clock, limits } = this.#options;
    const now = clock.elapsed();
    const rule = { perSecond: limits.requestsPerSecond, burst: limits.requestBurst };
    const { bucket, waitMs } = take(this.#buckets.get(principal.user) ?? { tokens: rule.burst, at: now }, rule, now);
    if (waitMs > 0) {
      throw new SkeinError("rate_limited", `More than ${rule.perSecond} requests a second; wait ${waitMs} ms.`, {
        retryAfterMs: waitMs,
      });
    }
    this.#buckets.set(principal.user, bucket);
  }

  #scheduleSweep(): void {
    this.#sweep = this.#options.clock.setTimeout(() => {
      for (const session of this.#sessions.values()) {
        session.checkTime();
        if (session.token !== null) this.#doorkeeper.used(session.token);
      }
      this.#scheduleSweep();
    }, SWEEP_MS);
  }
}

const isUpgrade = (request: Request): boolean => request.headers.get("upgrade")?.toLowerCase() === "websocket";

/** A close frame has room for 123 bytes of reason (RFC 6455, section 5.5). */
const closeReason = (text: string): string => {
  const { written } = new TextEncoder().encodeInto(text, CLOSE_REASON);
  return new TextDecoder().decode(CLOSE_REASON.subarray(0, written));
};
const CLOSE_REASON = new Uint8Array(123);
