/** A browser keeps a cookie at most this long (400 days, RFC 6265bis section 5.5); the token in it ends with it. */
export const SIGNED_IN_FOR_MS = 400 * 24 * 60 * 60 * 1000;

/** Browsers send a host's cookies to all its ports: two servers on one machine have each their own name. */
const nameOf = (port: number): string => `skein_${port}`;

/** The token in a request's cookie. */
export function cookieToken(request: Request, port: number): string | undefined {
  const name = `${nameOf(port)}=`;
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length) || undefined;
}

/** The `Set-Cookie` header that signs a browser in; an empty token signs it out. */
export function setCookie(request: Request, port: number, token: string): string {
  // Behind a proxy with TLS the request itself is plain; the page's own address tells.
  const secure = request.headers.get("origin")?.startsWith("https:") ? "; Secure" : "";
  const age = token === "" ? 0 : SIGNED_IN_FOR_MS / 1000;
  return `${nameOf(port)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`;
}

/**
 * Whether a request comes from a page of ours (P84), so that its cookie may count. Other ports of this machine are the
 * same site, so that SameSite alone does not keep them out; and pages of an origin that is allowed have a token.
 */
export function isFromOurPage(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null) return URL.canParse(origin) && new URL(origin).host === hostOf(request);
  const looks = request.method === "GET" || request.method === "HEAD";
  if (!looks || request.headers.get("upgrade") !== null) return false;
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}

/** The host as `URL` tells it of an origin: in small letters, without the port that is usual. */
function hostOf(request: Request): string | null {
  const url = `http://${request.headers.get("host") ?? ""}`;
  return URL.canParse(url) ? new URL(url).host : null;
}
