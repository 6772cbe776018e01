/** Bytes as numbers and texts, for DER. */
import { Buffer } from "node:buffer";

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** One unit for each byte. */
export function unitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** The bytes of hexadecimal digits; an odd number of them gets a zero before. */
export function hexBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
}

/** The number of big-endian bytes without sign. */
export function unsignedOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toHex()}`);
}

/** The number of big-endian bytes in two's complement, at least one. */
export function signedOf(bytes: Uint8Array): bigint {
  const value = unsignedOf(bytes);
  return bytes[0]! < 0x80 ? value : value - (1n << BigInt(8 * bytes.length));
}

/** Whether the bytes of a signed number are as few as they can be. */
export function isMinimal(bytes: Uint8Array): boolean {
  if (bytes.length <= 1) return bytes.length === 1;
  return !(bytes[0] === 0 && bytes[1]! < 0x80) && !(bytes[0] === 0xff && bytes[1]! >= 0x80);
}

/** How many bits the number has, which isn't negative. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return 4 * hex.length - (Math.clz32(parseInt(hex[0]!, 16)) - 28);
}
