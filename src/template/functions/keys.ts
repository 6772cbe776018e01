/** Sprig's password hashes and private keys. */
import { encodeBase64, hashSync } from "bcryptjs";
import { generateKeyPairSync } from "node:crypto";
import { bytesOf } from "../bytes.ts";

/** The cost of Go's bcrypt by default. */
const COST = 10;
const MAX_PASSWORD_BYTES = 72;

/** A bcrypt hash; a password that is too long is a sentence that says so, as sprig has it. @param salt 16 random bytes. */
export function bcryptHash(password: string, salt: Uint8Array): string {
  if (bytesOf(password).length > MAX_PASSWORD_BYTES) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${MAX_PASSWORD_BYTES} bytes`;
  }
  const hash = hashSync(password, `$2b$${COST}$${encodeBase64([...salt] as unknown as Uint8Array, 16)}`);
  // Go writes the version that it reads too.
  return hash.replace(/^\$2b\$/, "$2a$");
}

/** A private key in PEM as Go writes it: RSA of 4,096 bits, ECDSA over P-256, Ed25519. Chance is the system's. */
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
      return "genPrivateKey: dsa keys are not available: nothing accepts them any more; use ecdsa";
  }
  return `Unknown type ${type}`;
}
