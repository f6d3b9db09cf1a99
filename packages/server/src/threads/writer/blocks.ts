import type { Block, Json, JsonObject } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import { keep, keepText } from "./blobs.ts";
import type { Draft } from "./draft.ts";
import { amount, object, some, text, word } from "./read.ts";

/**
 * An ACP content block (https://agentclientprotocol.com/protocol/content) as ours. Bytes become blobs; what is not
 * understood is kept as it came.
 */
export function readBlock(draft: Draft, value: unknown): Block {
  const block = object(value);
  switch (block?.["type"]) {
    case "text": {
      const read = text(block["text"]);
      return read === undefined ? unknown(value) : { type: "text", text: read };
    }
    case "image":
    case "audio":
      return media(draft, block["type"], block) ?? unknown(value);
    case "resource_link":
      return link(block) ?? unknown(value);
    case "resource":
      return resource(draft, object(block["resource"])) ?? unknown(value);
    default:
      return unknown(value);
  }
}

function unknown(value: unknown): Block {
  return { type: "unknown", value: boundedJson((value ?? null) as Json, BOUNDS.notice) };
}

function media(draft: Draft, type: "image" | "audio", block: JsonObject): Block | undefined {
  const bytes = fromBase64(block["data"]);
  const mimeType = word(block["mimeType"]) ?? (type === "image" ? "image/png" : "audio/wav");
  if (bytes) return { type, blob: keep(draft, bytes), mimeType };
  const uri = word(block["uri"]);
  return uri === undefined ? undefined : { type: "link", uri, mimeType };
}

function link(block: JsonObject): Block | undefined {
  const uri = word(block["uri"]);
  if (uri === undefined) return undefined;
  return {
    type: "link",
    uri,
    ...some("name", word(block["title"]) ?? word(block["name"])),
    ...some("mimeType", word(block["mimeType"])),
    ...some("size", amount(block["size"])),
  };
}

function resource(draft: Draft, value: JsonObject | undefined): Block | undefined {
  const uri = word(value?.["uri"]);
  if (value === undefined || uri === undefined) return undefined;
  const content = text(value["text"]);
  const name = cut(uri.slice(uri.lastIndexOf("/") + 1) || uri, BOUNDS.title);
  if (content !== undefined) {
    if (content.length <= BOUNDS.tool) return { type: "resource", uri, text: content };
    const { blob } = keepText(draft, content);
    return { type: "file", blob, mimeType: word(value["mimeType"]) ?? "text/plain", name, uri };
  }
  const bytes = fromBase64(value["blob"]);
  if (!bytes) return undefined;
  const mimeType = word(value["mimeType"]) ?? "application/octet-stream";
  return { type: "file", blob: keep(draft, bytes), mimeType, name, uri };
}

/** Bytes written in base64 (RFC 4648, section 4 or 5), with an optional `data:` head; nothing when they are not. */
function fromBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const data = value.startsWith("data:") ? value.slice(value.indexOf(",") + 1) : value;
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(data)) return undefined;
  return new Uint8Array(Buffer.from(data, "base64"));
}
