/**
 * Texts that hold bytes which are no UTF-8, as go-yaml v3 writes them: in base64. Each such byte is a lone surrogate
 * U+DC80–U+DCFF in the text, as templates have it.
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
