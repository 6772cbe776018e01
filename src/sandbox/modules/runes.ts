/** Sveltos's module `runes`: Go's unicode and utf8 packages over code points. Texts are byte strings. */
import { lowerRune, titleRune, upperRune } from "../../template/functions/text_case.ts";
import { bytesOfString, utf8Bytes } from "../bytes.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "../host_value.ts";

export interface Rune {
  readonly code: number;
  /** Its first byte, counted from 0. */
  readonly offset: number;
  readonly length: number;
}

export const REPLACEMENT = 0xfffd;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The runes of a byte string as Go's range gives them: a byte that is no part of UTF-8 is U+FFFD, one byte long. */
export function runesOf(text: string): Rune[] {
  const runes: Rune[] = [];
  for (let at = 0; at < text.length;) {
    const first = text.charCodeAt(at);
    if (first < 0x80) {
      runes.push({ code: first, offset: at, length: 1 });
      at++;
      continue;
    }
    const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    let code = REPLACEMENT, length = 1;
    try {
      const decoded = decoder.decode(bytesOfString(text.slice(at, at + wanted)));
      if (first >= 0xc2 && at + wanted <= text.length) {
        code = decoded.codePointAt(0)!;
        length = wanted;
      }
    } catch {
      // Not UTF-8: one byte.
    }
    runes.push({ code, offset: at, length });
    at += length;
  }
  return runes;
}

/** The bytes of a code point; what is none is U+FFFD. */
export function bytesOfRune(code: number): string {
  const isValid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return utf8Bytes(String.fromCodePoint(isValid ? code : REPLACEMENT));
}

function characterOf(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

const is = (pattern: RegExp): HostFunction => (code) => pattern.test(characterOf(code as number));
const mapped = (change: (rune: string) => string): HostFunction => (code) => {
  const character = characterOf(code as number);
  return character === "" || !character.isWellFormed() ? code : change(character).codePointAt(0)!;
};

function codes(value: HostValue): number[] {
  return (value as HostList).list.map((code) => typeof code === "number" ? code : 0);
}

export const runes: Readonly<Record<string, HostFunction>> = {
  iscontrol: is(/^\p{Cc}$/u),
  isdigit: is(/^\p{Nd}$/u),
  isgraphic: is(/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]$/u),
  isletter: is(/^\p{L}$/u),
  islower: is(/^\p{Ll}$/u),
  ismark: is(/^\p{M}$/u),
  isnumber: is(/^\p{N}$/u),
  isprint: is(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u),
  ispunct: is(/^\p{P}$/u),
  isspace: is(/^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u),
  issymbol: is(/^\p{S}$/u),
  istitle: is(/^\p{Lt}$/u),
  isupper: is(/^\p{Lu}$/u),
  validrune: (code) => characterOf(code as number).isWellFormed() && characterOf(code as number) !== "",
  isinrange: (code, low, high) => (code as number) >= (low as number) && (code as number) <= (high as number),
  tolower: mapped(lowerRune),
  toupper: mapped(upperRune),
  totitle: mapped(titleRune),
  containsrune: (text, code) => runesOf(text as string).some((rune) => rune.code === code),
  isvalidutf8: (text) => runesOf(text as string).every(({ code, length }) => code !== REPLACEMENT || length === 3),
  reverserunes: (text) => runesOf(text as string).reverse().map(({ code }) => bytesOfRune(code)).join(""),
  runecount: (text) => runesOf(text as string).length,
  runeslice: (text) => ({ list: runesOf(text as string).map(({ code }) => code) }),
  runestring: (list) => codes(list).map(bytesOfRune).join(""),
  runewidth: (code) => {
    const character = characterOf(code as number);
    return character === "" || !character.isWellFormed() ? undefined : utf8Bytes(character).length;
  },
  runeat: (text, position) => {
    const offset = (position as number) - 1;
    const bytes = text as string;
    if (offset < 0 || offset >= bytes.length) return undefined;
    const { code } = runesOf(bytes.slice(offset, offset + 4))[0]!;
    return code === REPLACEMENT ? undefined : code;
  },
  runeindex: (text, code, start) => {
    const from = Math.max(0, ((start as number | undefined) ?? 1) - 1);
    const index = runesOf(text as string).findIndex((rune, i) => i >= from && rune.code === code);
    return index < 0 ? undefined : index + 1;
  },
  runerange: (text, start, end) => {
    const all = runesOf(text as string);
    const from = Math.max(0, ((start as number | undefined) ?? 1) - 1);
    const stop = (end as number | undefined) ?? -1;
    const to = stop < 0 ? all.length : Math.min(all.length, stop - 1);
    if (from > to) throw new HostError(`runtime error: slice bounds out of range [${from}:${to}]`);
    return all.slice(from, to).map(({ code }) => bytesOfRune(code)).join("");
  },
  runesplit: (text, code) => {
    const separator = bytesOfRune(code as number);
    return { list: (text as string).split(separator) };
  },
  bytestorune: (list) => {
    const text = String.fromCharCode(...codes(list).slice(0, 4).map((code) => code & 255));
    return text === "" ? undefined : runesOf(text)[0]!.code;
  },
  bytetostring: (list) => codes(list).map((code) => String.fromCharCode(code & 255)).join(""),
  runetobytes: (list) => ({ list: Array.from(codes(list).map(bytesOfRune).join(""), (byte) => byte.charCodeAt(0)) }),
  stringtobytes: (text) => ({ list: Array.from(text as string, (byte) => byte.charCodeAt(0)) }),
};
