/** Members in which agents put the text of a tool's output, the most telling first. */
const TEXTS = ["formatted_output", "aggregated_output", "output", "text", "content", "result", "error", "message"];

/** The text of a tool's raw output, whatever its shape; JSON where there is none, empty where there is no output. */
export function outputText(output: unknown): string {
  if (output === undefined || output === null) return "";
  return textIn(output) ?? JSON.stringify(output, null, 2);
}

function textIn(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    const texts = value.map(textIn);
    return texts.length > 0 && texts.every((text) => text !== null) ? texts.join("\n") : null;
  }
  const { stdout, stderr, ...rest } = value as Record<string, unknown>;
  const streams = [stdout, stderr].filter((text) => typeof text === "string" && text !== "");
  for (const name of TEXTS) {
    const found = Object.hasOwn(rest, name) ? textIn(rest[name]) : null;
    if (found !== null && found !== "") return found;
  }
  return streams.length > 0 ? streams.join("\n") : null;
}
