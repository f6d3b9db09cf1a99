import { describe, expect, test } from "bun:test";
import { CLOSE, CODE_OF, ERROR_KINDS, isFinalClose, rpcError, SkeinError } from "./errors.ts";

describe("P70, P71: an error arrives as it was thrown", () => {
  for (const kind of ERROR_KINDS) {
    test(kind, () => {
      const sent = new SkeinError(kind, "What went wrong.", {
        retry: "reconnect",
        retryAfterMs: 250,
        detail: { by: "ada" },
        path: "params.text",
      });
      const wire: unknown = JSON.parse(JSON.stringify(sent.toRpc()));
      expect(rpcError.parse(wire)).toEqual(sent.toRpc());
      const got = SkeinError.fromRpc(rpcError.parse(wire));
      expect(got).toEqual(sent);
      expect(got.toRpc().code).toBe(CODE_OF[kind]);
    });
  }

  test("what is not given is not sent", () => {
    expect(new SkeinError("conflict", "Late.").toRpc()).toEqual({
      code: -32_009,
      message: "Late.",
      data: { kind: "conflict", retry: "never" },
    });
  });

  test("every kind has a code of its own", () => {
    expect(new Set(Object.values(CODE_OF)).size).toBe(ERROR_KINDS.length);
  });
});

test("P72: an error without data is internal", () => {
  const error = SkeinError.fromRpc({ code: -32_603, message: "Broken." });
  expect(error.kind).toBe("internal");
  expect(error.detail).toEqual({ code: -32_603 });
});

test("P16: only 4401 and 4403 are final", () => {
  expect(Object.values(CLOSE).filter(isFinalClose)).toEqual([4401, 4403]);
});
