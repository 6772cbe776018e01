/** Base32 and base64 as Go's packages write and read them, with the places that their errors name. */
import { Buffer } from "node:buffer";
import { bytesOf, textOf } from "../bytes.ts";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function encodeBase32(bytes: Uint8Array): string {
  let bits = 0, value = 0, text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  if (bits > 0) text += BASE32[(value << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

/** The bytes as text, or Go's message, which sprig gives in their place. */
export function decodeBase32(text: string): string {
  // Only characters of one byte are of the alphabet, so that places count bytes.
  const source = Buffer.from(bytesOf(text)).toString("latin1").replace(/[\r\n]/g, "");
  const fail = (at: number) => `illegal base32 data at input byte ${at}`;
  const bytes: number[] = [];
  for (let at = 0; at < source.length;) {
    const group: number[] = [];
    let isLast = false;
    while (group.length < 8 && !isLast) {
      if (at >= source.length) return fail(source.length - group.length);
      const character = source[at++]!;
      const rest = source.length - at;
      if (character === "=" && group.length >= 2 && rest < 8) {
        const padding = 7 - group.length;
        if (rest < padding) return fail(source.length);
        for (let k = 0; k < padding; k++) if (source[at + k] !== "=") return fail(at + k - 1);
        // So many characters are no whole number of bytes.
        if (group.length === 3 || group.length === 6) return fail(at - 1);
        isLast = true;
      } else {
        const value = BASE32.indexOf(character);
        if (value < 0) return fail(at - 1);
        group.push(value);
      }
    }
    bytes.push(...bytesOfGroup(group, 5));
    if (isLast) break;
  }
  return textOf(Uint8Array.from(bytes));
}

/** Standard base64 as Go decodes it, or Go's message. Line breaks in the text don't count, but for places. */
export function base64Bytes(text: string): Uint8Array | string {
  return strictBase64Bytes(text) ?? lenientBase64Bytes(text);
}

/** What is base64 without any of the liberties that Go allows, which is nearly all of it. */
function strictBase64Bytes(text: string): Uint8Array | undefined {
  // The platform skips all space of ASCII, Go line breaks alone.
  if (/[\t\n\f\r ]/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}

function lenientBase64Bytes(text: string): Uint8Array | string {
  const source = Buffer.from(bytesOf(text)).toString("latin1");
  const fail = (at: number) => `illegal base64 data at input byte ${at}`;
  const bytes: number[] = [];
  let at = 0;
  const skipLineBreaks = () => {
    while (source[at] === "\n" || source[at] === "\r") at++;
  };
  for (;;) {
    const group: number[] = [];
    while (group.length < 4) {
      skipLineBreaks();
      if (at >= source.length) {
        if (group.length === 0) return Uint8Array.from(bytes);
        return fail(at - group.length);
      }
      const character = source[at++]!;
      const value = BASE64.indexOf(character);
      if (value >= 0) {
        group.push(value);
        continue;
      }
      if (character !== "=" || group.length < 2) return fail(at - 1);
      skipLineBreaks();
      if (group.length === 2) {
        if (at >= source.length) return fail(source.length);
        if (source[at] !== "=") return fail(at - 1);
        at++;
        skipLineBreaks();
      }
      if (at < source.length) return fail(at);
      return Uint8Array.from([...bytes, ...bytesOfGroup(group, 6)]);
    }
    bytes.push(...bytesOfGroup(group, 6));
  }
}

/** Whole bytes of a run of digits of so many bits. */
function bytesOfGroup(digits: readonly number[], width: number): number[] {
  const bits = digits.map((digit) => digit.toString(2).padStart(width, "0")).join("");
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2));
}
