/**
 * The layers and the arrows between them: who may import whom. A layer may import itself and what its line names.
 *
 *     protocol ← replica ← connection ← client ← react ← web
 *     protocol ← store ← hub ← {threads, boards} ← gateway ← cli ← main
 *     protocol ← agents ← threads
 *     demo-agent ← cli
 *
 * `base` is what stands directly in packages/server/src and means nothing by itself (the clock, ids).
 * `demo-agent` is a program of its own, an agent like any other, that happens to come in the box.
 * Tests are under no arrow: a test brings together what it needs.
 */
const domain = ["base", "protocol", "replica", "store", "hub"];

/** @type {Record<string, readonly string[]>} */
export const ARROWS = {
  protocol: [],
  replica: ["protocol"],
  connection: ["protocol", "replica"],
  client: ["protocol", "replica", "connection"],
  react: ["protocol", "replica", "client"],
  web: ["protocol", "replica", "client", "react"],
  base: ["protocol"],
  store: ["base", "protocol", "replica"],
  hub: ["base", "protocol", "replica", "store"],
  agents: ["base", "protocol"],
  "demo-agent": [],
  boards: domain,
  threads: [...domain, "agents"],
  gateway: [...domain, "threads", "boards"],
  cli: [...domain, "client", "agents", "demo-agent", "threads", "boards", "gateway"],
  main: [...domain, "client", "agents", "threads", "boards", "gateway", "cli"],
};

/** Layers that also run in a browser: no module of Node or Bun. */
export const EVERYWHERE = ["protocol", "replica", "connection", "client", "react", "web"];

/** The layers by the names their packages publish them under; from another package they are imported by these only. */
export const PUBLISHED = {
  "@skein/client": "client",
  "@skein/client/protocol": "protocol",
  "@skein/client/replica": "replica",
  "@skein/client/react": "react",
};

/** The files of packages/server/src that wire the layers together. */
const WIRING = ["main.ts", "server.ts"];

/**
 * The part of the repository a file is in, and its layer there.
 * @param {string} file absolute, or relative to the repository's root, with `/`
 * @returns {{ part: "client" | "server" | "web", layer: string } | null} `null` for what is under no arrow
 */
export function layerOf(file) {
  const found = /(?:^|\/)(?:packages\/(client|server)|apps\/(web))\/src\/(.+)$/.exec(file);
  if (!found) return null;
  const part = /** @type {"client" | "server" | "web"} */ (found[1] ?? found[2]);
  const path = found[3] ?? "";
  if (isTest(path)) return { part, layer: "test" };
  if (part === "web") return { part, layer: "web" };
  const slash = path.indexOf("/");
  if (slash >= 0) return { part, layer: path.slice(0, slash) };
  if (part === "client") return { part, layer: "client" };
  return { part, layer: WIRING.includes(path) ? "main" : "base" };
}

/** @param {string} path */
const isTest = (path) => /(?:^|\/)testing\/|\.(?:test|suite)\.[cm]?[jt]sx?$/.test(path);
