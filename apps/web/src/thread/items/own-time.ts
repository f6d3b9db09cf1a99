import type { PermissionEntity, ToolEntity } from "@skein/client";

type Times = Pick<ToolEntity, "startedAt" | "endedAt">;
type Asked = Pick<PermissionEntity, "status" | "askedAt" | "answeredAt">;

/**
 * How long a tool call has run by itself, in milliseconds: what its agent waited for a person's leave is left out. A
 * request that was taken back does not say when: what came after it is not known to be the call's, and left out.
 *
 * @param asked The permissions that were asked about it, oldest first.
 * @param now Counts while the call has not ended, in milliseconds since 1970.
 */
export function ownTime({ startedAt, endedAt }: Times, asked: readonly Asked[], now: number): number {
  const end = endedAt ?? now;
  let own = 0;
  let from = startedAt;
  for (const { status, askedAt, answeredAt } of asked) {
    // Two may wait at once: the time of both together counts once.
    own += Math.max(0, Math.min(askedAt, end) - from);
    from = Math.max(from, status === "answered" ? (answeredAt ?? askedAt) : end);
  }
  return own + Math.max(0, end - from);
}
