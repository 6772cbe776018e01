/** What a `!!binary` scalar holds, as the text that JSON makes of it. */

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
