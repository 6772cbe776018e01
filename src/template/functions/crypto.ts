/** Checksums. */
import { createHash } from "node:crypto";
import { bytesOf } from "../bytes.ts";
import { type Family, fn } from "./define.ts";

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

export const crypto: Family = {
  sha1sum: hash("sha1"),
  sha256sum: hash("sha256"),
  sha512sum: hash("sha512"),
  adler32sum: fn(["string"], ([text]) => adler32(bytesOf(text as string))),
};
