import { isIP } from "node:net";

/** What the server was told about the names it may be reached by. */
export type HostPolicy = {
  /** The address it listens on. */
  listen: string;
  /** Further names a person allowed, lower case, without port. */
  allowed: readonly string[];
  /** Origins of other sites whose pages may use the server too, as `https://app.example`. */
  origins: readonly string[];
};

/** Why a request is refused, or `null` when it may pass. */
export type Refusal = string | null;

/** A host, and a port perhaps (RFC 9110, section 7.2): nothing by which what follows it would be an address. */
const HOST = /^[^\s/?#@\\]+$/;

/** Whether an address reaches this machine only (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Checks Host and Origin. A page of another site that was not allowed, or a name that an attacker pointed at this machine (DNS rebinding),
 * is refused; so is whatever does not parse. A program sends no Origin and is known by its token.
 */
export function refusalOf(headers: { host: string | null; origin: string | null }, policy: HostPolicy): Refusal {
  const host = headers.host !== null && HOST.test(headers.host) ? parse(`http://${headers.host}`) : null;
  if (host === null) return "The Host header is missing or not a host.";
  if (!isKnownHost(host.hostname, policy)) {
    return `The host ${host.hostname} is none this server answers to; start it with --allow-host ${host.hostname} if it should.`;
  }
  if (headers.origin === null) return null;
  const origin = parse(headers.origin);
  if (origin === null || (origin.protocol !== "http:" && origin.protocol !== "https:")) {
    return `The origin ${headers.origin} is not one that may use this server.`;
  }
  if (origin.host === host.host || policy.origins.includes(origin.origin)) return null;
  return `Pages of ${origin.origin} may use this server once it is started with --allow-origin ${origin.origin}.`;
}

/** The origin of a page of another site that may use the server, or `null`. */
export function allowedOrigin(headers: Headers, policy: HostPolicy): string | null {
  const origin = headers.get("origin");
  return origin !== null && policy.origins.includes(origin) ? origin : null;
}

function isKnownHost(hostname: string, policy: HostPolicy): boolean {
  const name = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isLoopback(name) || name === policy.listen.toLowerCase() || policy.allowed.includes(name)) return true;
  // An address cannot be rebound to another machine; only a name can.
  return !isLoopback(policy.listen) && isIP(name) !== 0;
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
