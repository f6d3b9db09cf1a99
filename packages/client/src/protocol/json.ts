import * as z from "zod";

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object, the shape of every entity's value. */
export type JsonObject = { [key: string]: Json };

/** Accepts any JSON object without copying or checking its members. */
export const jsonObject = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "expected an object",
  )
  .meta({ type: "object" });

/** Accepts any value that came out of a JSON parser. */
export const json = z.custom<Json>((value) => value !== undefined, "expected a JSON value");
