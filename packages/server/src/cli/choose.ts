import type { JsonObject, PermissionEntity } from "@skein/client";

/** How what an agent asks is answered without looking at what it is: by leave for all, for nothing, or by a person. */
export const POLICIES = ["allow", "reject", "ask"] as const;
export type Policy = (typeof POLICIES)[number];

type Option = PermissionEntity["options"][number];

/** The option that allows (or rejects) this once; the one for always when there is no other; `null` when none does. */
export function optionFor(policy: "allow" | "reject", options: readonly Option[]): Option | null {
  const kinds = policy === "allow" ? ["allow_once", "allow_always"] : ["reject_once", "reject_always"];
  for (const kind of kinds) {
    const option = options.find((candidate) => candidate.kind === kind);
    if (option) return option;
  }
  return null;
}

/** One member of a form (ACP elicitation: a flat JSON Schema). */
export type Field = {
  name: string;
  title: string;
  required: boolean;
  type: string;
  choices: readonly string[] | null;
  default: unknown;
};

export function fieldsOf(schema: JsonObject | undefined): Field[] {
  const properties = (schema?.["properties"] ?? {}) as Record<string, JsonObject>;
  const required = Array.isArray(schema?.["required"]) ? schema["required"] : [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: typeof property["title"] === "string" ? property["title"] : name,
    required: required.includes(name),
    type: typeof property["type"] === "string" ? property["type"] : "string",
    choices: choicesOf(property),
    default: property["default"],
  }));
}

/** What the form's own defaults fill in, or `null` when a member without one is required. */
export function defaultsOf(schema: JsonObject | undefined): Record<string, unknown> | null {
  const fields = fieldsOf(schema);
  if (fields.some((field) => field.required && field.default === undefined)) return null;
  return Object.fromEntries(
    fields.filter((field) => field.default !== undefined).map((field) => [field.name, field.default]),
  );
}

/** Reads what a person typed for a field; `undefined` when it does not fit. */
export function readField(field: Field, typed: string): unknown {
  const text = typed.trim();
  if (text === "") return field.default;
  switch (field.type) {
    case "boolean":
      if (/^(?:y|yes|true)$/i.test(text)) return true;
      return /^(?:n|no|false)$/i.test(text) ? false : undefined;
    case "integer":
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case "number":
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "array": {
      const items = text.split(",").map((item) => item.trim());
      return items.every((item) => field.choices === null || field.choices.includes(item)) ? items : undefined;
    }
    default:
      return field.choices === null || field.choices.includes(text) ? text : undefined;
  }
}

function choicesOf(property: JsonObject): string[] | null {
  const items = typeof property["items"] === "object" && property["items"] !== null ? property["items"] : {};
  const source = property["type"] === "array" ? (items as JsonObject) : property;
  if (Array.isArray(source["enum"])) return source["enum"].map(String);
  const titled = source["oneOf"] ?? source["anyOf"];
  return Array.isArray(titled) ? (titled as { const?: string }[]).map((option) => option.const ?? "") : null;
}
