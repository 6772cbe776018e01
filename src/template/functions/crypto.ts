/** Checksums, ciphers and passwords. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { byteLength, bytesOf } from "../bytes.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { decryptAes, derivePassword, encryptAes } from "./ciphers.ts";
import { type Family, fn, intOf } from "./define.ts";
import { bcryptHash, privateKey } from "./keys.ts";
import { base64Bytes } from "./base_encodings.ts";

const hash = (algorithm: string) =>
  fn(["string"], ([text]) => createHash(algorithm).update(bytesOf(text as string)).digest("hex"));

/** Adler-32, in decimal as sprig prints it. */
function adler32(bytes: Uint8Array): string {
  let a = 1, b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return String(b * 65536 + a);
}

/** What deriving a password costs, in steps: it is slow on purpose. */
const DERIVE_STEPS = 100_000;

/** What making a key costs, in steps: RSA takes a second or more. */
const KEY_STEPS = 1_000_000;

function hashed(password: string, context: CallContext): string {
  context.spend(DERIVE_STEPS);
  return bcryptHash(password, context.world.randomBytes(16));
}

function shuffled(text: string, context: CallContext): string {
  const runes = Array.from(text.toWellFormed());
  context.spend(runes.length);
  for (let i = runes.length - 1; i > 0; i--) {
    const bytes = context.world.randomBytes(4);
    const j = bytes.reduce((value, byte) => value * 256 + byte, 0) % (i + 1);
    [runes[i], runes[j]] = [runes[j]!, runes[i]!];
  }
  return runes.join("");
}

export const crypto: Family = {
  sha1sum: hash("sha1"),
  sha256sum: hash("sha256"),
  sha512sum: hash("sha512"),
  adler32sum: fn(["string"], ([text]) => adler32(bytesOf(text as string))),
  encryptAES: fn(["string", "string"], ([password, text], context) => {
    return encryptAes(password as string, text as string, context.world.randomBytes(16));
  }),
  decryptAES: fn(["string", "string"], ([password, text]) => {
    if (text === "") return "";
    const bytes = base64Bytes(text as string);
    if (typeof bytes === "string") throw new FunctionError(bytes);
    return decryptAes(password as string, bytes, Math.floor(byteLength(text as string) / 4) * 3);
  }),
  derivePassword: fn(["uint32", "string", "string", "string", "string"], ([counter, ...rest], context) => {
    context.spend(DERIVE_STEPS);
    const [type, password, user, site] = rest as string[];
    return derivePassword(intOf(counter), type!, password!, user!, site!);
  }),
  bcrypt: fn(["string"], ([password], context) => hashed(password as string, context)),
  htpasswd: fn(["string", "string"], ([user, password], context) => {
    if ((user as string).includes(":")) return `invalid username: ${user}`;
    return `${user}:${hashed(password as string, context)}`;
  }),
  genPrivateKey: fn(["string"], ([type], context) => {
    context.spend(KEY_STEPS);
    return privateKey(type as string);
  }),
  shuffle: fn(["string"], ([text], context) => shuffled(text as string, context)),
  randBytes: fn(["int"], ([count], context) => {
    const length = intOf(count);
    if (length < 0) throw new FunctionError("runtime error: makeslice: len out of range");
    context.reserve(length);
    return Buffer.from(context.world.randomBytes(length)).toString("base64");
  }),
};
