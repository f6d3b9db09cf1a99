import type { CommandName, Params, QueryName } from "./protocol/methods.ts";

/**
 * A command's or query's params as the caller gives them: without the key, which the client makes. `thread.create` takes
 * either a known `agent` or `exec`, a program by its command line.
 */
export type CallParams<Name extends CommandName | QueryName> = Name extends "thread.create"
  ? Omit<Named<Params<"thread.create">>, "agent" | "exec"> & AgentOrExec
  : Named<Params<Name>>;
type AgentOrExec =
  | { agent: string; exec?: undefined }
  | { agent?: undefined; exec: { command: string; args: string[] } };
type Named<Type> = Type extends unknown
  ? { [Key in keyof Type as string extends Key ? never : Key extends "key" ? never : Key]: Type[Key] }
  : never;

/** Aborted, the answer is not waited for any more, and a query not yet sent never is. */
type QueryOptions = { signal?: AbortSignal };

/** What follows a query's name: its params, which a query that needs none may do without, and options. */
export type QueryArguments<Name extends QueryName> =
  Partial<CallParams<Name>> extends CallParams<Name>
    ? [params?: CallParams<Name>, options?: QueryOptions]
    : [params: CallParams<Name>, options?: QueryOptions];
