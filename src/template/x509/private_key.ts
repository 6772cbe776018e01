/** Private keys in PEM: PKCS #1, SEC 1, PKCS #8 and OpenSSL's form of DSA, as sprig and Go's crypto/x509 read and write them. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { Buffer } from "node:buffer";
import { FunctionError } from "../function.ts";
import { type Curve, curveOf, curveSteps } from "./curves.ts";
import { bits, contextTag, element, integer, objectIdentifier, octets, sequence, TAG } from "./der.ts";
import { DerReader } from "./der_reader.ts";
import { concatBytes, unsignedOf } from "./octets.ts";
import { decodePem, encodePem } from "./pem.ts";
import {
  encodeRsaKey,
  parseRsaKey,
  RSA_PRIVATE_KEY,
  type RsaPrivateKey,
  type RsaPublicKey,
  type Spend,
} from "./rsa_key.ts";
import { type DecodedStruct, type Shape, unmarshal, unmarshalKey } from "./unmarshal.ts";

export interface EcPublicKey {
  readonly type: "ecdsa";
  readonly curve: Curve;
  /** Uncompressed. */
  readonly point: Uint8Array;
}

export interface EcPrivateKey extends EcPublicKey {
  readonly scalar: Uint8Array;
}

export interface Ed25519PublicKey {
  readonly type: "ed25519";
  readonly bytes: Uint8Array;
}

export interface Ed25519PrivateKey extends Ed25519PublicKey {
  readonly seed: Uint8Array;
}

/** Keys that can be read, but sign nothing. */
export interface OtherKey {
  readonly type: "dsa" | "ecdh";
}

export type PublicKey = RsaPublicKey | EcPublicKey | Ed25519PublicKey | OtherKey;
export type PrivateKey = RsaPrivateKey | EcPrivateKey | Ed25519PrivateKey | OtherKey;

export const KEY_ALGORITHM = {
  rsa: "1.2.840.113549.1.1.1",
  dsa: "1.2.840.10040.4.1",
  ecdsa: "1.2.840.10045.2.1",
  x25519: "1.3.101.110",
  ed25519: "1.3.101.112",
} as const;

/** What a key costs whatever its kind, in steps. */
const KEY_STEPS = 1000;

const INT: Shape = { kind: "int" }, BYTES: Shape = { kind: "bytes" };

/** The form of SEC 1. */
const EC_PRIVATE_KEY: Shape = {
  kind: "struct",
  name: "ecPrivateKey",
  fields: [
    { name: "version", shape: INT },
    { name: "scalar", shape: BYTES },
    { name: "curve", shape: { kind: "oid" }, optional: true, explicit: 0 },
    { name: "point", shape: { kind: "bits" }, optional: true, explicit: 1 },
  ],
};

const PKCS8: Shape = {
  kind: "struct",
  name: "pkcs8",
  fields: [
    { name: "version", shape: INT },
    {
      name: "algorithm",
      shape: {
        kind: "struct",
        name: "AlgorithmIdentifier",
        fields: [
          { name: "id", shape: { kind: "oid" } },
          { name: "parameters", shape: { kind: "any" }, optional: true },
        ],
      },
    },
    { name: "key", shape: BYTES },
  ],
};

const DSA_PRIVATE_KEY: Shape = {
  kind: "struct",
  name: "DSAKeyFormat",
  fields: [
    { name: "version", shape: INT },
    ...["p", "q", "g", "y", "x"].map((name) => ({ name, shape: { kind: "bigint" } }) as const),
  ],
};

/** Gives what `read` gives, with `prefix` before the message of what it fails with. */
export function inContext<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof FunctionError ? new FunctionError(`${prefix}${error.message}`) : error;
  }
}

