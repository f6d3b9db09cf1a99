import { describe, expect, test } from "bun:test";
import * as z from "zod";
import { SkeinError } from "./errors.ts";
import { check, isFailure, isRequest, readFrame, readMessage } from "./rpc.ts";

function faultOf(run: () => unknown): SkeinError {
  try {
    run();
  } catch (error) {
    if (error instanceof SkeinError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe("P4: a frame is one message or a batch of them", () => {
  test("one message and a batch both become a list", () => {
    expect(readFrame('{"a":1}')).toEqual([{ a: 1 }]);
    expect(readFrame("[1,2]")).toEqual([1, 2]);
  });
});

describe("P7: what is no message is invalid, and says why", () => {
  for (const frame of ["", "{", "undefined", "[]", '{"a":1}{"b":2}', "\u0000"]) {
    test(`the frame ${JSON.stringify(frame)}`, () => {
      expect(faultOf(() => readFrame(frame)).kind).toBe("invalid");
    });
  }

  const WRONG: unknown[] = [
    null,
    1,
    "text",
    [],
    {},
    { jsonrpc: "1.0", id: 1, method: "ping" },
    { jsonrpc: "2.0" },
    { jsonrpc: "2.0", id: 1 },
    { jsonrpc: "2.0", id: {}, method: "ping" },
    { jsonrpc: "2.0", id: 1, method: 7 },
    { jsonrpc: "2.0", id: 1, method: "x".repeat(129) },
    { jsonrpc: "2.0", id: "x".repeat(129), method: "ping" },
    { jsonrpc: "2.0", id: null, result: 1 },
    { jsonrpc: "2.0", id: 1, error: "no object" },
  ];
  for (const value of WRONG) {
    test(`the message ${JSON.stringify(value).slice(0, 60)}`, () => {
      const error = faultOf(() => readMessage(value));
      expect(error.kind).toBe("invalid");
      expect(error.retry).toBe("never");
      expect(error.message).toEndWith(".");
    });
  }
});

describe("P5: what kind of message it is", () => {
  test("a request has a method and an id, 0 and the empty text among them", () => {
    for (const id of [0, "", 7, "a"]) {
      expect(isRequest(readMessage({ jsonrpc: "2.0", id, method: "ping" }))).toBe(true);
    }
    expect(isRequest(readMessage({ jsonrpc: "2.0", method: "ping" }))).toBe(false);
  });

  test("an answer is a result, be it null, or a failure", () => {
    expect(isFailure(readMessage({ jsonrpc: "2.0", id: 1, result: null }))).toBe(false);
    expect(isFailure(readMessage({ jsonrpc: "2.0", id: 1, error: { code: -32_601, message: "no" } }))).toBe(true);
    expect(isFailure(readMessage({ jsonrpc: "2.0", id: null, error: { code: -32_700, message: "no" } }))).toBe(true);
  });

  test("P3: unknown members are kept", () => {
    expect(readMessage({ jsonrpc: "2.0", method: "ping", extra: 1 })).toEqual({
      jsonrpc: "2.0",
      method: "ping",
      extra: 1,
    } as never);
  });
});

describe("P8: params are checked, the first fault named by its path", () => {
  const schema = z.looseObject({ list: z.array(z.object({ n: z.int() })), word: z.string().default("none") });

  test("what fits comes back with defaults filled in and unknown members kept", () => {
    expect(check(schema, { list: [], other: 1 })).toEqual({ list: [], word: "none", other: 1 });
  });

  test("what does not fit is invalid", () => {
    const error = faultOf(() => check(schema, { list: [{ n: 1 }, { n: "two" }] }));
    expect(error.kind).toBe("invalid");
    expect(error.path).toBe("params.list.1.n");
    expect(error.message).toStartWith("params.list.1.n: ");
  });
});
