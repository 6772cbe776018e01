/**
 * Reads DER into a given structure as Go's encoding/asn1 does, which private keys are read with: what is too much at the end
 * of a sequence is let go, and errors say what Go says.
 */
import { FunctionError } from "../function.ts";
import { type BitString, bitStringOf } from "./der_reader.ts";
import { isMinimal, signedOf } from "./octets.ts";

/** What is expected: Go's type by its name, which shows in errors. */
export type Shape =
  | { readonly kind: "int" | "bigint" | "bytes" | "oid" | "bits" | "any" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: boolean;
  /** The number of the explicit tag around it. */
  readonly explicit?: number;
}

/**
 * What was read: an `int` or `bigint`, the octets of `bytes`, an `oid` with dots, `bits`, the whole element of `any`, the
 * elements of a `list`, the fields of a `struct` by their names; undefined for an optional field that isn't there.
 */
export type Decoded = bigint | Uint8Array | string | BitString | readonly Decoded[] | DecodedStruct | undefined;
export interface DecodedStruct {
  readonly [field: string]: Decoded;
}

interface Header {
  readonly class: number;
  readonly tag: number;
  readonly length: number;
  readonly isCompound: boolean;
  /** Where the content begins. */
  readonly at: number;
}

const CONTEXT_CLASS = 2;
/** Tag, whether it is compound, and the name of Go's type. */
const EXPECTED: Readonly<Record<Shape["kind"], readonly [number, boolean, string]>> = {
  any: [-1, false, "RawValue"],
  int: [2, false, "int"],
  bigint: [2, false, ""],
  bits: [3, false, "BitString"],
  bytes: [4, false, ""],
  oid: [6, false, "ObjectIdentifier"],
  list: [16, true, ""],
  struct: [16, true, ""],
};
/** How Go prints the tags of a field that has none. */
const NO_PARAMETERS = "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> " +
  "stringType:0 timeType:0 set:false omitEmpty:false}";

function structureError(message: string): FunctionError {
  return new FunctionError(`asn1: structure error: ${message}`);
}

export function syntaxError(message: string): FunctionError {
  return new FunctionError(`asn1: syntax error: ${message}`);
}

/**
 * Reads one structure.
 * @returns It, and how many bytes come after.
 * @throws {FunctionError} in Go's words.
 */
export function unmarshal(bytes: Uint8Array, shape: Shape): { readonly value: Decoded; readonly rest: number } {
  const [value, end] = decode(bytes, 0, { name: "", shape });
  return { value, rest: bytes.length - end };
}

/**
 * Reads a private key.
 * @param others What else the bytes may be, by the name of Go's function for it, which the error names then.
 * @throws {FunctionError} in Go's words.
 */
export function unmarshalKey(
  bytes: Uint8Array,
  shape: Shape,
  others: Readonly<Record<string, Shape>>,
): { readonly value: Decoded; readonly rest: number } {
  try {
    return unmarshal(bytes, shape);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const name = Object.keys(others).find((name) => canUnmarshal(bytes, others[name]!));
    if (name === undefined) throw error;
    throw new FunctionError(`x509: failed to parse private key (use ${name} instead for this key format)`);
  }
}

function canUnmarshal(bytes: Uint8Array, shape: Shape): boolean {
  try {
    unmarshal(bytes, shape);
    return true;
  } catch (error) {
    if (error instanceof FunctionError) return false;
    throw error;
  }
}

/** The value of a field at `start`, and where it ends. */
function decode(bytes: Uint8Array, start: number, { shape, optional = false, explicit }: Field): [Decoded, number] {
  if (start === bytes.length) {
    if (optional) return [undefined, start];
    throw syntaxError("sequence truncated");
  }
  let header = headerAt(bytes, start);
  if (explicit !== undefined) {
    if (header.at === bytes.length) throw structureError("explicit tag has no child");
    const isThere = header.class === CONTEXT_CLASS && header.tag === explicit &&
      (header.length === 0 || header.isCompound);
    if (!isThere) {
      if (optional) return [undefined, start];
      throw structureError("explicitly tagged member didn't match");
    }
    if (header.length === 0) throw structureError("zero length explicit tag was not an asn1.Flag");
    header = headerAt(bytes, header.at);
  }
  const [tag, isCompound, name] = EXPECTED[shape.kind];
  const { at, length } = header;
  if (shape.kind !== "any" && (header.class !== 0 || header.tag !== tag || header.isCompound !== isCompound)) {
    if (optional) return [undefined, start];
    const found = `{class:${header.class} tag:${header.tag} length:${length} isCompound:${header.isCompound}}`;
    const type = shape.kind === "struct" ? shape.name : name;
    throw structureError(`tags don't match (${tag} vs ${found}) ${NO_PARAMETERS} ${type} @${at}`);
  }
  if (at + length > bytes.length) throw syntaxError("data truncated");
  const end = at + length;
  return [shape.kind === "any" ? bytes.subarray(start, end) : decodeContent(bytes.subarray(at, end), shape), end];
}

