/** One thing a question asks for, of the flat JSON Schema that ACP's elicitation allows. */
export type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly required: boolean;
} & (
  | {
      readonly type: "text";
      readonly format: string | undefined;
      readonly min: number;
      readonly max: number;
      readonly initial: string;
      readonly pattern: string | undefined;
    }
  | {
      readonly type: "number";
      readonly whole: boolean;
      readonly min: number | undefined;
      readonly max: number | undefined;
      readonly initial: string;
    }
  | { readonly type: "boolean"; readonly initial: boolean }
  | { readonly type: "choice"; readonly choices: readonly Choice[]; readonly initial: string }
  | {
      readonly type: "several";
      readonly choices: readonly Choice[];
      readonly initial: readonly string[];
      readonly min: number;
      readonly max: number;
    }
);
type Choice = { readonly value: string; readonly name: string };
export type FieldValue = string | boolean | readonly string[];

type Schema = Record<string, unknown>;
const object = (value: unknown): Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** Reads the fields of a schema; one of a type that is not known is asked for as text. */
export function readFields(schema: Schema | undefined): Field[] {
  const required = Array.isArray(schema?.["required"]) ? (schema["required"] as unknown[]) : [];
  return Object.entries(object(schema?.["properties"])).map(([name, value]) =>
    readField(name, object(value), required.includes(name)),
  );
}

function readField(name: string, schema: Schema, required: boolean): Field {
  const common = { name, label: text(schema["title"]) ?? name, hint: text(schema["description"]), required };
  const { default: initial } = schema;
  const choices = choicesOf(schema);
  if (choices.length > 0) return { ...common, type: "choice", choices, initial: text(initial) ?? "" };
  switch (schema["type"]) {
    case "boolean":
      return { ...common, type: "boolean", initial: initial === true };
    case "number":
    case "integer":
      return {
        ...common,
        type: "number",
        whole: schema["type"] === "integer",
        min: number(schema["minimum"]),
        max: number(schema["maximum"]),
        initial: typeof initial === "number" ? String(initial) : "",
      };
    case "array":
      return {
        ...common,
        type: "several",
        choices: choicesOf(object(schema["items"])),
        initial: Array.isArray(initial) ? initial.filter((each) => typeof each === "string") : [],
        min: number(schema["minItems"]) ?? 0,
        max: number(schema["maxItems"]) ?? Number.POSITIVE_INFINITY,
      };
    default:
      return {
        ...common,
        type: "text",
        format: text(schema["format"]),
        min: number(schema["minLength"]) ?? 0,
        max: number(schema["maxLength"]) ?? 10_000,
        pattern: text(schema["pattern"]),
        initial: text(initial) ?? "",
      };
  }
}

/** `enum`, with `enumNames`; or `oneOf`/`anyOf` of `const` with `title`. */
function choicesOf(schema: Schema): Choice[] {
  const { enum: values, enumNames: names } = schema;
  if (Array.isArray(values)) {
    return values.map((value: unknown, index) => {
      const name: unknown = Array.isArray(names) ? names[index] : undefined;
      return { value: String(value), name: typeof name === "string" ? name : String(value) };
    });
  }
  const titled = schema["oneOf"] ?? schema["anyOf"];
  if (!Array.isArray(titled)) return [];
  return titled.flatMap((entry: unknown) => {
    const { const: value, title } = object(entry);
    return typeof value === "string" ? [{ value, name: text(title) ?? value }] : [];
  });
}

/** What is wrong with a value, in words; `null` when nothing is. */
export function faultOf(field: Field, value: FieldValue): string | null {
  switch (field.type) {
    case "boolean":
      return null;
    case "choice":
      return value === "" && field.required ? "Choose one." : null;
    case "several": {
      const { length } = value as readonly string[];
      if (length < Math.max(field.min, field.required ? 1 : 0)) return `Choose at least ${Math.max(field.min, 1)}.`;
      return length > field.max ? `Choose ${field.max} at most.` : null;
    }
    case "number": {
      if (value === "") return field.required ? "Give a number." : null;
      const given = Number(value);
      if (!Number.isFinite(given)) return "This is no number.";
      if (field.whole && !Number.isInteger(given)) return "Give a whole number.";
      if (field.min !== undefined && given < field.min) return `At least ${field.min}.`;
      return field.max !== undefined && given > field.max ? `${field.max} at most.` : null;
    }
    case "text": {
      const given = String(value);
      if (given === "") return field.required ? "This is needed." : null;
      if (given.length < field.min) return `At least ${field.min} characters.`;
      return given.length > field.max ? `${field.max} characters at most.` : null;
    }
    default:
      return field satisfies never;
  }
}

type Values = Readonly<Record<string, FieldValue>>;

/** A field's value: what was written in it, else what it begins with. Any name may be a field's, `constructor` too. */
export const valueOf = (field: Field, values: Values): FieldValue =>
  (Object.hasOwn(values, field.name) ? values[field.name] : undefined) ?? field.initial;

/** The values as the agent gets them, without optional ones that are empty. */
export function contentOf(fields: readonly Field[], values: Values): Schema {
  const entries = fields.flatMap((field): [string, unknown][] => {
    const value = valueOf(field, values);
    const isGiven = field.type === "boolean" || field.type === "several" || value !== "";
    return isGiven ? [[field.name, field.type === "number" ? Number(value) : value]] : [];
  });
  return Object.fromEntries(entries);
}
