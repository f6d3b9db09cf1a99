/** A preview without the marks of Markdown, which say nothing in one line. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(/(?:^|\s)(?:#{1,6}|>|\|?\s?-{3,}\s?\|?)(?=\s|$)/g, " ")
    .replaceAll(/\*\*|__|`+|\|/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
