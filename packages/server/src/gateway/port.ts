import { SkeinError } from "@skein/client/protocol";

/**
 * Takes a port and lets go of it at once: whether it can be had is known before anything is made for a server on it.
 * @throws SkeinError `busy` when it is taken, `forbidden` when it may not be had.
 */
export async function tryPort(host: string, port: number): Promise<void> {
  try {
    const server = Bun.serve({ hostname: host, port, fetch: () => new Response(null, { status: 503 }) });
    await server.stop(true);
  } catch (error) {
    throw listenError(error, host, port);
  }
}

/** Why one cannot listen at an address, and what to do about it. */
export function listenError(error: unknown, host: string, port: number): SkeinError {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  if (code === "EADDRINUSE") {
    return new SkeinError("busy", `Port ${port} on ${host} is taken. Use --port with another, or 0 for any free one.`, {
      retry: "never",
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new SkeinError("forbidden", `Port ${port} on ${host} may not be used by this user.`, { cause: error });
  }
  return new SkeinError(
    "internal",
    `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}.`,
    {
      retry: "never",
      cause: error,
    },
  );
}
