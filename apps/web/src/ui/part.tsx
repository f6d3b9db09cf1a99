import { useLayoutEffect, useState, type ComponentType } from "react";

/** A component that is loaded when it is first drawn, or before that by `load`. */
export type Part<Props> = ComponentType<Props> & {
  /** Loads it. A load that failed is tried anew by the next call. */
  load: () => Promise<void>;
};

/**
 * Makes a component of a module that is loaded later. What is loaded is drawn at once, where `React.lazy` shows a
 * fallback first even then, and keeps each for 300 ms (`FALLBACK_THROTTLE_MS` of react-reconciler). While it is drawn
 * and can't be loaded it throws why: `LoadBoundary` says it.
 * @param Meanwhile What is drawn until it is there, with the same props.
 *
 * @example
 * const SettingsPage = part(() => import("./settings-page.tsx"), Blank);
 */
export function part<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  Meanwhile: ComponentType<Props>,
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
    const [failure, setFailure] = useState<{ error: unknown } | null>(null);
    const [loaded, setLoaded] = useState(Loaded !== null);
    useLayoutEffect(() => {
      let gone = false;
      const wait = async (): Promise<void> => {
        try {
          await loadOnce();
          if (!gone) setLoaded(true);
        } catch (error) {
          if (!gone) setFailure({ error });
        }
      };
      void wait();
      return () => {
        gone = true;
      };
    }, []);
    if (failure !== null) throw failure.error;
    return loaded && Loaded !== null ? <Loaded {...props} /> : <Meanwhile {...props} />;
  }
  return Object.assign(Part, { load: loadOnce });
}
