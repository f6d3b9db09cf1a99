import type { Limits } from "../protocol/limits.ts";

/**
 * Whether a connection is alive, as far as one can tell: after `pingAfterMs` without an inbound frame a ping goes out,
 * any inbound frame is a sign of life, and two pings unanswered for `pongWithinMs` each end the connection.
 */
export type Heartbeat = {
  /** When the last frame came in, in milliseconds since 1970. */
  heardAt: number;
  /** When the ping that is still unanswered was sent; `null` when none is. */
  pingedAt: number | null;
  /** Pings in a row that stayed unanswered. */
  missed: number;
};

export type HeartbeatLimits = Pick<Limits, "pingAfterMs" | "pongWithinMs">;

/** What to do now, and the time at which to ask again. */
export type Beat = { action: "none" | "ping" | "end"; heart: Heartbeat; at: number };

export const newHeartbeat = (now: number): Heartbeat => ({ heardAt: now, pingedAt: null, missed: 0 });

/**
 * Decides what a heartbeat's time brings.
 * @param check Ping at once if none is under way, however recent the last frame is: after a sleep nothing is sure.
 */
export function beat(heart: Heartbeat, now: number, limits: HeartbeatLimits, check = false): Beat {
  // A clock that was set back must not make the silence look shorter than nothing.
  const heardAt = Math.min(heart.heardAt, now);
  if (heart.pingedAt === null) {
    const due = heardAt + limits.pingAfterMs;
    if (now < due && !check) return { action: "none", heart: { ...heart, heardAt }, at: due };
    return ping({ heardAt, pingedAt: now, missed: heart.missed }, limits);
  }
  const pingedAt = Math.min(heart.pingedAt, now);
  const due = pingedAt + limits.pongWithinMs;
  if (now < due) return { action: "none", heart: { ...heart, heardAt, pingedAt }, at: due };
  const missed = heart.missed + 1;
  if (missed >= 2) return { action: "end", heart: { heardAt, pingedAt, missed }, at: now };
  return ping({ heardAt, pingedAt: now, missed }, limits);
}

const ping = (heart: Heartbeat, limits: HeartbeatLimits): Beat => ({
  action: "ping",
  heart,
  at: (heart.pingedAt ?? heart.heardAt) + limits.pongWithinMs,
});
