/** Signatures of certificates: the algorithms that Go takes for each kind of key. */
import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, sign } from "node:crypto";
import { FunctionError } from "../function.ts";
import { curveSteps } from "./curves.ts";
import { NULL, objectIdentifier, octets, sequence } from "./der.ts";
import { bitLength, concatBytes, hexBytes, unsignedOf } from "./octets.ts";
import { encodeEcKey, encodeEd25519Key, KEY_ALGORITHM, type PrivateKey } from "./private_key.ts";
import { power, powerSteps, type RsaPrivateKey, type Spend } from "./rsa_key.ts";

const RSA_WITH_SHA256 = "1.2.840.113549.1.1.11";
const ECDSA_WITH = {
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
} as const;
/** Of a digest, within a signature of PKCS #1. */
const SHA256 = sequence(objectIdentifier("2.16.840.1.101.3.4.2.1"), NULL);
const MIN_RSA_BITS = 1024;
/** What a signature by Ed25519 costs, in steps. */
const ED25519_STEPS = 1000;

/** The algorithm of signatures with the key, in DER. @throws {FunctionError} for keys that can't sign. */
export function signatureAlgorithm(key: PrivateKey): Uint8Array {
  switch (key.type) {
    case "rsa":
      return sequence(objectIdentifier(RSA_WITH_SHA256), NULL);
    case "ecdsa":
      return sequence(objectIdentifier(ECDSA_WITH[key.curve.hash]));
    case "ed25519":
      return sequence(objectIdentifier(KEY_ALGORITHM.ed25519));
  }
  throw new FunctionError("x509: certificate private key does not implement crypto.Signer");
}

/** The signature by the algorithm of {@link signatureAlgorithm}. @throws {FunctionError} in Go's words. */
export function signWith(key: PrivateKey, message: Uint8Array, spend: Spend): Uint8Array {
  switch (key.type) {
    case "rsa":
      return signWithRsa(key, message, spend);
    case "ecdsa": {
      spend(curveSteps(key.curve));
      const privateKey = createPrivateKey({ key: Buffer.from(encodeEcKey(key)), format: "der", type: "sec1" });
      return new Uint8Array(sign(key.curve.hash, message, privateKey));
    }
    case "ed25519": {
      spend(ED25519_STEPS);
      const encoded = encodeEd25519Key(key.seed);
      const privateKey = createPrivateKey({ key: Buffer.from(encoded), format: "der", type: "pkcs8" });
      return new Uint8Array(sign(null, message, privateKey));
    }
  }
  throw new FunctionError("x509: only RSA, ECDSA and Ed25519 keys supported");
}

function signWithRsa(key: RsaPrivateKey, message: Uint8Array, spend: Spend): Uint8Array {
  const size = bitLength(key.n);
  if (size < MIN_RSA_BITS) {
    throw new FunctionError(
      `crypto/rsa: ${size}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`,
    );
  }
  const length = Math.ceil(size / 8);
  const padded = paddedDigest(message, length);
  const signature = rsaPower(key, padded, spend);
  // A key whose primes are none, or whose exponent is wrong, is found out here, as in Go.
  if (power(signature, key.e, key.n) !== padded) throw new FunctionError("crypto/rsa: decryption error");
  return hexBytes(signature.toString(16).padStart(2 * length, "0"));
}

/**
 * `value` to the power of the private exponent. By our own arithmetic: Deno's node:crypto knows no keys of more than two
 * primes, and never comes back from keys whose primes are of uneven size, which users may give. What is signed holds a
 * random serial number, so that nobody can choose values to learn of the key from the time that this takes.
 */
function rsaPower({ n, d, primes, dp, dq, qInverse, more }: RsaPrivateKey, value: bigint, spend: Spend): bigint {
  if (more.length > 0) {
    spend(powerSteps(n));
    return power(value, d, n);
  }
  const [p, q] = primes as [bigint, bigint];
  spend(powerSteps(p) + powerSteps(q));
  const ofP = power(value, dp, p), ofQ = power(value, dq, q);
  const difference = (ofP - ofQ) * qInverse % p;
  return (ofQ + (difference < 0n ? difference + p : difference) * q) % n;
}

/** The digest as PKCS #1 v1.5 pads it. */
function paddedDigest(message: Uint8Array, length: number): bigint {
  const digest = sequence(SHA256, octets(new Uint8Array(createHash("sha256").update(message).digest())));
  const padding = new Uint8Array(length - digest.length - 3).fill(0xff);
  return unsignedOf(concatBytes([Uint8Array.of(0, 1), padding, Uint8Array.of(0), digest]));
}
