import type { Block, Json, JsonObject } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import { keep, keepText } from "./blobs.ts";
import type { Draft } from "./draft.ts";
import { amount, object, some, text, word } from "./read.ts";
import { unknownOfPart } from "./unknown.ts";

/** The members that are understood: of each kind of block, and of the resource in one. */
export const TEXT: readonly string[] = ["type", "text"];
const MEDIA: readonly string[] = ["type", "data", "mimeType"];
const NAMED_MEDIA: readonly string[] = ["type", "uri", "mimeType"];
const LINK: readonly string[] = ["type", "uri", "title", "name", "mimeType", "size"];
const RESOURCE: readonly string[] = ["type", "resource"];
const RESOURCE_TEXT: readonly string[] = ["uri", "text", "mimeType"];
const RESOURCE_BYTES: readonly string[] = ["uri", "blob", "mimeType"];

/**
 * An ACP content block (https://agentclientprotocol.com/protocol/content) as ours. Bytes become blobs; what is not
 * understood is kept as it came, and what is not known of one that is, `_meta` among it, in its `unknown`.
 */
export function readBlock(draft: Draft, value: unknown): Block {
  const block = object(value);
  switch (block?.["type"]) {
    case "text": {
      const read = text(block["text"]);
      return read === undefined ? unknown(value) : { type: "text", text: read, ...unknownOfPart(block, TEXT) };
    }
    case "image":
    case "audio":
      return media(draft, block["type"], block) ?? unknown(value);
    case "resource_link":
      return link(block) ?? unknown(value);
    case "resource":
      return resource(draft, block, object(block["resource"])) ?? unknown(value);
    default:
      return unknown(value);
  }
}

function unknown(value: unknown): Block {
  return { type: "unknown", value: boundedJson((value ?? null) as Json, BOUNDS.notice) };
}

/** What is not known of a block with a resource; that of the resource itself stands at the resource's place in it. */
function restOfResource(block: JsonObject, value: JsonObject, known: readonly string[]): { unknown?: JsonObject } {
  const { unknown: outer } = unknownOfPart(block, RESOURCE);
  const { unknown: inner } = unknownOfPart(value, known);
  return some("unknown", inner ? { ...outer, resource: inner } : outer);
}

function media(draft: Draft, type: "image" | "audio", block: JsonObject): Block | undefined {
  const bytes = fromBase64(block["data"]);
  const mimeType = word(block["mimeType"]) ?? (type === "image" ? "image/png" : "audio/wav");
  if (bytes) return { type, blob: keep(draft, bytes), mimeType, ...unknownOfPart(block, MEDIA) };
  const uri = word(block["uri"]);
  return uri === undefined ? undefined : { type: "link", uri, mimeType, ...unknownOfPart(block, NAMED_MEDIA) };
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
    ...unknownOfPart(block, LINK),
  };
}

function resource(draft: Draft, block: JsonObject, value: JsonObject | undefined): Block | undefined {
  const uri = word(value?.["uri"]);
  if (value === undefined || uri === undefined) return undefined;
  const content = text(value["text"]);
  const name = cut(uri.slice(uri.lastIndexOf("/") + 1) || uri, BOUNDS.title);
  const mimeType = word(value["mimeType"]);
  if (content !== undefined) {
    const unknown = restOfResource(block, value, RESOURCE_TEXT);
    if (content.length <= draft.bounds.toolOutputUnits) {
      return { type: "resource", uri, text: content, ...some("mimeType", mimeType), ...unknown };
    }
    const { blob } = keepText(draft, content);
    return { type: "file", blob, mimeType: mimeType ?? "text/plain", name, uri, ...unknown };
  }
  const bytes = fromBase64(value["blob"]);
  if (!bytes) return undefined;
  return {
    type: "file",
    blob: keep(draft, bytes),
    mimeType: mimeType ?? "application/octet-stream",
    name,
    uri,
    ...restOfResource(block, value, RESOURCE_BYTES),
  };
}

/** Bytes written in base64 (RFC 4648, section 4 or 5), with an optional `data:` head; nothing when they are not. */
function fromBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const data = value.startsWith("data:") ? value.slice(value.indexOf(",") + 1) : value;
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(data)) return undefined;
  return new Uint8Array(Buffer.from(data, "base64"));
}
