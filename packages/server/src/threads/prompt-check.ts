import { SkeinError, type Block, type Limits } from "@skein/client/protocol";
import type { BlobStore } from "./outlet.ts";

/** @throws SkeinError `invalid` for an empty prompt or an unknown block, `too_large`, `not_found` for a missing blob. */
export async function checkPrompt(
  prompt: { text: string; blocks: readonly Block[] },
  limits: Pick<Limits, "promptBytes">,
  blobs: BlobStore,
): Promise<void> {
  const { text, blocks } = prompt;
  if (text.trim() === "" && blocks.length === 0) {
    throw new SkeinError("invalid", "The prompt is empty.", { path: "params.text" });
  }
  const bytes = Buffer.byteLength(text) + (blocks.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(blocks)));
  if (bytes > limits.promptBytes) {
    throw new SkeinError("too_large", `The prompt has ${bytes} bytes; ${limits.promptBytes} are allowed.`, {
      path: "params.text",
      detail: { bytes, limit: limits.promptBytes },
    });
  }
  for (const [index, block] of blocks.entries()) {
    const path = `params.blocks.${index}`;
    if (block.type === "unknown") throw new SkeinError("invalid", "A prompt takes no unknown blocks.", { path });
    if ("blob" in block && !(await blobs.claim(block.blob as string))) {
      throw new SkeinError("not_found", "There is no such blob: upload it first.", { path });
    }
  }
}
