import type { Change } from "../../src/index.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { THREAD } from "../support/setup.ts";

export const put = (kind: string, id: string, value: Record<string, unknown>): Change => ({
  op: "put",
  kind,
  id,
  value,
});
export const patch = (kind: string, id: string, value: Record<string, unknown>): Change => ({
  op: "patch",
  kind,
  id,
  value,
});

/** Appends to a message of the thread. */
export function stream(server: FakeServer, id: string, text: string): void {
  const at = String(server.state(THREAD).get(`message ${id}`)?.value["text"]).length;
  server.commit(THREAD, [{ op: "append", kind: "message", id, field: "text", at, text }]);
}
