import { useLayoutEffect, useState, type ComponentType } from "react";

/** A component that is loaded when it is first drawn, or before that by `load`. */
export type Part<Props> = ComponentType<Props> & {
  /** Loads it. A load that failed is tried anew by the next call. */
  load: () => Promise<void>;
};

/** What is drawn in a part's place is told why that can't be loaded, if it can't. */
export type Meantime = { failure: Error | null };

/**
 * Makes a component of a module that is loaded later. What is loaded is drawn at once, where `React.lazy` shows a
 * fallback first even then, and keeps each for 300 ms (`FALLBACK_THROTTLE_MS` of react-reconciler).
 * @param Meanwhile What is drawn until it is there, with the same props.
 * @param onFailure What is done when it is drawn and can't be loaded: it throws why, and `LoadBoundary` says it; or, where
 * somebody may be writing in `Meanwhile`, that stays and says it itself.
 *
 * @example
 * const SettingsPage = part(() => import("./settings-page.tsx"), Blank);
 */
export function part<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  Meanwhile: ComponentType<Props & Meantime>,
  onFailure: "throws" | "stays" = "throws",
): Part<Props> {
  let Loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;

  function loadOnce(): Promise<void> {
    loading ??= load().then(
      (module) => {
        Loaded = module.default;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  }

  function Part(props: Props) {
    const [failure, setFailure] = useState<Error | null>(null);
    const [loaded, setLoaded] = useState(Loaded !== null);
    useLayoutEffect(() => {
      let gone = false;
      const wait = async (): Promise<void> => {
        try {
          await loadOnce();
          if (!gone) setLoaded(true);
        } catch (error) {
          if (!gone) setFailure(error instanceof Error ? error : new Error(String(error)));
        }
      };
      void wait();
      return () => {
        gone = true;
      };
    }, []);
    if (failure !== null && onFailure === "throws") throw failure;
    return loaded && Loaded !== null ? <Loaded {...props} /> : <Meanwhile {...props} failure={failure} />;
  }
  return Object.assign(Part, { load: loadOnce });
}
