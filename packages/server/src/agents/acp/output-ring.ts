/** The end of a byte stream that is text: at most `limit` bytes, cut at the border of a character. */
export class OutputRing {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #truncated = false;

  /** @param limit bytes of UTF-8 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    for (let first = this.#pieces[0]; first && this.#bytes - first.length >= this.#limit; first = this.#pieces[0]) {
      this.#pieces.shift();
      this.#bytes -= first.length;
      if (first.length > 0) this.#truncated = true;
    }
  }

  read(): { output: string; truncated: boolean } {
    const whole = Buffer.concat(this.#pieces);
    let start = Math.max(0, whole.length - this.#limit);
    const truncated = this.#truncated || start > 0;
    // 10xxxxxx: the rest of a character whose start was cut off (RFC 3629, section 3).
    if (truncated) while (start < whole.length && ((whole[start] ?? 0) & 0xc0) === 0x80) start++;
    // `stream` leaves out a character of which the end has not come yet.
    return { output: new TextDecoder().decode(whole.subarray(start), { stream: true }), truncated };
  }
}
