/**
 * Bytes that are no UTF-8: in base64, as go-yaml v3 writes texts that hold some, and what a `!!binary` scalar holds. In a text to
 * write, each such byte is a lone surrogate U+DC80–U+DCFF, as templates have it.
 */

const LINE = 70;

/** The bytes of `text` in base64; if that is as long as a line or longer, in lines that each end with a break. */
export function binaryText(text: string): string {
  const encoded = bytesOf(text).toBase64();
  return encoded.length < LINE ? encoded : encoded.replace(/.{1,70}/g, "$&\n");
}

function bytesOf(text: string): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const rune of text) {
    const code = rune.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(rune));
  }
  return Uint8Array.from(bytes);
}

/** The text behind base64; undefined where it is none. Go writes each byte that isn't UTF-8 as one U+FFFD. */
export function decodeBinary(base64: string): string | undefined {
  const compact = base64.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const bytes = Uint8Array.fromBase64(compact);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = decoder.decode(bytes);
  if (!text.includes("\ufffd")) return text;
  const parts: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes[i]!);
    const part = decoder.decode(bytes.subarray(i, i + length));
    const isOfText = !part.includes("\ufffd") || bytes[i] === 0xef && bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd;
    parts.push(isOfText ? part : "\ufffd");
    i += isOfText ? length : 1;
  }
  return parts.join("");
}

/** How many bytes the one that begins a character promises. */
function sequenceLength(first: number): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
