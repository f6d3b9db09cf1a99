import type { Limits } from "../protocol/limits.ts";

/** A ping sent because the machine woke is unanswered after this long, in milliseconds: nobody looks at "live" for longer. */
const CHECK_WITHIN_MS = 2_500;

/**
 * Whether a connection is alive, for both sides. A ping goes out after `pingAfterMs` in which nothing came in, or in which
 * nothing was sent: a client that only reads must be heard too (P14). Any inbound frame is a sign of life. Two pings in a
 * row, unanswered for `pongWithinMs` each, end the connection, and so does one ping that checks it after a sleep.
 */
export type Heartbeat = {
  /** When the last frame came in, in milliseconds since 1970. */
  heardAt: number;
  /** When the last frame was sent. */
  sentAt: number;
  /** When the ping that is still unanswered was sent; `null` when none is. */
  pingedAt: number | null;
  /** Pings in a row that stayed unanswered. */
  missed: number;
  /** When a check that is under way fails; `null` when none is. */
  checkUntil: number | null;
};

export type HeartbeatLimits = Pick<Limits, "pingAfterMs" | "pongWithinMs">;

/** What to do now, and the time at which to ask again. */
export type Beat = { action: "none" | "ping" | "end"; heart: Heartbeat; at: number };

export const newHeartbeat = (now: number): Heartbeat => ({
  heardAt: now,
  sentAt: now,
  pingedAt: null,
  missed: 0,
  checkUntil: null,
});

/** A frame came in: whatever was waited for is there. */
export const heard = (heart: Heartbeat, now: number): Heartbeat => ({ ...newHeartbeat(now), sentAt: heart.sentAt });

/**
 * Decides what a heartbeat's time brings.
 * @param check The machine may have slept: ping now, and end the connection unless something comes in soon.
 */
export function beat(heart: Heartbeat, now: number, limits: HeartbeatLimits, check = false): Beat {
  // A clock that was set back must not make the silence look shorter than nothing.
  const heardAt = Math.min(heart.heardAt, now);
  const sentAt = Math.min(heart.sentAt, now);
  const within = Math.min(limits.pongWithinMs, CHECK_WITHIN_MS);
  const checkUntil = check
    ? (heart.checkUntil ?? now + within)
    : heart.checkUntil && Math.min(heart.checkUntil, now + within);
  if (checkUntil !== null && now >= checkUntil) return { action: "end", heart, at: now };
  if (heart.pingedAt === null) {
    const due = Math.min(heardAt, sentAt) + limits.pingAfterMs;
    const present: Heartbeat = { ...heart, heardAt, sentAt, checkUntil };
    if (now < due && !check) return { action: "none", heart: present, at: due };
    return ping(present, now, limits);
  }
  const pingedAt = Math.min(heart.pingedAt, now);
  const due = Math.min(pingedAt + limits.pongWithinMs, checkUntil ?? Infinity);
  const present: Heartbeat = { ...heart, heardAt, sentAt, pingedAt, checkUntil };
  if (now < due) return { action: "none", heart: present, at: due };
  const missed = heart.missed + 1;
  if (missed >= 2) return { action: "end", heart: { ...present, missed }, at: now };
  return ping({ ...present, missed }, now, limits);
}

function ping(heart: Heartbeat, now: number, limits: HeartbeatLimits): Beat {
  const at = Math.min(now + limits.pongWithinMs, heart.checkUntil ?? Infinity);
  return { action: "ping", heart: { ...heart, pingedAt: now, sentAt: now }, at };
}
