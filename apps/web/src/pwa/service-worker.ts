/**
 * Lets the app open without a network, and never with old code: the page itself always comes from the server when that
 * answers; what it names bears a hash, so a kept copy is that very file. One cache a build; the last build's is kept too, for
 * tabs that run it still, and older ones are deleted.
 * Nothing of /v1 is ever kept.
 */

/** Set by the build. */
declare const BUILD_ID: string;
declare const BUILD_SHELL: readonly string[];
declare const BUILD_REST: readonly string[];

/** The parts of the worker's own scope that are used (https://www.w3.org/TR/service-workers/). */
type LifeEvent = Event & { waitUntil(work: Promise<unknown>): void };
type AskEvent = Event & { request: Request; respondWith(answer: Promise<Response>): void };
type Scope = {
  addEventListener(type: "install" | "activate" | "message", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: AskEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};
const scope = globalThis as unknown as Scope;

const CACHE = `skein-${BUILD_ID}`;

/** A server that does not answer for this long, in milliseconds, counts as one that is not there. */
const ANSWER_WITHIN_MS = 4_000;

scope.addEventListener("install", (event) => {
  const keep = async (): Promise<void> => {
    const cache = await caches.open(CACHE);
    await cache.addAll(BUILD_SHELL.map((path) => new Request(path, { cache: "reload" })));
    await scope.skipWaiting();
  };
  event.waitUntil(keep());
});

scope.addEventListener("activate", (event) => {
  const takeOver = async (): Promise<void> => {
    // In the order they were made. Tabs that are open still run the last one, and load its parts.
    const others = (await caches.keys()).filter((name) => name !== CACHE);
    await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
    await scope.clients.claim();
  };
  event.waitUntil(takeOver());
});

// A page has nothing to do: what it has not needed yet is kept too, so that any page opens without a network.
scope.addEventListener("message", (event) => {
  const keepRest = async (): Promise<void> => {
    // One after the other: whatever a person asks for meanwhile goes first.
    for (const path of BUILD_REST) await asset(new Request(path));
  };
  // Out of reach, or another build by now: a page asks again, and its own.
  event.waitUntil(keepRest().catch(() => {}));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/v1/")) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    // A proxy in front answers so for a server that is away: its page is none of ours.
    return answer.status < 500 ? answer : ((await keptPage()) ?? answer);
  } catch (error) {
    const kept = await keptPage();
    if (kept) return kept;
    throw error;
  }
}

const keptPage = (): Promise<Response | undefined> => caches.match("/", { cacheName: CACHE });

async function asset(request: Request): Promise<Response> {
  // Its name is a hash of it: whichever build's cache has it, it is that file.
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}
