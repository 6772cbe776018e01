/** Bytes that arrive in pieces of any size, kept as one. */

const FIRST_SIZE = 4096;

/**
 * Copies what it is given. The array that a read gives may be a few bytes of a buffer of 64 KiB, so a text kept as the pieces
 * in which it came can take ten thousand times its size.
 */
export class ByteBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length, FIRST_SIZE));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** What was appended; valid until the next `append`. Empties the buffer, which keeps no more than a little of its space. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    if (this.#bytes.length > 16 * FIRST_SIZE) this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }
}
