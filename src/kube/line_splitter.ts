/** Bytes in chunks of any size → whole lines. Half a line is never given out, and no line may grow without end. */

export class LineTooLongError extends Error {
  override name = "LineTooLongError";
}

export class LineSplitter {
  #pieces: Uint8Array[] = [];
  #pending = 0;
  #max: number;

  constructor(maxLineBytes: number) {
    this.#max = maxLineBytes;
  }

  /** How many bytes wait for the end of their line. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * The lines that end within `chunk`, without their newline; empty ones are left out.
   *
   * @throws {LineTooLongError}
   * @throws {TypeError} for what is no UTF-8.
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end; (end = chunk.indexOf(10, start)) >= 0; start = end + 1) {
      const line = this.#take(chunk.subarray(start, end));
      if (line !== "") lines.push(line);
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pending += piece.length;
    if (this.#pending > this.#max) throw new LineTooLongError(`a line of more than ${this.#max} bytes`);
    this.#pieces.push(piece);
  }

  #take(last: Uint8Array): string {
    this.#keep(last);
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : joinBytes(this.#pieces, this.#pending);
    this.#pieces = [];
    this.#pending = 0;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).trim();
  }
}

/** One array of `length` bytes out of `pieces`. */
export function joinBytes(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
