import type * as z from "zod";
import type { Json } from "@skein/client/protocol";
import { RequestError, RPC } from "../rpc-peer.ts";

/**
 * Checks what an agent asks for.
 * @throws RequestError -32602, naming the first fault.
 */
export function readParams<Schema extends z.ZodType>(schema: Schema, params: Json | undefined): z.infer<Schema> {
  const read = schema.safeParse(params ?? {});
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = ["params", ...(issue?.path ?? [])].join(".");
  throw new RequestError(RPC.invalidParams, `${path}: ${issue?.message ?? "wrong value"}.`);
}
