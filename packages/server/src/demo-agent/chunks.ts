/** Splits a text as a model would stream it: pieces of 1 to 12 code points, the same for the same seed and text. */
export function* chunks(text: string, seed: number): Generator<string> {
  const points = Array.from(text);
  const random = mulberry32(seed);
  for (let at = 0; at < points.length;) {
    const length = 1 + Math.floor(random() * 12);
    yield points.slice(at, at + length).join("");
    at += length;
  }
}

/** A seed from a text: FNV-1a, 32 bits (RFC 9923). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Tommy Ettinger's mulberry32: numbers in [0, 1) from a 32-bit seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
