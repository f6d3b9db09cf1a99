/**
 * A tool call's input or output; one that was too large to stand in the call is in a blob, as JSON.
 * @param load Gives a blob's text.
 */
export async function wholeOf(value: unknown, load: (blob: string) => Promise<string>): Promise<unknown> {
  const { blob, bytes, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (typeof blob !== "string" || typeof bytes !== "number" || Object.keys(rest).length > 0) return value;
  return load(blob).then(
    (text) => JSON.parse(text) as unknown,
    // The blob's name is all there is of it.
    () => value,
  );
}