/** Sprig's reading of a private key. @throws {FunctionError} in its words. */
export function parsePrivateKey(pem: string, spend: Spend): PrivateKey {
  spend(KEY_STEPS);
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError("no PEM data in input");
  const { type, bytes } = block;
  if (type === "PRIVATE KEY") return inContext("decoding PEM as PKCS#8: ", () => parsePkcs8(bytes, spend));
  if (!type.endsWith(" PRIVATE KEY")) {
    throw new FunctionError(`no private key data in PEM block of type ${labelOf(type)}`);
  }
  switch (type) {
    case "RSA PRIVATE KEY":
      return inContext(
        "parsing RSA private key from PEM: ",
        () => parseRsaKey(bytes, spend, { ParseECPrivateKey: EC_PRIVATE_KEY, ParsePKCS8PrivateKey: PKCS8 }),
      );
    case "EC PRIVATE KEY":
      return inContext("parsing EC private key from PEM: ", () => parseEcKey(bytes, spend));
    case "DSA PRIVATE KEY":
      return inContext("parsing DSA private key from PEM: ", () => {
        unmarshal(bytes, DSA_PRIVATE_KEY);
        return { type: "dsa" };
      });
  }
  throw new FunctionError(`invalid private key type ${labelOf(type)}`);
}

