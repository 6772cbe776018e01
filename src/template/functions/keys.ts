/** Sprig's password hashes and private keys. */
import { encodeBase64, hashSync } from "bcryptjs";
import { generateKeyPairSync } from "node:crypto";
import { bytesOf } from "../bytes.ts";
import { FunctionError } from "../function.ts";
import { integer, sequence, TAG } from "../x509/der.ts";
import { DerReader } from "../x509/der_reader.ts";
import { encodePem } from "../x509/pem.ts";

/** The cost of Go's bcrypt by default. */
const COST = 10;
const MAX_PASSWORD_BYTES = 72;

/**
 * A bcrypt hash; a password that is too long is a sentence that says so, as sprig has it.
 * @param salt 16 random bytes.
 * @throws {FunctionError} if the password isn't UTF-8.
 */
export function bcryptHash(password: string, salt: Uint8Array): string {
  if (bytesOf(password).length > MAX_PASSWORD_BYTES) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${MAX_PASSWORD_BYTES} bytes`;
  }
  // The library encodes the password by itself.
  if (!password.isWellFormed()) throw new FunctionError("bcrypt of a password that isn't UTF-8 is not supported");
  const hash = hashSync(password, `$2b$${COST}$${encodeBase64([...salt] as unknown as Uint8Array, 16)}`);
  // Go writes the version that it reads too.
  return hash.replace(/^\$2b\$/, "$2a$");
}

/** A private key in PEM as sprig writes it: RSA of 4,096 bits, DSA of 2,048, ECDSA over P-256, Ed25519. Chance is the system's. */
export function privateKey(type: string): string {
  switch (type) {
    case "":
    case "rsa": {
      const { privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 4096,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
      });
      return privateKey;
    }
    case "ecdsa": {
      const { privateKey } = generateKeyPairSync("ec", {
        namedCurve: "P-256",
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "sec1", format: "pem" },
      });
      return privateKey;
    }
    case "ed25519": {
      const { privateKey } = generateKeyPairSync("ed25519", {
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      return privateKey;
    }
    case "dsa":
      return dsaKey();
  }
  return `Unknown type ${type}`;
}

/** In OpenSSL's form: a version, p, q, g, and the public and private numbers. */
function dsaKey(): string {
  const { publicKey, privateKey } = generateKeyPairSync("dsa", {
    modulusLength: 2048,
    divisorLength: 256,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const whole = new DerReader(new Uint8Array(privateKey)).enter(TAG.sequence)!;
  whole.readInteger();
  const algorithm = whole.enter(TAG.sequence)!;
  algorithm.readObjectIdentifier();
  const parameters = algorithm.enter(TAG.sequence)!;
  const [p, q, g] = [0, 1, 2].map(() => parameters.readInteger()!) as [bigint, bigint, bigint];
  const x = whole.enter(TAG.octetString)!.readInteger()!;
  const spki = new DerReader(new Uint8Array(publicKey)).enter(TAG.sequence)!;
  spki.readAny();
  const y = new DerReader(spki.readBitString()!.bytes).readInteger()!;
  return encodePem("DSA PRIVATE KEY", sequence(...[0n, p, q, g, y, x].map(integer)));
}
