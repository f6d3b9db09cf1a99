import { SkeinError } from "../protocol/errors.ts";

/** Whether the server runs on this machine. */
export function isLoopback(server: string): boolean {
  const { hostname } = new URL(server);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** A server's address without a trailing slash. @throws SkeinError `invalid` for what is none, or bears credentials. */
export function serverAddress(url: string): string {
  const read = URL.canParse(url) ? new URL(url) : null;
  if (read === null || (read.protocol !== "http:" && read.protocol !== "https:")) {
    throw new SkeinError(
      "invalid",
      `A server's address begins with http:// or https://; this is ${JSON.stringify(url)}.`,
    );
  }
  if (read.username || read.password || read.search || read.hash) {
    // Addresses end up in logs and histories.
    throw new SkeinError("invalid", "A server's address bears no credentials, query or fragment.");
  }
  return read.origin + read.pathname.replace(/\/+$/, "");
}
