import type { PermissionEntity } from "@skein/client";
import { oneLine } from "./text.ts";

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

/**
 * The option that a person typed: by its number in the list, its id or its name; "allow" and "reject" stand for the first
 * that does so.
 * @returns Why it is none, in words, otherwise.
 */
export function chosenOption(options: readonly Option[], typed: string): Option | string {
  const word = typed.trim().toLowerCase();
  const isNamed = ({ optionId, name }: Option): boolean => [optionId, name].some((own) => own.toLowerCase() === word);
  const numbered = /^\d+$/.test(word) ? options[Number(word) - 1] : undefined;
  const named = options.filter(isNamed);
  const found = new Set([...(numbered ? [numbered] : []), ...named]);
  const [only, second] = found;
  if (second !== undefined)
    return `"${oneLine(typed)}" means several of the choices: give another number or word of it.`;
  if (only !== undefined) return only;
  if (word === "allow" || word === "reject") {
    return optionFor(word, options) ?? `None of the choices would ${word} it.`;
  }
  return word === "" ? "Choose one." : `"${oneLine(typed)}" is none of the choices.`;
}

/** The choices in lines, as `  1  Allow once (allow)`. */
export const optionLines = (options: readonly Option[]): string[] =>
  options.map(({ name, optionId }, index) => {
    const id = name.toLowerCase() === optionId.toLowerCase() ? "" : `  (${oneLine(optionId)})`;
    return `  ${index + 1}  ${oneLine(name)}${id}`;
  });

/** One member of a form (ACP elicitation: a flat JSON Schema). */
export type Field = {
  name: string;
  title: string;
  required: boolean;
  type: string;
  choices: readonly string[] | null;
  default: unknown;
};

type Schema = Readonly<Record<string, unknown>>;

export function fieldsOf(schema: Schema | undefined): Field[] {
  const required = Array.isArray(schema?.["required"]) ? schema["required"] : [];
  return Object.entries(objectOf(schema?.["properties"])).map(([name, value]) => {
    const property = objectOf(value);
    const { title, type } = property;
    return {
      name,
      title: typeof title === "string" && title !== "" ? title : name,
      required: required.includes(name),
      type: typeof type === "string" ? type : "string",
      choices: choicesOf(property),
      default: property["default"],
    };
  });
}

/** What a field takes, in a few words, with its default. */
export function fieldHint({ type, choices, required, default: preset }: Field): string {
  const kind = choices
    ? `${type === "array" ? "some of" : "one of"} ${choices.map((choice) => oneLine(choice)).join(", ")}`
    : type === "boolean"
      ? "y/n"
      : type === "string"
        ? "text"
        : type;
  const empty =
    preset === undefined ? (required ? "" : "; may be left out") : `; else ${oneLine(JSON.stringify(preset))}`;
  return kind + empty;
}

/** What the form's own defaults fill in, or `null` when a member without one is required. */
export function defaultsOf(schema: Schema | undefined): Record<string, unknown> | null {
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
      const items = text.split(",").map((item) => readChoice(field.choices, item.trim()));
      return items.includes(undefined) ? undefined : items;
    }
    default:
      return readChoice(field.choices, text);
  }
}

/** A choice by its word or, where no choice is itself a number, by its number. */
function readChoice(choices: readonly string[] | null, text: string): string | undefined {
  if (choices === null || choices.includes(text)) return text;
  const byNumber =
    choices.some((choice) => /^\d+$/.test(choice)) || !/^\d+$/.test(text) ? undefined : choices[Number(text) - 1];
  return byNumber ?? choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
}

function choicesOf(property: Schema): string[] | null {
  const source = property["type"] === "array" ? objectOf(property["items"]) : property;
  if (Array.isArray(source["enum"])) return source["enum"].map(wordOf);
  const titled = source["oneOf"] ?? source["anyOf"];
  return Array.isArray(titled) ? titled.map((option) => wordOf(objectOf(option)["const"])) : null;
}

const objectOf = (value: unknown): Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};

const wordOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
