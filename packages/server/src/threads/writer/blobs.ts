import { createHash } from "node:crypto";
import type { Draft } from "./draft.ts";

/** Has bytes kept as a blob, whose name is their SHA-256. */
export function keep(draft: Draft, bytes: Uint8Array): string {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  draft.blob({ sha256, bytes });
  return sha256;
}

/** Has a text kept as a blob, in UTF-8. */
export function keepText(draft: Draft, text: string): { blob: string; bytes: number } {
  const bytes = new TextEncoder().encode(text);
  return { blob: keep(draft, bytes), bytes: bytes.length };
}
