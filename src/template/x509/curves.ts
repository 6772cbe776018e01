/** The elliptic curves that Go's certificates know: NIST's four. Points are checked here, all else is node:crypto's. */
import { FunctionError } from "../function.ts";
import { unsignedOf } from "./octets.ts";

/** y² = x³ − 3x + b modulo p; the base point has the order n. */
export interface Curve {
  readonly name: string;
  readonly objectIdentifier: string;
  /** Bytes of a coordinate, and of a private key. */
  readonly size: number;
  readonly p: bigint;
  readonly b: bigint;
  readonly n: bigint;
  /** What Go's certificates hash with for a signature. */
  readonly hash: "sha256" | "sha384" | "sha512";
}

export const CURVES: readonly Curve[] = [
  {
    name: "P224",
    objectIdentifier: "1.3.132.0.33",
    size: 28,
    p: 0xffffffffffffffffffffffffffffffff000000000000000000000001n,
    b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
    n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
    hash: "sha256",
  },
  {
    name: "P256",
    objectIdentifier: "1.2.840.10045.3.1.7",
    size: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    hash: "sha256",
  },
  {
    name: "P384",
    objectIdentifier: "1.3.132.0.34",
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    hash: "sha384",
  },
  {
    name: "P521",
    objectIdentifier: "1.3.132.0.35",
    size: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    hash: "sha512",
  },
];

/** @param objectIdentifier With dots. */
export function curveOf(objectIdentifier: string | undefined): Curve | undefined {
  return CURVES.find((curve) => curve.objectIdentifier === objectIdentifier);
}

/** What a key's point or a signature costs, in steps: some milliseconds. */
export function curveSteps({ size }: Curve): number {
  return 5 * size ** 2;
}

/** @throws {FunctionError} in Go's words, if the bytes are no point of the curve in uncompressed form. */
export function checkPoint({ name, size, p, b }: Curve, bytes: Uint8Array): void {
  if (bytes[0] !== 4) throw new FunctionError("ecdsa: invalid uncompressed public key");
  if (bytes.length !== 1 + 2 * size) throw new FunctionError(`invalid ${name} point encoding`);
  const x = unsignedOf(bytes.subarray(1, 1 + size)), y = unsignedOf(bytes.subarray(1 + size));
  // Go has its own code for P-256, with words of its own.
  if (x >= p || y >= p) throw new FunctionError(`invalid ${name}${name === "P256" ? " element" : "Element"} encoding`);
  if ((y * y - (x * x * x - 3n * x + b)) % p !== 0n) throw new FunctionError(`${name} point not on curve`);
}
