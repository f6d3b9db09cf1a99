import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { systemClock, type Clock, type SkeinClient } from "../index.ts";
import { animationFrames, type FrameScheduler } from "./frames.ts";
import type { Cell } from "./signals.ts";
import { ClientStore } from "./store.ts";

const Context = createContext<ClientStore | null>(null);

/** The props of `SkeinProvider`. */
export type SkeinProviderProps = {
  /** The client that the hooks below show. Make it once, outside of components. */
  client: SkeinClient;
  /** The components that may use the hooks. */
  children?: ReactNode;
  /** When changes are shown; the browser's animation frames when absent. What a client's first provider says counts. */
  frames?: FrameScheduler;
  /** Likewise, for what waits: the release of topics, and typing. */
  clock?: Clock;
};

/**
 * Gives a client to the hooks below it, and connects it. Once the provider is gone for 5 s, the connection it made is
 * closed; one that somebody else made with `client.connect()` stays.
 *
 * Changes reach components once per animation frame, however many commits came meanwhile. A topic is watched while a
 * component shows it and 5 s longer, so that moving between views asks the server for nothing.
 *
 * @example
 * ```tsx
 * import { SkeinClient } from "@skein/client";
 * import { SkeinProvider } from "@skein/client/react";
 * import { createRoot } from "react-dom/client";
 *
 * const client = new SkeinClient({ url: location.origin });
 * createRoot(document.body).render(
 *   <SkeinProvider client={client}>
 *     <h1>Threads</h1>
 *   </SkeinProvider>,
 * );
 * ```
 */
export function SkeinProvider({ client, children, frames, clock }: SkeinProviderProps): ReactNode {
  const store = storeOf(client, clock, frames);
  useEffect(() => store.mount(), [store]);
  return createElement(Context, { value: store }, children);
}

/** One for each client, so that a second root, or a first one that comes again, finds topics and connection counted. */
const stores = new WeakMap<SkeinClient, ClientStore>();

function storeOf(client: SkeinClient, clock: Clock = systemClock, frames?: FrameScheduler): ClientStore {
  let store = stores.get(client);
  if (store === undefined) {
    store = new ClientStore(client, clock, frames ?? animationFrames(clock));
    stores.set(client, store);
  }
  return store;
}

/**
 * The client itself, for what no hook does.
 *
 * @throws Error outside of a `SkeinProvider`.
 * @example
 * ```tsx
 * import { useClient } from "@skein/client/react";
 *
 * function Ping() {
 *   const client = useClient();
 *   return <button onClick={() => void client.query("echo", { value: 1 })}>Ping</button>;
 * }
 * ```
 */
export function useClient(): SkeinClient {
  return useStore().client;
}

export function useStore(): ClientStore {
  const store = useContext(Context);
  if (store === null) throw new Error("A hook of @skein/client/react was used outside of a SkeinProvider.");
  return store;
}

/** Reads a cell and renders again when it changes. @param of All that `make` depends on, besides the store. */
export function useCell<Value>(make: (store: ClientStore) => Cell<Value>, of: readonly unknown[]): Value {
  const store = useStore();
  const cell = useMemo(() => make(store), [store, ...of]);
  return useSyncExternalStore(cell.subscribe, cell.get, cell.get);
}
