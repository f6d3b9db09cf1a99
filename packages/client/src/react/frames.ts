import { systemClock, type Clock } from "../index.ts";

/** Runs something once, when the next picture is about to be drawn. */
export type FrameScheduler = (run: () => void) => void;

/** A page that is hidden draws no frames: after this many milliseconds it is told all the same. */
const WITHOUT_FRAME_MS = 200;
/** Where there are no frames at all, as in Node. */
const NO_FRAMES_MS = 16;

/** The browser's animation frames, and a timer for when there are none: `requestAnimationFrame` rests on a hidden page. */
export function animationFrames(clock: Clock = systemClock): FrameScheduler {
  return (run) => {
    const { requestAnimationFrame, cancelAnimationFrame } = globalThis as Partial<typeof globalThis>;
    let ran = false;
    const once = (): void => {
      if (ran) return;
      ran = true;
      timer.cancel();
      if (frame !== undefined) cancelAnimationFrame?.(frame);
      run();
    };
    const timer = clock.setTimeout(once, requestAnimationFrame ? WITHOUT_FRAME_MS : NO_FRAMES_MS);
    const frame = requestAnimationFrame?.(once);
  };
}
