/** Puts a text together from many short pieces without keeping each of them. */

/** Joined at once: enough to make joining cheap, few enough to be forgotten soon. */
const PIECES = 4096;

export class LongText {
  #pieces: string[] = [];
  readonly #joined: string[] = [];

  add(piece: string): void {
    if (this.#pieces.push(piece) < PIECES) return;
    this.#joined.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  toString(): string {
    if (this.#joined.length === 0) return this.#pieces.length === 1 ? this.#pieces[0]! : this.#pieces.join("");
    return this.#joined.join("") + this.#pieces.join("");
  }
}
