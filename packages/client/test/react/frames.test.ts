import { afterEach, expect, test } from "bun:test";
import { animationFrames } from "../../src/react/index.ts";
import { TestClock } from "../../../../test/support/test-clock.ts";

const globals = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown };

/** Stands in for the browser's frames. */
function fakeFrames(): { draw: () => void; waiting: Map<number, () => void> } {
  const waiting = new Map<number, () => void>();
  let last = 0;
  globals.requestAnimationFrame = (run: () => void): number => {
    waiting.set(++last, run);
    return last;
  };
  globals.cancelAnimationFrame = (frame: number) => waiting.delete(frame);
  return {
    waiting,
    draw() {
      const due = [...waiting.values()];
      waiting.clear();
      for (const run of due) run();
    },
  };
}

afterEach(() => {
  delete globals.requestAnimationFrame;
  delete globals.cancelAnimationFrame;
});

test("frames: with the browser's next animation frame, once", () => {
  const { draw } = fakeFrames();
  const clock = new TestClock();
  let runs = 0;
  animationFrames(clock)(() => runs++);
  expect(runs).toBe(0);
  draw();
  clock.advance(10_000);
  draw();
  expect([runs, clock.pending]).toEqual([1, 0]);
});

test("frames: a hidden page draws none: a timer stands in, and the late frame does nothing", () => {
  const { draw, waiting } = fakeFrames();
  const clock = new TestClock();
  let runs = 0;
  animationFrames(clock)(() => runs++);
  clock.advance(1_000);
  expect([runs, waiting.size]).toEqual([1, 0]);
  draw();
  expect(runs).toBe(1);
});

test("frames: where there are none at all, a timer of a frame's length", () => {
  const clock = new TestClock();
  let runs = 0;
  animationFrames(clock)(() => runs++);
  clock.advance(16);
  expect([runs, clock.pending]).toEqual([1, 0]);
});
