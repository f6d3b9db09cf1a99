import { expect, test } from "bun:test";
import { contentOf, faultOf, readFields } from "./question-fields.ts";

const fields = readFields({
  type: "object",
  required: ["name", "age"],
  properties: {
    name: { type: "string", title: "Your name", minLength: 2 },
    age: { type: "integer", minimum: 0, maximum: 150 },
    colour: { type: "string", enum: ["r", "g"], enumNames: ["Red", "Green"], default: "g" },
    size: {
      oneOf: [
        { const: "s", title: "Small" },
        { const: "l", title: "Large" },
      ],
    },
    days: { type: "array", items: { enum: ["mon", "tue", "wed"] }, minItems: 1, maxItems: 2 },
    again: { type: "boolean", default: true },
  },
});
const field = (name: string) => {
  const found = fields.find((each) => each.name === name);
  if (!found) throw new Error(`There is no field ${name}.`);
  return found;
};

test("a flat schema is read as fields with names, choices and defaults", () => {
  expect(fields.map(({ name, type, label, required }) => [name, type, label, required])).toEqual([
    ["name", "text", "Your name", true],
    ["age", "number", "age", true],
    ["colour", "choice", "colour", false],
    ["size", "choice", "size", false],
    ["days", "several", "days", false],
    ["again", "boolean", "again", false],
  ]);
  expect(field("colour")).toMatchObject({
    initial: "g",
    choices: [
      { value: "r", name: "Red" },
      { value: "g", name: "Green" },
    ],
  });
});

test("what does not fit is said in words", () => {
  expect(faultOf(field("name"), "")).toBe("This is needed.");
  expect(faultOf(field("name"), "A")).toBe("At least 2 characters.");
  expect(faultOf(field("age"), "x")).toBe("This is no number.");
  expect(faultOf(field("age"), "1.5")).toBe("Give a whole number.");
  expect(faultOf(field("age"), "151")).toBe("150 at most.");
  expect(faultOf(field("days"), ["mon", "tue", "wed"])).toBe("Choose 2 at most.");
  expect(faultOf(field("days"), [])).toBe("Choose at least 1.");
  expect(faultOf(field("size"), "")).toBeNull();
});

test("the agent is told values of the schema's types, and nothing that was left empty", () => {
  expect(contentOf(fields, { name: "Ada", age: "36", days: ["mon"], size: "" })).toEqual({
    name: "Ada",
    age: 36,
    colour: "g",
    days: ["mon"],
    again: true,
  });
});
