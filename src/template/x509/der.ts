/** Writes DER: the elements that certificates and keys are made of, as Go's encoding/asn1 writes them. */
import { concatBytes, hexBytes } from "./octets.ts";

/** The tags of the universal class that are written or looked for, with the bit of constructed elements where they have it. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a context-specific element: `[number]`. */
export function contextTag(number: number, isConstructed = false): number {
  return 0x80 | (isConstructed ? 0x20 : 0) | number;
}

/** An element with the contents one after another. `tag` is its identifier octet. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  return concatBytes([Uint8Array.from([tag, ...lengthOctets(length)]), ...contents]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(TAG.sequence, ...contents);
}

export const NULL: Uint8Array = element(TAG.null);
export const TRUE: Uint8Array = element(TAG.boolean, Uint8Array.of(0xff));

/** An integer that isn't negative. */
export function integer(value: bigint): Uint8Array {
  const bytes = hexBytes(value.toString(16));
  return element(TAG.integer, bytes[0]! >= 0x80 ? concatBytes([Uint8Array.of(0), bytes]) : bytes);
}

export function octets(bytes: Uint8Array): Uint8Array {
  return element(TAG.octetString, bytes);
}

/** A bit string; the last `unused` bits of the bytes are none of it. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(unused), bytes);
}

/** @param dotted Such as `2.5.29.15`. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split(".").map(Number) as [number, number, ...number[]];
  return element(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | rest % 128);
  return octets;
}
