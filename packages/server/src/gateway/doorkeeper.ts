import { check, CLOSE, SkeinError, type Result } from "@skein/client/protocol";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import type { Settings } from "../settings.ts";
import type { Store, TokenRow } from "../store/contract.ts";
import { cookieToken, isFromOurPage, setCookie, SIGNED_IN_FOR_MS } from "./cookies.ts";
import { PairingCodes, type PairingCode } from "./pairing.ts";
import { bearer, hashToken, hasEnded, makeToken, principalOf, tokenId, type Principal } from "./tokens.ts";

export type DoorkeeperOptions = {
  store: Store;
  clock: Clock;
  pairing: Settings["pairing"];
  /** The port the server listens on, once it does. */
  port: () => number;
  /** Takes a failure that no caller waits for. */
  report: (error: unknown) => void;
  /** Base addresses by which other devices may reach the server. */
  addresses: () => string[];
  sessions: {
    /** How many connections are open with the token of that hash. */
    count(tokenHash: string): number;
    /** Ends them. */
    end(tokenHash: string, code: number, reason: string): void;
  };
};

/** Whoever looks for a device that is no longer used thinks in days. */
const NOTED_EVERY_MS = 60 * 60 * 1000;

const pairBody = z.looseObject({ code: z.string().min(1).max(64), name: z.string().trim().min(1).max(64).optional() });

/** Lets people and programs in by their tokens, makes tokens for paired browsers (P83), and takes tokens back. */
export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  readonly #codes: PairingCodes;
  /** When the use of a token was written last, by its hash. */
  readonly #noted = new Map<string, number>();
  #noting: Promise<void> = Promise.resolve();

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
    this.#codes = new PairingCodes(options.clock, options.pairing);
  }

  /** Who sends a request, by header or cookie (P11), or `null`. */
  async principalOf(request: Request): Promise<Principal | null> {
    const token =
      bearer(request.headers.get("authorization")) ??
      (isFromOurPage(request) ? cookieToken(request, this.#options.port()) : undefined);
    return token === undefined ? null : this.authenticate(token);
  }

  /** Who a token belongs to, or `null`. */
  async authenticate(token: string): Promise<Principal | null> {
    const principal = await principalOf(this.#options.store, token, this.#options.clock.now());
    if (principal !== null) this.used(principal.token);
    return principal;
  }

  /** Whether the token that somebody came in with still lets them in. */
  async isValid({ token }: Principal): Promise<boolean> {
    const row = await this.#options.store.token(token);
    return row !== null && !hasEnded(row, this.#options.clock.now());
  }

  /** Notes that the token of that hash is in use. Costs a write an hour at most, and nobody waits for it. */
  used(hash: string): void {
    const { store, clock, report } = this.#options;
    const now = clock.now();
    if (now - (this.#noted.get(hash) ?? -Infinity) < NOTED_EVERY_MS) return;
    this.#noted.set(hash, now);
    this.#noting = this.#noting.then(() => store.changeToken(hash, { usedAt: now })).catch(report);
  }

  /** Resolves once what was noted is written. */
  settled(): Promise<void> {
    return this.#noting;
  }

  /** A new code that lets a browser in as that user. */
  pair(user: string): PairingCode {
    return this.#codes.issue(user);
  }

  /**
   * Answers `POST /v1/pair`: a code in, a cookie out.
   * @throws SkeinError
   */
  async signIn(request: Request, body: unknown, address: string): Promise<Response> {
    const { code, name } = check(pairBody, body);
    if (request.headers.get("origin") === null || !isFromOurPage(request)) {
      throw new SkeinError("forbidden", "Only a page of this server may pair a browser; programs have the token.");
    }
    const { store, clock, port } = this.#options;
    const user = this.#codes.redeem(code, address);
    const now = clock.now();
    const token = makeToken();
    const row = { user, name: name ?? "Browser", createdAt: now, expiresAt: now + SIGNED_IN_FOR_MS, usedAt: now };
    await store.addToken({ hash: hashToken(token), ...row });
    return Response.json({ user, name: row.name }, { headers: cookieHeaders(setCookie(request, port(), token)) });
  }

  /** Answers `POST /v1/sign-out` (P85). Harmless for who is not signed in. */
  async signOut(request: Request): Promise<Response> {
    const token = isFromOurPage(request) ? cookieToken(request, this.#options.port()) : undefined;
    if (token !== undefined) await this.#remove(hashToken(token), "Signed out.");
    return Response.json({}, { headers: cookieHeaders(setCookie(request, this.#options.port(), "")) });
  }

  async list(principal: Principal): Promise<Result<"token.list">> {
    const rows = await this.#own(principal);
    return {
      tokens: rows.map(({ hash, name, createdAt, expiresAt, usedAt }) => ({
        id: tokenId(hash),
        name,
        createdAt,
        expiresAt,
        usedAt,
        connections: this.#options.sessions.count(hash),
        current: hash === principal.token,
      })),
    };
  }

  /** @throws SkeinError `not_found` for a token that is not the asker's. */
  async rename(principal: Principal, id: string, name: string): Promise<Record<string, never>> {
    const row = await this.#find(principal, id);
    if (row === undefined) throw new SkeinError("not_found", "There is no such token.", { path: "params.token" });
    await this.#options.store.changeToken(row.hash, { name });
    return {};
  }

  async revoke(principal: Principal, id: string): Promise<Record<string, never>> {
    const row = await this.#find(principal, id);
    if (row) await this.#remove(row.hash, "The token was revoked.");
    return {};
  }

  /** Answers `token.pair`. */
  pairAnswer(principal: Principal): Result<"token.pair"> {
    return { ...this.pair(principal.user), addresses: this.#options.addresses() };
  }

  async #find(principal: Principal, id: string): Promise<TokenRow | undefined> {
    return (await this.#own(principal)).find(({ hash }) => tokenId(hash) === id);
  }

  async #own(principal: Principal): Promise<TokenRow[]> {
    const now = this.#options.clock.now();
    const rows = await this.#options.store.tokens(principal.user);
    return rows.filter((row) => !hasEnded(row, now));
  }

  /** First out of the store, then the connections: none can come back in between. */
  async #remove(hash: string, reason: string): Promise<void> {
    await this.#options.store.removeToken(hash);
    this.#noted.delete(hash);
    this.#options.sessions.end(hash, CLOSE.unauthorized, reason);
  }
}

const cookieHeaders = (cookie: string): Record<string, string> => ({
  "set-cookie": cookie,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
});