function decodeContent(content: Uint8Array, shape: Shape): Decoded {
  switch (shape.kind) {
    case "bigint":
      return decodeInteger(content);
    case "int": {
      const value = decodeInteger(content);
      if (content.length > 8) throw structureError("integer too large");
      return value;
    }
    case "bytes":
    case "any":
      return content;
    case "bits": {
      if (content.length === 0) throw syntaxError("zero length BIT STRING");
      const decoded = bitStringOf(content);
      if (decoded === undefined) throw syntaxError("invalid padding bits in BIT STRING");
      return decoded;
    }
    case "oid":
      return decodeObjectIdentifier(content);
    case "list":
      return decodeList(content, shape.of);
    case "struct": {
      const fields: Record<string, Decoded> = {};
      let at = 0;
      for (const field of shape.fields) [fields[field.name], at] = decode(content, at, field);
      return fields;
    }
  }
}

function decodeInteger(content: Uint8Array): bigint {
  if (content.length === 0) throw structureError("empty integer");
  if (!isMinimal(content)) throw structureError("integer not minimally-encoded");
  return signedOf(content);
}

function decodeObjectIdentifier(content: Uint8Array): string {
  if (content.length === 0) throw syntaxError("zero length OBJECT IDENTIFIER");
  const numbers: number[] = [];
  for (let at = 0; at < content.length;) {
    const [number, end] = decodeBase128(content, at);
    numbers.push(number);
    at = end;
  }
  const [first, ...rest] = numbers as [number, ...number[]];
  return [...first < 80 ? [Math.floor(first / 40), first % 40] : [2, first - 80], ...rest].join(".");
}

function decodeBase128(bytes: Uint8Array, start: number): [number, number] {
  let value = 0;
  for (let at = start; at < bytes.length; at++) {
    if (at - start === 5) throw structureError("base 128 integer too large");
    const byte = bytes[at]!;
    if (at === start && byte === 0x80) throw syntaxError("integer is not minimally encoded");
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (value > 0x7fffffff) throw structureError("base 128 integer too large");
    return [value, at + 1];
  }
  throw syntaxError("truncated base 128 integer");
}

/** Go looks at all tags first, then into the elements. */
function decodeList(content: Uint8Array, of: Shape): readonly Decoded[] {
  const [tag, isCompound] = EXPECTED[of.kind];
  for (let at = 0; at < content.length;) {
    const header = headerAt(content, at);
    if (header.class !== 0 || header.tag !== tag || header.isCompound !== isCompound) {
      throw structureError("sequence tag mismatch");
    }
    at = header.at + header.length;
    if (at > content.length) throw syntaxError("truncated sequence");
  }
  const elements: Decoded[] = [];
  for (let at = 0; at < content.length;) {
    const [element, end] = decode(content, at, { name: "", shape: of });
    elements.push(element);
    at = end;
  }
  return elements;
}

function headerAt(bytes: Uint8Array, start: number): Header {
  const first = bytes[start]!;
  let at = start + 1, tag = first & 0x1f;
  if (tag === 0x1f) {
    [tag, at] = decodeBase128(bytes, at);
    if (tag < 0x1f) throw syntaxError("non-minimal tag");
  }
  const next = () => {
    const byte = bytes[at++];
    if (byte === undefined) throw syntaxError("truncated tag or length");
    return byte;
  };
  let length = next();
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0) throw syntaxError("indefinite length found (not DER)");
    length = 0;
    for (let i = 0; i < count; i++) {
      const byte = next();
      if (length >= 1 << 23) throw structureError("length too large");
      length = length * 256 + byte;
      if (length === 0) throw structureError("superfluous leading zeros in length");
    }
    if (length < 0x80) throw structureError("non-minimal length");
  }
  return { class: first >> 6, tag, length, isCompound: (first & 0x20) !== 0, at };
}
