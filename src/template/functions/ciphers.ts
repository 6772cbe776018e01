/** Sprig's encryption and password functions: AES in CBC mode, and passwords derived from a master password. */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHmac, scryptSync } from "node:crypto";
import { bytesOf, textOf } from "../bytes.ts";
import { FunctionError } from "../function.ts";

const KEY_BYTES = 32, BLOCK_BYTES = 16;

/** A password as AES key: cut or filled up with zeros. */
function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key.set(bytesOf(password).subarray(0, KEY_BYTES));
  return key;
}

/** Base64 of the initial vector and what follows from it. @param vector 16 random bytes. */
export function encryptAes(password: string, text: string, vector: Uint8Array): string {
  if (text === "") return "";
  const cipher = createCipheriv("aes-256-cbc", keyOf(password), vector);
  return Buffer.concat([vector, cipher.update(bytesOf(text)), cipher.final()]).toString("base64");
}

/**
 * @param data The decoded base64; `capacity` is how many bytes Go has made room for.
 * @throws {FunctionError} where Go fails.
 */
export function decryptAes(password: string, data: Uint8Array, capacity: number): string {
  if (data.length < BLOCK_BYTES) {
    if (capacity >= BLOCK_BYTES) {
      throw new FunctionError(`runtime error: slice bounds out of range [16:${data.length}]`);
    }
    throw new FunctionError(`runtime error: slice bounds out of range [:16] with capacity ${capacity}`);
  }
  if (data.length % BLOCK_BYTES !== 0) throw new FunctionError("crypto/cipher: input not full blocks");
  const decipher = createDecipheriv("aes-256-cbc", keyOf(password), data.subarray(0, BLOCK_BYTES)).setAutoPadding(
    false,
  );
  const plain = Buffer.concat([decipher.update(data.subarray(BLOCK_BYTES)), decipher.final()]);
  const padding = plain.at(-1);
  if (padding === undefined) throw new FunctionError("runtime error: index out of range [-1]");
  if (padding > plain.length) {
    throw new FunctionError(`runtime error: slice bounds out of range [:${plain.length - padding}]`);
  }
  return textOf(plain.subarray(0, plain.length - padding));
}

const SEED = "com.lyndir.masterpassword";
const LONG = [
  ...["CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno"],
  ...["CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno"],
  ...["CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno"],
  ...["CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"],
];
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  maximum: ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
  long: LONG,
  medium: ["CvcnoCvc", "CvcCvcno"],
  short: ["Cvcn"],
  basic: ["aaanaaan", "aannaaan", "aaannaaa"],
  pin: ["nnnn"],
};
const LETTERS = "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
const CHARACTERS: Readonly<Record<string, string>> = {
  V: "AEIOU",
  C: "BCDFGHJKLMNPQRSTVWXYZ",
  v: "aeiou",
  c: "bcdfghjklmnpqrstvwxyz",
  A: "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
  a: LETTERS,
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${LETTERS}0123456789!@#$%^&*()`,
};

/** The Master Password algorithm; an unknown type is a sentence that says so, as sprig has it. */
export function derivePassword(counter: number, type: string, password: string, user: string, site: string): string {
  if (!Object.hasOwn(TEMPLATES, type)) return `cannot find password template ${type}`;
  const salt = Buffer.concat([Buffer.from(SEED), lengthOf(user), bytesOf(user)]);
  const key = scryptSync(bytesOf(password), salt, 64, { N: 32768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const number = Buffer.alloc(4);
  number.writeUInt32BE(counter >>> 0);
  const hmac = createHmac("sha256", key).update(SEED).update(lengthOf(site)).update(bytesOf(site)).update(number)
    .digest();
  const templates = TEMPLATES[type]!;
  const template = templates[hmac[0]! % templates.length]!;
  return Array.from(template, (letter, i) => {
    const characters = CHARACTERS[letter]!;
    return characters[hmac[i + 1]! % characters.length]!;
  }).join("");
}

function lengthOf(text: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(bytesOf(text).length);
  return bytes;
}
