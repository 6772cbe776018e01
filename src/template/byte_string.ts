/** Byte strings: one character (0–255) for each byte, which is how texts are handled where bytes count. */

export function byteStringOf(bytes: Uint8Array): string {
  // In pieces, since a call takes only so many arguments.
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

export function bytesOfString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function utf8Bytes(text: string): string {
  return byteStringOf(encoder.encode(text));
}
