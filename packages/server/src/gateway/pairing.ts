import { createHash, randomBytes } from "node:crypto";
import { SkeinError } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import type { Settings } from "../settings.ts";
import { take, type Bucket } from "./token-bucket.ts";

/** More at once are never needed; the oldest goes. */
const MAX_CODES = 32;
/** Crockford's Base32: no letter looks like another or like a digit. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 50 bits: at the attempts there are, guessing one takes longer than the machine lasts. */
const LENGTH = 10;
/** Wrong codes from one address, once those it may try at once are used up: one every ten seconds. */
const WRONG_PER_SECOND = 0.1;
const MAX_ADDRESSES = 1_000;

export type PairingCode = { code: string; expiresAt: number };

/** One-time codes that let a browser in (P83). They live in memory only: a restart ends them. */
export class PairingCodes {
  readonly #clock: Clock;
  readonly #bounds: Settings["pairing"];
  readonly #random: (bytes: number) => Uint8Array;
  /** By the code's hash, so that looking one up takes no longer the more of it was guessed. */
  readonly #codes = new Map<string, { user: string; expiresAt: number }>();
  readonly #wrong = new Map<string, Bucket>();

  constructor(clock: Clock, bounds: Settings["pairing"], random: (bytes: number) => Uint8Array = randomBytes) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#random = random;
  }

  /** Makes a code that lets in as `user`. */
  issue(user: string): PairingCode {
    for (const [hash, { expiresAt }] of this.#codes) {
      if (expiresAt <= this.#clock.now() || this.#codes.size >= MAX_CODES) this.#codes.delete(hash);
    }
    const letters = Array.from(this.#random(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
    const code = `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
    const expiresAt = this.#clock.now() + this.#bounds.codeMs;
    this.#codes.set(hashCode(code), { user, expiresAt });
    return { code, expiresAt };
  }

  /**
   * Uses a code up, and tells whom it lets in as.
   * @param address Whose attempts are counted.
   * @throws SkeinError `unauthorized` for a code that is wrong, used or too old; `rate_limited` after too many of them.
   */
  redeem(code: string, address: string): string {
    const now = this.#clock.now();
    const rule = { perSecond: WRONG_PER_SECOND, burst: this.#bounds.wrongCodes };
    const { bucket, waitMs } = take(this.#wrong.get(address) ?? { tokens: rule.burst, at: now }, rule, now);
    if (waitMs > 0) {
      throw new SkeinError("rate_limited", `Too many wrong codes; wait ${Math.ceil(waitMs / 1000)} seconds.`, {
        retryAfterMs: waitMs,
      });
    }
    const hash = hashCode(code);
    const found = this.#codes.get(hash);
    this.#codes.delete(hash);
    if (found && found.expiresAt > now) return found.user;
    this.#remember(address, bucket);
    throw new SkeinError("unauthorized", "This code is not valid: it was used already, is too old, or was mistyped.", {
      path: "code",
    });
  }

  #remember(address: string, bucket: Bucket): void {
    this.#wrong.delete(address);
    this.#wrong.set(address, bucket);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > MAX_ADDRESSES && oldest !== undefined) this.#wrong.delete(oldest);
  }
}

/** People type small letters, leave the dash out, and take O for 0 and I or L for 1, as the alphabet foresees. */
function hashCode(code: string): string {
  const letters = code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  return createHash("sha256").update(letters).digest("hex");
}
