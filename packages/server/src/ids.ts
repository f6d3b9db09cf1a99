import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";

/** Makes an id of 16 letters and digits from 92 random bits: no clock, so nothing made in one moment collides. */
export function makeId(random: (bytes: number) => Uint8Array = randomBytes): string {
  let id = "";
  while (id.length < 16) {
    for (const byte of random(24)) {
      // Bytes beyond the last whole multiple would make some letters likelier than others.
      const index = byte % 64;
      if (index < ALPHABET.length && id.length < 16) id += ALPHABET[index];
    }
  }
  return id;
}
