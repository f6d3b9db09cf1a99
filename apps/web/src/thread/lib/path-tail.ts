/** Of a path its last parts, as many as take `length` UTF-16 units: one at least. What is left out shows as `…/`. */
export function pathTail(path: string, length: number): string {
  if (path.length <= length) return path;
  const parts = path.split("/");
  let tail = parts.pop() ?? "";
  for (let part = parts.pop(); part !== undefined && tail.length + part.length + 3 <= length; part = parts.pop())
    tail = `${part}/${tail}`;
  return `…/${tail}`;
}
