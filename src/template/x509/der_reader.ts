/**
 * Reads DER as Go's cryptobyte does, which its certificates are read with: each method gives what it read and goes on, or
 * gives undefined, and the reader is of no more use. Only tags below 31 are known.
 */
import { TAG } from "./der.ts";
import { isMinimal, signedOf } from "./octets.ts";

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

export interface BitString {
  readonly bytes: Uint8Array;
  readonly bitLength: number;
}

const MAX_INT64 = 2n ** 63n - 1n;

export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Whether the next element has the tag. */
  isAt(tag: number): boolean {
    return this.#bytes[this.#at] === tag;
  }

  /** The next element, whatever it is. */
  readAny(): DerElement | undefined {
    const bytes = this.#bytes.subarray(this.#at);
    const [tag, first] = bytes;
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    let header = 2, length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || bytes.length < 2 + count || bytes[2] === 0) return undefined;
      header += count;
      length = bytes.subarray(2, header).reduce((sum, byte) => sum * 256 + byte, 0);
      if (length < 0x80) return undefined;
    }
    const end = header + length;
    if (end > bytes.length) return undefined;
    this.#at += end;
    return { tag, content: bytes.subarray(header, end), whole: bytes.subarray(0, end) };
  }

  /** The next element, if it has the tag. */
  readElement(tag: number): DerElement | undefined {
    const element = this.readAny();
    return element?.tag === tag ? element : undefined;
  }

  /** The content of the next element, if it has the tag. */
  read(tag: number): Uint8Array | undefined {
    return this.readElement(tag)?.content;
  }

  /** A reader of the content of the next element, if it has the tag. */
  enter(tag: number): DerReader | undefined {
    const content = this.read(tag);
    return content && new DerReader(content);
  }

  readBoolean(): boolean | undefined {
    const content = this.read(TAG.boolean);
    if (content?.length !== 1 || content[0] !== 0 && content[0] !== 0xff) return undefined;
    return content[0] === 0xff;
  }

  readInteger(tag: number = TAG.integer): bigint | undefined {
    const content = this.read(tag);
    return content && isMinimal(content) ? signedOf(content) : undefined;
  }

  /** An integer that is an int64 of Go. */
  readInt64(tag: number = TAG.integer): bigint | undefined {
    const value = this.readInteger(tag);
    return value !== undefined && value === BigInt.asIntN(64, value) ? value : undefined;
  }

  /** An integer that isn't negative and is an int64 of Go. */
  readCount(): bigint | undefined {
    const value = this.readInteger();
    return value !== undefined && value >= 0n && value <= MAX_INT64 ? value : undefined;
  }

  /** An object identifier with dots. */
  readObjectIdentifier(): string | undefined {
    const content = this.read(TAG.objectIdentifier);
    return content && dottedOf(content);
  }

  readBitString(): BitString | undefined {
    const content = this.read(TAG.bitString);
    return content && bitStringOf(content);
  }
}

/** An object identifier with dots, if each of its numbers is as short as can be and below 2^31. */
export function dottedOf(content: Uint8Array): string | undefined {
  const numbers: number[] = [];
  let value = 0, isInside = false;
  for (const byte of content) {
    if (!isInside && byte === 0x80) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (value > 0x7fffffff) return undefined;
    isInside = byte >= 0x80;
    if (isInside) continue;
    numbers.push(value);
    value = 0;
  }
  const [first, ...rest] = numbers;
  if (isInside || first === undefined) return undefined;
  return [...first < 80 ? [Math.floor(first / 40), first % 40] : [2, first - 80], ...rest].join(".");
}

/** A bit string whose unused bits are zero. */
export function bitStringOf(content: Uint8Array): BitString | undefined {
  const [unused] = content;
  if (unused === undefined || unused > 7 || content.length === 1 && unused > 0) return undefined;
  if ((content.at(-1)! & ((1 << unused) - 1)) !== 0 && content.length > 1) return undefined;
  return { bytes: content.subarray(1), bitLength: 8 * (content.length - 1) - unused };
}

/** Go's BitString.RightAlign: the unused bits at the beginning. */
export function rightAligned({ bytes, bitLength }: BitString): Uint8Array {
  const shift = (8 - bitLength % 8) % 8;
  if (shift === 0) return bytes;
  return bytes.map((byte, i) => (byte >> shift) | ((bytes[i - 1] ?? 0) << (8 - shift)) & 0xff);
}
