import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SkeinError } from "@skein/client/protocol";

/** What the web app's build wrote down of itself: `dist/build.json`. */
type Build = {
  /** Every file of the build by its path, with its type. */
  files: Record<string, { type: string; immutable: boolean }>;
};

/**
 * What a page may do: run and load what comes from this server, and nothing else. Styles may be set by scripts, as
 * floating elements and the terminal need; scripts may not be written into pages.
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** The app's own addresses (apps/web/src/app/router.tsx): each is answered with the one page. */
const APP_ROUTE = /^\/(?:|new|search|settings|pair|t\/[\w-]{1,64}(?:\/changes)?)$/;

/** Whether a person asks, who is better served by a page than by an error in JSON. */
const wantsPage = (request: Request): boolean => request.headers.get("accept")?.includes("text/html") === true;

/** Answers with the files of the web app, as its build listed them: no other file can be reached. */
export class Assets {
  readonly #directory: string;
  #build: { writtenAt: number; build: Build } | null = null;

  /** @param directory Where the build is. It may come into being later. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Answers a GET or HEAD request.
   * @throws SkeinError `not_found`, `invalid` for another method.
   */
  answer(request: Request): Response {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new SkeinError("invalid", `Only GET may be asked for here, not ${request.method}.`);
    }
    const { pathname } = new URL(request.url);
    const isRoute = APP_ROUTE.test(pathname);
    const build = this.#read();
    if (build === null) {
      if (isRoute || wantsPage(request))
        return new Response(NOT_BUILT, { status: 503, headers: pageHeaders("text/html; charset=utf-8", false) });
      throw new SkeinError("not_found", "The web app is not built: run `npm run build`.");
    }
    const name = isRoute ? "index.html" : pathname.slice(1);
    if (Object.hasOwn(build.files, name)) return this.#file(build, name, 200);
    // The app itself says that there is nothing.
    if (wantsPage(request)) return this.#file(build, "index.html", 404);
    throw new SkeinError("not_found", `There is nothing at ${pathname.slice(0, 200)}.`);
  }

  #file(build: Build, name: string, status: number): Response {
    const { type = "application/octet-stream", immutable = false } = build.files[name] ?? {};
    return new Response(Bun.file(join(this.#directory, name)), { status, headers: pageHeaders(type, immutable) });
  }

  /** The list, read again when it was written anew: a new build counts at once. */
  #read(): Build | null {
    const path = join(this.#directory, "build.json");
    const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (writtenAt === undefined) return null;
    if (this.#build?.writtenAt !== writtenAt) {
      this.#build = { writtenAt, build: JSON.parse(readFileSync(path, "utf8")) as Build };
    }
    return this.#build.build;
  }
}

function pageHeaders(type: string, immutable: boolean): Record<string, string> {
  return {
    ...HEADERS,
    "content-type": type,
    // A name with a hash in it never means another content; anything else is asked for each time.
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Skein: the web app is not built</title>
  <h1>The web app is not built</h1>
  <p>The server runs. To build its web app, run this in Skein's folder, then load this page again:</p>
  <pre>npm run build</pre>
</html>
`;
