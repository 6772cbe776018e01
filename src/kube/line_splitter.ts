/** Bytes in chunks of any size → whole lines. Half a line is never given out, and no line may grow without end. */
import { ByteBuffer } from "./byte_buffer.ts";

export class LineTooLongError extends Error {
  override name = "LineTooLongError";
}

export class LineSplitter {
  readonly #line = new ByteBuffer();
  readonly #max: number;

  constructor(maxLineBytes: number) {
    this.#max = maxLineBytes;
  }

  /** How many bytes wait for the end of their line. */
  get pending(): number {
    return this.#line.length;
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
    if (this.#line.length + piece.length > this.#max) {
      throw new LineTooLongError(`a line of more than ${this.#max} bytes`);
    }
    this.#line.append(piece);
  }

  #take(last: Uint8Array): string {
    this.#keep(last);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.#line.take()).trim();
  }
}