/** Types of PEM blocks that an error may name: anything else may be what must not be shown. */
const LABELS = [
  ...["CERTIFICATE", "CERTIFICATE REQUEST", "X509 CRL", "PUBLIC KEY", "RSA PUBLIC KEY", "EC PARAMETERS"],
  ...["DH PARAMETERS", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"],
];

function labelOf(type: string): string {
  return LABELS.includes(type) ? type : "that is not known";
}

function parsePkcs8(bytes: Uint8Array, spend: Spend): PrivateKey {
  const { value } = unmarshalKey(bytes, PKCS8, {
    ParseECPrivateKey: EC_PRIVATE_KEY,
    ParsePKCS1PrivateKey: RSA_PRIVATE_KEY,
  });
  const { algorithm, key } = value as DecodedStruct & { readonly algorithm: DecodedStruct; readonly key: Uint8Array };
  const parameters = algorithm.parameters as Uint8Array | undefined;
  switch (algorithm.id) {
    case KEY_ALGORITHM.rsa:
      return inContext(
        "x509: failed to parse RSA private key embedded in PKCS#8: ",
        () => parseRsaKey(key, spend, { ParseECPrivateKey: EC_PRIVATE_KEY, ParsePKCS8PrivateKey: PKCS8 }),
      );
    case KEY_ALGORITHM.ecdsa:
      return inContext(
        "x509: failed to parse EC private key embedded in PKCS#8: ",
        () => parseEcKey(key, spend, curveIdOf(parameters)),
      );
    case KEY_ALGORITHM.ed25519: {
      const seed = curve25519Key("Ed25519", key, parameters);
      if (seed.length !== 32) throw new FunctionError(`x509: invalid Ed25519 private key length: ${seed.length}`);
      return { type: "ed25519", seed, bytes: ed25519PublicKey(seed) };
    }
    case KEY_ALGORITHM.x25519: {
      const { length } = curve25519Key("X25519", key, parameters);
      if (length !== 32) throw new FunctionError("crypto/ecdh: invalid private key size");
      return { type: "ecdh" };
    }
  }
  throw new FunctionError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${algorithm.id}`);
}

/** The curve that PKCS #8 names; undefined where it names none. */
function curveIdOf(parameters: Uint8Array | undefined): string | undefined {
  try {
    return unmarshal(parameters ?? new Uint8Array(), { kind: "oid" }).value as string;
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}

function curve25519Key(name: string, key: Uint8Array, parameters: Uint8Array | undefined): Uint8Array {
  if (parameters !== undefined) throw new FunctionError(`x509: invalid ${name} private key parameters`);
  return inContext(`x509: invalid ${name} private key: `, () => unmarshal(key, BYTES).value as Uint8Array);
}

/** @param curveId From around the key, which wins over the key's own. */
function parseEcKey(bytes: Uint8Array, spend: Spend, curveId?: string): EcPrivateKey {
  const others = { ParsePKCS8PrivateKey: PKCS8, ParsePKCS1PrivateKey: RSA_PRIVATE_KEY };
  const decoded = unmarshalEcKey(bytes, others) as DecodedStruct & { readonly scalar: Uint8Array };
  if (decoded.version !== 1n) throw new FunctionError(`x509: unknown EC private key version ${decoded.version}`);
  const curve = curveOf(curveId ?? decoded.curve as string | undefined);
  if (curve === undefined) throw new FunctionError("x509: unknown elliptic curve");
  // Keys with too many zeros before them, and with too few, have been made.
  const excess = Math.max(0, decoded.scalar.length - curve.size);
  if (decoded.scalar.subarray(0, excess).some((byte) => byte !== 0)) {
    throw new FunctionError("x509: invalid private key length");
  }
  const digits = decoded.scalar.subarray(excess);
  const scalar = concatBytes([new Uint8Array(curve.size - digits.length), digits]);
  const number = unsignedOf(scalar);
  // The point of such a key is the one at infinity, which Go finds first.
  if (number % curve.n === 0n) throw new FunctionError("ecdsa: invalid public key encoding");
  if (number > curve.n) throw new FunctionError("input overflows the modulus");
  spend(curveSteps(curve));
  return { type: "ecdsa", curve, scalar, point: pointOf(curve, scalar) };
}

function unmarshalEcKey(bytes: Uint8Array, others: Readonly<Record<string, Shape>>): DecodedStruct {
  try {
    return unmarshalKey(bytes, EC_PRIVATE_KEY, others).value as DecodedStruct;
  } catch (error) {
    if (!(error instanceof FunctionError) || error.message.startsWith("x509: ")) throw error;
    throw new FunctionError(`x509: failed to parse EC private key: ${error.message}`);
  }
}

/** The point of a private key: whatever the file says, Go computes it. */
function pointOf(curve: Curve, scalar: Uint8Array): Uint8Array {
  const key = sequence(
    integer(1n),
    octets(scalar),
    element(contextTag(0, true), objectIdentifier(curve.objectIdentifier)),
  );
  return publicBits(createPrivateKey({ key: Buffer.from(key), format: "der", type: "sec1" }));
}

function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return publicBits(createPrivateKey({ key: Buffer.from(encodeEd25519Key(seed)), format: "der", type: "pkcs8" }));
}

/** The bits at the end of the public key of a private one. */
function publicBits(key: ReturnType<typeof createPrivateKey>): Uint8Array {
  const exported = createPublicKey(key.export({ format: "pem", type: "pkcs8" })).export({
    format: "der",
    type: "spki",
  });
  const reader = new DerReader(new Uint8Array(exported)).enter(TAG.sequence)!;
  reader.readAny();
  return reader.readBitString()!.bytes;
}

export function encodeEd25519Key(seed: Uint8Array): Uint8Array {
  return sequence(integer(0n), sequence(objectIdentifier(KEY_ALGORITHM.ed25519)), octets(octets(seed)));
}

/** In the form of SEC 1. */
export function encodeEcKey({ curve, scalar, point }: EcPrivateKey): Uint8Array {
  const name = element(contextTag(0, true), objectIdentifier(curve.objectIdentifier));
  return sequence(integer(1n), octets(scalar), name, element(contextTag(1, true), bits(point)));
}

/** The key in PEM as sprig writes it: the form of PKCS #8 only where a kind of key has none of its own. */
export function encodePrivateKey(key: PrivateKey): string {
  switch (key.type) {
    case "rsa":
      return encodePem("RSA PRIVATE KEY", encodeRsaKey(key));
    case "ecdsa":
      return encodePem("EC PRIVATE KEY", encodeEcKey(key));
    case "ed25519":
      return encodePem("PRIVATE KEY", encodeEd25519Key(key.seed));
  }
  throw new TypeError("a key that signs nothing has no certificate to be written with");
}
