import { describe, expect, test } from "bun:test";
import { SkeinError } from "../protocol/errors.ts";
import { BACKOFF_CAP_MS, backoff } from "./backoff.ts";
import { decide, dueAt, OPEN_WITHIN_MS, STABLE_MS, type ConnectionEvent } from "./machine.ts";
import type { ConnectionStatus, Live, Waiting } from "./status.ts";

const NOW = 1_000_000;
const idle: ConnectionStatus = { state: "idle", since: 0 };
const live = (since: number, attempt = 0): Live => ({
  state: "live",
  since,
  connection: "c",
  attempt,
  notBefore: null,
});
const lost: ConnectionEvent = { type: "closed", code: 1006, reason: "" };
const at = (now: number, random = 0.5) => ({ now, random });
const run = (status: ConnectionStatus, events: ConnectionEvent[], now = NOW) =>
  events.reduce((before, event) => decide(before, event, at(now)).status, status);

describe("the connection's states", () => {
  test("idle → connecting → greeting → live", () => {
    const opening = decide(idle, { type: "connect" }, at(NOW));
    expect(opening.actions).toEqual([{ do: "open" }]);
    const greeting = decide(opening.status, { type: "opened" }, at(NOW));
    expect(greeting.actions).toEqual([{ do: "greet" }]);
    const { status } = decide(greeting.status, { type: "greeted", connection: "c1" }, at(NOW));
    expect(status).toEqual({ state: "live", since: NOW, connection: "c1", attempt: 0, notBefore: null });
  });

  test("a socket or a greeting that takes too long is given up", () => {
    for (const events of [[{ type: "connect" }], [{ type: "connect" }, { type: "opened" }]] as ConnectionEvent[][]) {
      const status = run(idle, events);
      expect(dueAt(status)).toBe(NOW + OPEN_WITHIN_MS);
      const step = decide(status, { type: "due" }, at(NOW + OPEN_WITHIN_MS));
      expect(step.status.state).toBe("waiting");
      expect(step.actions[0]).toMatchObject({ do: "hang up" });
    }
  });

  test("L6: what comes after close() changes nothing", () => {
    const events: ConnectionEvent[] = [
      { type: "opened" },
      { type: "greeted", connection: "c" },
      lost,
      { type: "due" },
      { type: "wake" },
      { type: "offline" },
      { type: "retry" },
      { type: "draining", retryAfterMs: 1 },
      { type: "broken", error: new SkeinError("busy", ""), code: 1000 },
      { type: "refused", error: new SkeinError("unauthorized", "") },
    ];
    for (const event of events) expect(decide(idle, event, at(NOW))).toEqual({ status: idle, actions: [] });
  });
});

describe("coming back", () => {
  test("P16, L15: retries have full jitter: anything from 0 up to a bound that doubles from 250 ms to 30 s", () => {
    expect([1, 2, 3, 4, 8, 9, 1000].map((attempt) => backoff(attempt, 1))).toEqual([
      250, 500, 1000, 2000, 30_000, 30_000, 30_000,
    ]);
    expect(backoff(5, 0)).toBe(0);
    expect(backoff(1000, 0.5)).toBe(BACKOFF_CAP_MS / 2);
  });

  test("P16, L15: a connection that lives shorter than 10 s does not reset the backoff; a stable one does", () => {
    const short = decide(live(NOW - STABLE_MS + 1, 6), lost, at(NOW)).status as Waiting;
    expect(short).toMatchObject({ attempt: 7, retryAt: NOW + 8000 });
    const stable = decide(live(NOW - STABLE_MS, 6), lost, at(NOW)).status as Waiting;
    expect(stable).toMatchObject({ attempt: 1, retryAt: NOW + 125 });
  });

  test("a flapping server is retried ever more slowly", () => {
    let status: ConnectionStatus = run(idle, [{ type: "connect" }]);
    const waits: number[] = [];
    for (let round = 0; round < 6; round++) {
      status = run(status, [{ type: "opened" }, { type: "greeted", connection: "c" }, lost]);
      waits.push((status as Waiting).retryAt - NOW);
      status = run(status, [{ type: "due" }]);
    }
    expect(waits).toEqual([125, 250, 500, 1000, 2000, 4000]);
  });

  test("P16, L16: 4401 and 4403 stop the client, and it says why", () => {
    for (const code of [4401, 4403]) {
      for (const from of [live(0), run(idle, [{ type: "connect" }])]) {
        const { status } = decide(from, { type: "closed", code, reason: "no" }, at(NOW));
        expect(status).toEqual({ state: "stopped", since: NOW, reason: { code, message: "no" } });
        for (const type of ["wake", "due"] as const) expect(run(status, [{ type }])).toBe(status);
        for (const type of ["connect", "retry"] as const) expect(run(status, [{ type }]).state).toBe("connecting");
      }
    }
  });

  test("a greeting refused for good stops it with the code that fits; refused for now, it waits as told", () => {
    const greeting = run(idle, [{ type: "connect" }, { type: "opened" }]);
    const code = (error: SkeinError) => decide(greeting, { type: "refused", error }, at(NOW)).status;
    expect(code(new SkeinError("unauthorized", "who?"))).toMatchObject({ reason: { code: 4401, message: "who?" } });
    expect(code(new SkeinError("forbidden", "not you"))).toMatchObject({ reason: { code: 4403 } });
    expect(code(new SkeinError("unsupported", "too old"))).toMatchObject({ reason: { code: 4400 } });
    const busy = code(new SkeinError("busy", "later", { retryAfterMs: 5000 }));
    expect(busy).toMatchObject({ state: "waiting", retryAt: NOW + 5125, ordered: true });
  });

  test("P15: draining {retryAfterMs} is respected, also by a wake; retryNow() overrides it", () => {
    const draining = decide(live(0), { type: "draining", retryAfterMs: 3000 }, at(NOW)).status;
    const { status } = decide(draining, { type: "closed", code: 4503, reason: "" }, at(NOW + 1));
    expect(status).toMatchObject({ state: "waiting", retryAt: NOW + 3000 + 125 });
    expect(run(status, [{ type: "wake" }])).toBe(status);
    expect(run(status, [{ type: "retry" }]).state).toBe("connecting");
  });

  test("visibility, network and wake try at once while waiting, and check while live", () => {
    const waiting = decide(live(0), lost, at(NOW)).status;
    expect(decide(waiting, { type: "wake" }, at(NOW)).actions).toEqual([{ do: "open" }]);
    expect(decide(live(0), { type: "wake" }, at(NOW)).actions).toEqual([{ do: "check" }]);
    expect(decide(live(0), { type: "retry" }, at(NOW)).actions).toEqual([{ do: "check" }]);
  });
});
