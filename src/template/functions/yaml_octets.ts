/** What go-yaml says of bytes that are no UTF-8. */
import { bytesOf } from "../bytes.ts";

/** The message of its reader for the first wrong byte; undefined where there is none. */
export function octetError(text: string): string | undefined {
  if (text.isWellFormed()) return undefined;
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length;) {
    const width = widthOf(bytes[at]!);
    if (width === 0) return "yaml: invalid leading UTF-8 octet";
    if (at + width > bytes.length) return "yaml: incomplete UTF-8 octet sequence";
    let code = width === 1 ? bytes[at]! : bytes[at]! & (0x7f >> width);
    for (let i = 1; i < width; i++) {
      const byte = bytes[at + i]!;
      if ((byte & 0xc0) !== 0x80) return "yaml: invalid trailing UTF-8 octet";
      code = code << 6 | byte & 0x3f;
    }
    if (code < LOWEST[width]!) return "yaml: invalid length of a UTF-8 sequence";
    if (code >= 0xd800 && code <= 0xdfff || code > 0x10ffff) return "yaml: invalid Unicode character";
    at += width;
  }
  return undefined;
}

/** The lowest code that has so many bytes. */
const LOWEST = [0, 0, 0x80, 0x800, 0x10000];

function widthOf(byte: number): number {
  if (byte < 0x80) return 1;
  if ((byte & 0xe0) === 0xc0) return 2;
  if ((byte & 0xf0) === 0xe0) return 3;
  return (byte & 0xf8) === 0xf0 ? 4 : 0;
}
