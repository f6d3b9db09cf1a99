import * as z from "zod";
import { BOARD_ENTITIES, SERVER_ENTITIES } from "./board.ts";
import { CLOSE, CODE_OF, rpcError } from "./errors.ts";
import { isCommand, METHODS } from "./methods.ts";
import { NOTIFICATIONS } from "./session.ts";
import { THREAD_ENTITIES } from "./thread.ts";
import { PROTOCOL_VERSION, SUBPROTOCOL } from "./version.ts";

/** JSON Schema (https://json-schema.org/draft/2020-12/schema) of one thing that travels. */
export type JsonSchema = Record<string, unknown>;

/** What `GET /v1/schema.json` answers. */
export type ProtocolSchema = {
  protocol: number;
  subprotocol: string;
  methods: Record<string, { command: boolean; params: JsonSchema; result: JsonSchema }>;
  notifications: Record<string, JsonSchema>;
  /** By kind of topic, then by kind of entity. */
  entities: Record<string, Record<string, JsonSchema>>;
  error: JsonSchema;
  errorCodes: Record<string, number>;
  closeCodes: Record<string, number>;
};

/** The whole wire contract as JSON Schemas, made from the zod schemas that validate it. */
export function protocolSchema(): ProtocolSchema {
  return {
    protocol: PROTOCOL_VERSION,
    subprotocol: SUBPROTOCOL,
    methods: mapValues(METHODS, (method, name) => ({
      command: isCommand(name),
      params: toJsonSchema(method.params, "input"),
      result: toJsonSchema(method.result, "output"),
    })),
    notifications: mapValues(NOTIFICATIONS, (schema) => toJsonSchema(schema, "output")),
    entities: {
      thread: mapValues(THREAD_ENTITIES, (schema) => toJsonSchema(schema, "output")),
      board: mapValues(BOARD_ENTITIES, (schema) => toJsonSchema(schema, "output")),
      server: mapValues(SERVER_ENTITIES, (schema) => toJsonSchema(schema, "output")),
    },
    error: toJsonSchema(rpcError, "output"),
    errorCodes: { ...CODE_OF },
    closeCodes: { ...CLOSE },
  };
}

/** `input` is what a sender may write, members with a default left out; `output` is what a reader gets. */
function toJsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  // What zod cannot put into JSON Schema says so itself, with `.meta`.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function mapValues<Value, Mapped>(
  object: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}
