/**
 * Go strings as JavaScript strings. A Go string is a run of bytes; one that is valid UTF-8 is the same text here, and each
 * byte that isn't part of valid UTF-8 becomes a lone surrogate U+DC80–U+DCFF (byte 0x80–0xFF), so that nothing is lost:
 * `b64dec | b64enc` of a binary key gives the same bytes back. Well-formed text never holds a lone surrogate, which makes
 * the form unambiguous. A text is *normal* when no run of such surrogates spells valid UTF-8; whoever joins texts that may
 * hold some calls {@link normalText}.
 */
import { Buffer } from "node:buffer";

import { compareBytes } from "../json/json.ts";

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/;

/** The bytes that Go has for `text`. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length;) {
    const start = i;
    // Runs of what is well formed at once, each stray byte for itself.
    while (i < text.length && !isStray(text, i)) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
    if (i > start) length += encoder.encodeInto(text.slice(start, i), bytes.subarray(length)).written;
    for (; i < text.length && isStray(text, i); i++) bytes[length++] = text.charCodeAt(i) - 0xdc00;
  }
  return bytes.slice(0, length);
}

/** True for a lone surrogate that stands for a byte. */
function isStray(text: string, at: number): boolean {
  const code = text.codePointAt(at)!;
  return code >= 0xdc80 && code <= 0xdcff;
}

/** The normal text for `bytes`; see the head of this file for bytes that aren't UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return decodeWithEscapes(bytes);
  }
}

function decodeWithEscapes(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length;) {
    const size = sequenceLength(bytes, i);
    const code = size === 0 ? 0xdc00 + bytes[i]! : codePointAt(bytes, i, size);
    if (code > 0xffff) {
      units[length++] = 0xd7c0 + (code >> 10);
      units[length++] = 0xdc00 + (code & 0x3ff);
    } else units[length++] = code;
    i += Math.max(size, 1);
  }
  // In pieces, since a call takes only so many arguments.
  let text = "";
  for (let at = 0; at < length; at += 8192) {
    text += String.fromCharCode(...units.subarray(at, Math.min(at + 8192, length)));
  }
  return text;
}

/** The code point of a sequence that {@link sequenceLength} knows to be valid. */
function codePointAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 1) return bytes[at]!;
  let code = bytes[at]! & 0x7f >> size;
  for (let i = 1; i < size; i++) code = code << 6 | bytes[at + i]! & 0x3f;
  return code;
}

/** The length of the valid UTF-8 sequence at `bytes[at]`, 0 if there is none: Go's utf8.DecodeRune. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const continues = (offset: number, low = 0x80, high = 0xbf) => {
    const byte = bytes[at + offset];
    return byte !== undefined && byte >= low && byte <= high;
  };
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80, high = first === 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80, high = first === 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

/** How many bytes Go has for `text`: its `len`. */
export function byteLength(text: string): number {
  // The platform counts long texts fifty times faster; for short ones the call costs more than the loop.
  if (text.length > 64 && text.isWellFormed()) return Buffer.byteLength(text);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit < 0xd800 || unit > 0xdfff) length += 3;
    else if (unit < 0xdc00) length += 4, i++;
    else length += 1;
  }
  return length;
}

/** How many runes Go counts in `text`: each byte that isn't UTF-8 is one. */
export function runeCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) i++;
    count++;
  }
  return count;
}

/** Bytes `from` to `to` (exclusive) of `text`, as Go's `text[from:to]`; the caller has checked the bounds. */
export function sliceBytes(text: string, from: number, to: number): string {
  return textOf(bytesOf(text).subarray(from, to));
}

/** `text` in normal form: after a join, bytes that together spell UTF-8 are that character again. */
export function normalText(text: string): string {
  return ESCAPED_BYTE.test(text) && !text.isWellFormed() ? textOf(bytesOf(text)) : text;
}

/** `text` as Go shows it where it must be UTF-8 (its JSON): each stray byte becomes U+FFFD. */
export function replaceStrayBytes(text: string): string {
  return text.toWellFormed();
}

/** Orders texts by their bytes, as Go does. */
export function compareTexts(a: string, b: string): number {
  if (a.isWellFormed() && b.isWellFormed()) return compareBytes(a, b);
  const x = bytesOf(a), y = bytesOf(b);
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] !== y[i]) return x[i]! - y[i]!;
  }
  return x.length - y.length;
}
