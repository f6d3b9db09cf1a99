import * as z from "zod";
import { rpcError, SkeinError, type RpcError } from "./errors.ts";

/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification). Ids are made by whoever asks. */
export type RpcId = string | number;
export type RpcRequest = { jsonrpc: "2.0"; id: RpcId; method: string; params?: unknown };
export type RpcNotification = { jsonrpc: "2.0"; method: string; params?: unknown };
export type RpcResult = { jsonrpc: "2.0"; id: RpcId; result: unknown };
export type RpcFailure = { jsonrpc: "2.0"; id: RpcId | null; error: RpcError };
export type RpcMessage = RpcRequest | RpcNotification | RpcResult | RpcFailure;

const rpcId = z.union([z.string().max(128), z.number()]);
const shape = z.looseObject({
  jsonrpc: z.literal("2.0"),
  id: rpcId.nullable().optional(),
  method: z.string().max(128).optional(),
  params: z.unknown().optional(),
  error: rpcError.optional(),
});

/**
 * Checks the envelope of one decoded message.
 * @throws SkeinError `invalid`, saying what is wrong with it.
 */
export function readMessage(value: unknown): RpcMessage {
  const read = shape.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    const path = issue?.path.join(".") ?? "";
    throw new SkeinError(
      "invalid",
      `Not a JSON-RPC 2.0 message: ${path ? `${path}: ` : ""}${issue?.message ?? "wrong shape"}.`,
      path ? { path } : {},
    );
  }
  const message = read.data;
  const hasId = message.id !== undefined && message.id !== null;
  if (message.method !== undefined) return message as RpcRequest | RpcNotification;
  if (message.error !== undefined) return message as RpcFailure;
  if (hasId && "result" in message) return message as RpcResult;
  throw new SkeinError("invalid", "Not a JSON-RPC 2.0 message: it has neither method nor result nor error.");
}

/**
 * Decodes one frame: one message or a batch of them.
 * @throws SkeinError `invalid` when the frame is no JSON, or an empty batch.
 */
export function readFrame(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SkeinError(
      "invalid",
      `The frame is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      {
        cause: error,
      },
    );
  }
  if (!Array.isArray(value)) return [value];
  if (value.length === 0) throw new SkeinError("invalid", "The batch is empty.");
  return value;
}

export const isRequest = (message: RpcMessage): message is RpcRequest =>
  "method" in message && message.method !== undefined && "id" in message && message.id !== undefined;

export const isFailure = (message: RpcMessage): message is RpcFailure =>
  "error" in message && message.error !== undefined;

/** Validates against a schema, naming the first fault by its path below `root`. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown, root = "params"): z.infer<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = [root, ...(issue?.path ?? [])].join(".");
  throw new SkeinError("invalid", `${path}: ${issue?.message ?? "wrong value"}.`, { path });
}
