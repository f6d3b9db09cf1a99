import type { ToolContent, ToolEntity } from "./thread.ts";

/** What a tool call shows: its content, with the text that has come since in its place (P59). */
export function shownContent({ content, live }: Pick<ToolEntity, "content" | "live">): ToolContent[] {
  if (live === undefined) return content;
  const at = content.findLastIndex((each) => each.type === "block" && each.block.type === "text");
  const last = content[at];
  if (last?.type !== "block" || last.block.type !== "text") return content;
  return content.with(at, { ...last, block: { ...last.block, text: last.block.text + live } });
}
