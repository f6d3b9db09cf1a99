const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][\da-z]{1,31});/gi;

let reader: HTMLTextAreaElement | undefined;

/** Text with its HTML entities as the characters they stand for, which the browser knows best. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(ENTITY, (entity) => {
    reader ??= document.createElement("textarea");
    // In a textarea, markup is text: an entity becomes its character and nothing else can.
    reader.innerHTML = entity;
    return reader.value;
  });
}
