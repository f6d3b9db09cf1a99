import { expect, test } from "bun:test";
import fc from "fast-check";
import { CAN_START, PHASES, type Phase, type PhaseEvent, type Transition } from "./phases.ts";

const EVENTS = Object.keys(PHASES.closed) as PhaseEvent[];
const ENDS = new Set(["endTurn", "cancelTurn", "failTurn", "interruptTurn"]);
const BUSY: ReadonlySet<Phase> = new Set(["starting", "sending", "running", "cancelling"]);

test("one prompt at a time: over any events a turn begins only when none runs, and ends once", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }), (events) => {
      let phase: Phase = "closed";
      let running = false;
      let prompted = false;
      for (const event of events) {
        const transition: Transition = PHASES[phase][event];
        for (const act of transition.acts) {
          if (act === "begin") {
            expect(running).toBe(false);
            expect(CAN_START.has(phase)).toBe(true);
            running = true;
            prompted = false;
          }
          if (act === "prompt") {
            expect(running && !prompted).toBe(true);
            prompted = true;
          }
          if (ENDS.has(act)) {
            expect(running).toBe(true);
            running = false;
          }
        }
        phase = transition.to;
        expect(running).toBe(BUSY.has(phase));
      }
    }),
  );
});

test("from every phase a thread can come back to where it takes a turn", () => {
  for (const start of Object.keys(PHASES) as Phase[]) {
    const reached = new Set<Phase>([start]);
    for (const phase of reached) for (const event of EVENTS) reached.add(PHASES[phase][event].to);
    expect([...reached].some((phase) => CAN_START.has(phase))).toBe(true);
  }
});

test("an agent that is gone is never waited for", () => {
  for (const phase of Object.keys(PHASES) as Phase[]) {
    expect(PHASES[phase].exited.to).toBe("closed");
    if (phase === "opening" || phase === "starting") expect(PHASES[phase].failed.to).toBe("closed");
  }
});
