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

/**
 * Whether a declaration makes a table of names that anybody may look up in: an object literal, said to be a `Record` of strings.
 * @param {any} declarator
 */
function isOpenTable({ id, init }) {
  if (id?.type !== "Identifier" || init?.type !== "ObjectExpression") return false;
  let type = id.typeAnnotation?.typeAnnotation;
  if (nameOf(type) === "Readonly") type = argumentsOf(type)[0];
  return nameOf(type) === "Record" && argumentsOf(type)[0]?.type === "TSStringKeyword";
}

/** @param {any} type */
const nameOf = (type) => (type?.type === "TSTypeReference" ? type.typeName?.name : undefined);
/** @param {any} type @returns {any[]} */
const argumentsOf = (type) => type?.typeArguments?.params ?? [];

/** @param {any} node a computed member's key */
const isWritten = (node) =>
  node.type === "Literal" || (node.type === "TemplateLiteral" && node.expressions.length === 0);

const tables = {
  meta: { type: "problem", docs: { description: "Forbids to look up any string in an object literal." } },
  /** @param {any} context */
  create(context) {
    /** @type {Set<string>} */
    const names = new Set();
    /** @type {any[]} */
    const looked = [];
    return {
      /** @param {any} node */
      VariableDeclarator(node) {
        if (isOpenTable(node)) names.add(node.id.name);
      },
      /** @param {any} node */
      MemberExpression(node) {
        if (node.computed && node.object.type === "Identifier" && !isWritten(node.property)) looked.push(node);
      },
      "Program:exit"() {
        for (const node of looked) {
          if (!names.has(node.object.name)) continue;
          const message = `${node.object.name} also has "constructor" and "__proto__", as every object. Make it a Map.`;
          context.report({ node, message });
        }
      },
    };
  },
};

export default { meta: { name: "skein" }, rules: { arrows, tables } };
