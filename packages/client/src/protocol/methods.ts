import type * as z from "zod";
import { COMMANDS, QUERIES } from "./commands.ts";
import { SESSION_METHODS } from "./session.ts";

/** Every request there is, with the schemas of its params and its result. */
export const METHODS = { ...SESSION_METHODS, ...COMMANDS, ...QUERIES } as const;

/** Everything that can be asked for. */
export type Method = keyof typeof METHODS;
/** Everything that changes something, and bears a key (P60). */
export type CommandName = keyof typeof COMMANDS;
/** Everything that only looks, or whose repeat has no further effect (P60). */
export type QueryName = keyof typeof QUERIES;

/** What a caller gives, before defaults are filled in. */
export type Params<Name extends Method> = z.input<(typeof METHODS)[Name]["params"]>;
/** What a handler gets, defaults filled in. */
export type CheckedParams<Name extends Method> = z.output<(typeof METHODS)[Name]["params"]>;
/** What a method is answered with. */
export type Result<Name extends Method> = z.output<(typeof METHODS)[Name]["result"]>;

export const isCommand = (method: string): method is CommandName => Object.hasOwn(COMMANDS, method);
export const isQuery = (method: string): method is QueryName => Object.hasOwn(QUERIES, method);
