import { Window } from "happy-dom";
import type { ReactNode } from "react";
import type { Root } from "react-dom/client";

/** Something that React shows, and how to let things happen to it. */
export type Shown = {
  /** The text on the page. */
  text(): string;
  element(selector: string): HTMLElement;
  click(selector: string): Promise<void>;
  render(element: ReactNode): Promise<void>;
  unmount(): Promise<void>;
};

/** A page with a document, and React on it. The globals it needs are there until `close()`. */
export type Page = {
  /** Lets React finish what follows from the work. */
  act(work: () => unknown): Promise<void>;
  show(element: ReactNode): Promise<Shown>;
  close(): Promise<void>;
};

export async function openPage(): Promise<Page> {
  const window = new Window({ url: "http://skein.test/" });
  const globals: Record<string, unknown> = { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true };
  Object.assign(globalThis, globals);
  // React looks for a document when it is loaded.
  const { act } = await import("react");
  const { createRoot } = await import("react-dom/client");
  const roots = new Set<Root>();
  const run = async (work: () => unknown): Promise<void> => {
    await act(async () => {
      await work();
    });
  };
  return {
    act: run,
    async show(element) {
      const container = document.createElement("div");
      document.body.append(container);
      const root = createRoot(container);
      roots.add(root);
      await run(() => root.render(element));
      const find = (selector: string): HTMLElement => {
        const found = container.querySelector<HTMLElement>(selector);
        if (found === null) throw new Error(`There is no ${selector} in: ${container.innerHTML}`);
        return found;
      };
      return {
        text: () => container.textContent,
        element: find,
        click: (selector) => run(() => find(selector).click()),
        render: (next) => run(() => root.render(next)),
        async unmount() {
          roots.delete(root);
          await run(() => root.unmount());
        },
      };
    },
    async close() {
      for (const root of roots) await run(() => root.unmount());
      await window.happyDOM.close();
      for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
    },
  };
}

/** Frames that are drawn when a test says so. */
export class TestFrames {
  #waiting: (() => void)[] = [];

  readonly schedule = (run: () => void): void => void this.#waiting.push(run);

  /** How many frames were asked for and not drawn yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  draw(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }
}
