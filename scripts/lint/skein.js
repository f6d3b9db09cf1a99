/** An oxlint plugin: rules about this repository's architecture. Runs under Node. */
import { builtinModules } from "node:module";
import { dirname, posix } from "node:path";
import { ARROWS, EVERYWHERE, layerOf, PUBLISHED } from "./layers.js";

/**
 * Why a file must not import a module; `null` when it may.
 * @param {string} file the importing file
 * @param {string} specifier what it imports
 * @returns {string | null}
 */
export function forbidden(file, specifier) {
  const from = layerOf(file);
  if (!from || from.layer === "test") return null;
  const allowed = ARROWS[from.layer];
  if (!allowed) return `The folder ${from.layer} stands in no layer: give it a line in scripts/lint/layers.js.`;

  if (specifier.startsWith(".")) {
    const to = layerOf(posix.join(dirname(file), specifier));
    if (!to) return `${specifier} leaves the package's sources.`;
    if (to.layer === "test") return `${specifier} is for tests only.`;
    if (to.part !== from.part) return `Import another package by its name, not by the path ${specifier}.`;
    return arrow(from.layer, to.layer, allowed);
  }
  if (specifier === "skein" || specifier.startsWith("skein/")) return "Nothing imports the server's package.";
  if (specifier.startsWith("@skein/")) {
    const layer = /** @type {Record<string, string>} */ (PUBLISHED)[specifier];
    if (layer === undefined) return `${specifier} is not published.`;
    if (from.part === "client") return "Inside the client package, import by relative path.";
    return arrow(from.layer, layer, allowed);
  }
  if (EVERYWHERE.includes(from.layer) && isRuntime(specifier)) {
    return `${from.layer} runs in browsers too: no ${specifier}.`;
  }
  return null;
}

/**
 * @param {string} from
 * @param {string} to
 * @param {readonly string[]} allowed
 */
function arrow(from, to, allowed) {
  if (from === to || allowed.includes(to)) return null;
  return `${from} must not import ${to}; it may import ${allowed.join(", ") || "nothing"} (scripts/lint/layers.js).`;
}

/** @param {string} specifier */
const isRuntime = (specifier) => /^(?:node:|bun:|bun$)/.test(specifier) || builtinModules.includes(specifier);

const arrows = {
  meta: { type: "problem", docs: { description: "Enforces who may import whom." } },
  /** @param {any} context */
  create(context) {
    const file = context.filename.replaceAll("\\", "/");
    /** @param {any} source */
    const look = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const message = forbidden(file, source.value);
      if (message) context.report({ node: source, message });
    };
    return {
      /** @param {any} node */
      ImportDeclaration: (node) => look(node.source),
      /** @param {any} node */
      ExportNamedDeclaration: (node) => look(node.source),
      /** @param {any} node */
      ExportAllDeclaration: (node) => look(node.source),
      /** @param {any} node */
      ImportExpression: (node) => look(node.source),
      /** @param {any} node */
      TSImportType: (node) => look(node.source),
    };
  },
};

export default { meta: { name: "skein" }, rules: { arrows } };
