/** Reads a certificate as Go's crypto/x509 does: the same ones are refused, in the same words. */
import { checkPoint, curveOf } from "./curves.ts";
import { contextTag, NULL, TAG } from "./der.ts";
import { type BitString, DerReader, rightAligned } from "./der_reader.ts";
import { checkAttributeValue, checkTime, refuse } from "./parse_text.ts";
import { checkExtension, type Extension } from "./parse_extensions.ts";
import { equalBytes } from "./octets.ts";
import { KEY_ALGORITHM, type PublicKey } from "./private_key.ts";

/** What a certificate says that those which it signs say after it. */
export interface Issuer {
  /** The name, in DER. */
  readonly subject: Uint8Array;
  /** Empty where there is none. */
  readonly subjectKeyId: Uint8Array;
  /** Undefined if its kind is unknown. */
  readonly publicKey: PublicKey | undefined;
}

/** @throws {FunctionError} in Go's words. */
export function parseCertificate(bytes: Uint8Array): Issuer {
  const outer = new DerReader(bytes);
  const whole = outer.enter(TAG.sequence) ?? refuse("malformed certificate");
  const tbs = whole.enter(TAG.sequence) ?? refuse("malformed tbs certificate");
  const version = readVersion(tbs);
  const serial = tbs.readInteger() ?? refuse("malformed serial number");
  if (serial < 0n) refuse("negative serial number");
  const algorithm = tbs.read(TAG.sequence) ?? refuse("malformed signature algorithm identifier");
  const outerAlgorithm = whole.read(TAG.sequence) ?? refuse("malformed algorithm identifier");
  if (!equalBytes(algorithm, outerAlgorithm)) refuse("inner and outer signature algorithm identifiers don't match");
  readAlgorithm(algorithm);
  checkName((tbs.readElement(TAG.sequence) ?? refuse("malformed issuer")).content);
  const validity = tbs.enter(TAG.sequence) ?? refuse("malformed validity");
  checkTime(validity);
  checkTime(validity);
  const subject = tbs.readElement(TAG.sequence) ?? refuse("malformed issuer");
  checkName(subject.content);
  const publicKey = readPublicKey(tbs.enter(TAG.sequence) ?? refuse("malformed spki"));
  const subjectKeyId = version > 1 ? readExtensions(tbs, version) : undefined;
  if (!whole.readBitString()) refuse("malformed signature");
  if (!outer.isEmpty) refuse("trailing data");
  return { subject: subject.whole, subjectKeyId: subjectKeyId ?? new Uint8Array(), publicKey };
}

function readVersion(tbs: DerReader): number {
  const tag = contextTag(0, true);
  if (!tbs.isAt(tag)) return 1;
  const inner = tbs.enter(tag);
  const version = inner?.readInt64();
  if (version === undefined || !inner!.isEmpty || version < 0n) return refuse("malformed version");
  return version > 2n ? refuse("invalid version") : Number(version) + 1;
}

interface Algorithm {
  readonly id: string;
  /** The element, undefined where there is none. */
  readonly parameters: Uint8Array | undefined;
}

function readAlgorithm(content: Uint8Array): Algorithm {
  const reader = new DerReader(content);
  const id = reader.readObjectIdentifier() ?? refuse("malformed OID");
  if (reader.isEmpty) return { id, parameters: undefined };
  const parameters = reader.readAny() ?? refuse("malformed parameters");
  return { id, parameters: parameters.whole };
}

function checkName(content: Uint8Array): void {
  const reader = new DerReader(content);
  while (!reader.isEmpty) {
    const set = reader.enter(TAG.set) ?? refuse("invalid RDNSequence");
    while (!set.isEmpty) {
      const attribute = set.enter(TAG.sequence) ?? refuse("invalid RDNSequence: invalid attribute");
      if (attribute.readObjectIdentifier() === undefined) refuse("invalid RDNSequence: invalid attribute type");
      const value = attribute.readAny() ?? refuse("invalid RDNSequence: invalid attribute value");
      checkAttributeValue(value);
    }
  }
}

