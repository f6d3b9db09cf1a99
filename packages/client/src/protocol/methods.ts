import type * as z from "zod";
import { COMMANDS, QUERIES } from "./commands.ts";
import { SESSION_METHODS } from "./session.ts";

/** Every request there is, with the schemas of its params and its result. */
export const METHODS = { ...SESSION_METHODS, ...COMMANDS, ...QUERIES } as const;

export type Method = keyof typeof METHODS;
export type CommandName = keyof typeof COMMANDS;
export type QueryName = keyof typeof QUERIES;

/** What a caller gives, before defaults are filled in. */
export type Params<Name extends Method> = z.input<(typeof METHODS)[Name]["params"]>;
/** What a handler gets, defaults filled in. */
export type CheckedParams<Name extends Method> = z.output<(typeof METHODS)[Name]["params"]>;
export type Result<Name extends Method> = z.output<(typeof METHODS)[Name]["result"]>;

export const isCommand = (method: string): method is CommandName => Object.hasOwn(COMMANDS, method);
export const isQuery = (method: string): method is QueryName => Object.hasOwn(QUERIES, method);
