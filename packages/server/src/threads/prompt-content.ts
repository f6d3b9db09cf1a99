import { SkeinError, type Block } from "@skein/client/protocol";
import type { ContentBlock, Opened } from "../agents/driver.ts";
import type { BlobStore } from "./outlet.ts";

/**
 * A prompt in ACP's vocabulary. What an agent does not take is put as text where that is possible.
 * @throws SkeinError `unsupported` for what it does not take at all; `not_found` for a blob that is gone.
 */
export async function promptContent(
  prompt: { text: string; blocks: readonly Block[] },
  accepts: Opened["accepts"],
  blobs: BlobStore,
): Promise<ContentBlock[]> {
  const content: ContentBlock[] = prompt.text === "" ? [] : [{ type: "text", text: prompt.text }];
  for (const block of prompt.blocks) content.push(await contentBlock(block, accepts, blobs));
  return content;
}

async function contentBlock(block: Block, accepts: Opened["accepts"], blobs: BlobStore): Promise<ContentBlock> {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
    case "audio": {
      if (!accepts[block.type]) throw unsupported(block.type === "image" ? "images" : "audio");
      const { base64 } = await bytesOf(block.blob, blobs);
      return { type: block.type, data: base64, mimeType: block.mimeType };
    }
    case "file": {
      const uri = block.uri ?? `file:///${encodeURIComponent(block.name)}`;
      const { bytes, base64 } = await bytesOf(block.blob, blobs);
      if (isText(block.mimeType)) return resourceOrText(uri, new TextDecoder().decode(bytes), block.mimeType, accepts);
      if (!accepts.resource) throw unsupported("files");
      return { type: "resource", resource: { uri, blob: base64, mimeType: block.mimeType } };
    }
    case "link":
      return { type: "resource_link", uri: block.uri, name: block.name ?? block.uri };
    case "resource":
      return resourceOrText(block.uri, block.text, block.mimeType ?? "text/plain", accepts);
    case "unknown":
      throw new SkeinError("invalid", "A prompt cannot hold a block of an unknown kind.");
    default:
      return block satisfies never;
  }
}

function resourceOrText(uri: string, text: string, mimeType: string, accepts: Opened["accepts"]): ContentBlock {
  return accepts.resource
    ? { type: "resource", resource: { uri, text, mimeType } }
    : { type: "text", text: `${uri}\n\n${text}` };
}

async function bytesOf(sha256: string, blobs: BlobStore): Promise<{ bytes: Uint8Array; base64: string }> {
  const blob = await blobs.get(sha256);
  if (blob === null) throw new SkeinError("not_found", `There is no blob ${sha256}.`);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { bytes, base64: Buffer.from(bytes).toString("base64") };
}

function isText(mimeType: string): boolean {
  return mimeType.startsWith("text/") || mimeType === "application/json";
}

function unsupported(what: string): SkeinError {
  return new SkeinError("unsupported", `This agent takes no ${what}.`);
}