function readPublicKey(reader: DerReader): PublicKey | undefined {
  const algorithm = readAlgorithm(reader.read(TAG.sequence) ?? refuse("malformed public key algorithm identifier"));
  const bits: BitString = reader.readBitString() ?? refuse("malformed subjectPublicKey");
  const { parameters } = algorithm;
  const bytes = rightAligned(bits);
  switch (algorithm.id) {
    case KEY_ALGORITHM.rsa:
      if (!parameters || !equalBytes(parameters, NULL)) refuse("RSA key missing NULL parameters");
      return readRsaKey(bytes);
    case KEY_ALGORITHM.ecdsa: {
      const id = new DerReader(parameters ?? new Uint8Array()).readObjectIdentifier();
      if (id === undefined) refuse("invalid ECDSA parameters");
      const curve = curveOf(id) ?? refuse("unsupported elliptic curve");
      checkPoint(curve, bytes);
      return { type: "ecdsa", curve, point: bytes };
    }
    case KEY_ALGORITHM.ed25519:
      if (parameters) refuse("Ed25519 key encoded with illegal parameters");
      if (bytes.length !== 32) refuse("wrong Ed25519 public key size");
      return { type: "ed25519", bytes };
    case KEY_ALGORITHM.dsa:
      checkDsaKey(bytes, parameters ?? new Uint8Array());
      return { type: "dsa" };
  }
  return undefined;
}

function readRsaKey(bytes: Uint8Array): PublicKey {
  const reader = new DerReader(bytes).enter(TAG.sequence) ?? refuse("invalid RSA public key");
  const n = reader.readInteger() ?? refuse("invalid RSA modulus");
  const e = reader.readInt64() ?? refuse("invalid RSA public exponent");
  if (n <= 0n) refuse("RSA modulus is not a positive number");
  if (e <= 0n) refuse("RSA public exponent is not a positive number");
  return { type: "rsa", n, e };
}

function checkDsaKey(bytes: Uint8Array, parameters: Uint8Array): void {
  const y = new DerReader(bytes).readInteger() ?? refuse("invalid DSA public key");
  const reader = new DerReader(parameters).enter(TAG.sequence);
  const numbers = [0, 1, 2].map(() => reader?.readInteger() ?? refuse("invalid DSA parameters"));
  if ([y, ...numbers].some((number) => number <= 0n)) refuse("zero or negative DSA parameter");
}

/** Checks all extensions. @returns The identifier of the subject's key, if there is one. */
function readExtensions(tbs: DerReader, version: number): Uint8Array | undefined {
  for (const [number, name] of [[1, "issuerUniqueID"], [2, "subjectUniqueID"]] as const) {
    if (tbs.isAt(contextTag(number)) && !tbs.readAny()) refuse(`malformed ${name}`);
  }
  const tag = contextTag(3, true);
  if (version < 3 || !tbs.isAt(tag)) return undefined;
  const list = tbs.enter(tag)?.enter(TAG.sequence) ?? refuse("malformed extensions");
  const extensions = new Map<string, Extension>();
  while (!list.isEmpty) {
    const extension = readExtension(list.enter(TAG.sequence) ?? refuse("malformed extension"));
    const { id } = extension;
    if (extensions.has(id)) refuse(`certificate contains duplicate extension with OID "${id}"`);
    extensions.set(id, extension);
  }
  for (const extension of extensions.values()) checkExtension(extension);
  const keyId = extensions.get("2.5.29.14");
  return keyId && new DerReader(keyId.value).read(TAG.octetString);
}

function readExtension(reader: DerReader): Extension {
  const id = reader.readObjectIdentifier() ?? refuse("malformed extension OID field");
  const isCritical = reader.isAt(TAG.boolean)
    ? reader.readBoolean() ?? refuse("malformed extension critical field")
    : false;
  const value = reader.read(TAG.octetString) ?? refuse("malformed extension value field");
  return { id, isCritical, value };
}
