import type { ReactNode } from "react";
import type { SkeinClient } from "../../src/client.ts";
import { SkeinProvider } from "../../src/react/index.ts";
import { world, type World } from "../support/setup.ts";
import { TestFrames, type Page, type Shown } from "./page.ts";

/** A client of a server in memory, shown by React. */
export type Stage = World & {
  one: SkeinClient;
  frames: TestFrames;
  /** Delivers every frame of the network, then draws, and lets React finish. */
  settle: () => Promise<void>;
  /** Lets time pass on the one clock there is, then settles. */
  wait: (ms: number) => Promise<void>;
  show: (element: ReactNode) => Promise<Shown>;
};

export function stage(page: Page, of: World = world()): Stage {
  const frames = new TestFrames();
  const one = of.client();
  const settle = (): Promise<void> =>
    page.act(async () => {
      // What a promise of the client leads to may be another request.
      for (let round = 0; round < 5; round++) {
        of.network.flush();
        await new Promise((resolve) => setImmediate(resolve));
        frames.draw();
      }
    });
  return {
    ...of,
    one,
    frames,
    settle,
    async wait(ms) {
      await page.act(() => of.pass(ms));
      await settle();
    },
    async show(element) {
      const within = (children: ReactNode): ReactNode => (
        <SkeinProvider client={one} clock={of.clock} frames={frames.schedule}>
          {children}
        </SkeinProvider>
      );
      const shown = await page.show(within(element));
      await settle();
      return { ...shown, render: (next) => shown.render(within(next)) };
    },
  };
}
