import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { isLoopback, type HostPolicy } from "./host-check.ts";

/**
 * Base addresses by which other devices may reach a server, the likeliest first: the names it was told to answer to,
 * then this machine's own addresses in the network. None when it listens for this machine only.
 */
export function reachableAt({ listen, allowed }: HostPolicy, port: number): string[] {
  const at = (host: string): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (isLoopback(listen)) return [];
  if (listen !== "0.0.0.0" && listen !== "::") return [...allowed, listen].map(at);
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, internal }) => !internal && isIPv4(address))
    .map(({ address }) => address);
  return [...allowed, ...own].map(at);
}
