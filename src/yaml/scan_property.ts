/** Scans what may stand before a YAML node or document: anchors, tags and directives. */
import type { Cursor } from "./cursor.ts";

/** A tag as it is written: `!handle!suffix`; the handle is empty where the suffix is the whole tag. */
export interface Tag {
  readonly handle: string;
  readonly suffix: string;
}

export type Directive =
  | { readonly name: "YAML"; readonly version: string }
  | { readonly name: "TAG"; readonly tag: Tag };

const isWordCharacter = (character: string) => /[0-9A-Za-z_-]/.test(character);
const isUriCharacter = (character: string) => /[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]]/.test(character);

/** Scans the name behind `&` or `*`. */
export function scanAnchor(cursor: Cursor): string {
  cursor.take();
  const name = cursor.takeWhile(isWordCharacter);
  const isEnded = cursor.isBlankOrEnd() || "?:,]}%@`".includes(String.fromCharCode(cursor.code()));
  if (name === "" || !isEnded) cursor.fail("did not find expected alphabetic or numeric character");
  return name;
}

/** Scans `!suffix`, `!handle!suffix` or `!<tag>`. */
export function scanTag(cursor: Cursor): Tag {
  cursor.need(2);
  const tag = cursor.is("<", 1) ? scanVerbatimTag(cursor) : scanShortTag(cursor);
  if (!cursor.isBlankOrEnd()) cursor.fail("did not find expected whitespace or line break");
  return tag;
}

function scanVerbatimTag(cursor: Cursor): Tag {
  cursor.skip(2);
  const suffix = scanTagUri(cursor, "");
  if (!cursor.is(">")) cursor.fail("did not find the expected '>'");
  cursor.take();
  return { handle: "", suffix };
}

function scanShortTag(cursor: Cursor): Tag {
  const handle = scanTagHandle(cursor);
  if (handle.length > 1 && handle.endsWith("!")) return { handle, suffix: scanTagUri(cursor, "") };
  const suffix = scanTagUri(cursor, handle);
  return suffix === "" ? { handle: "", suffix: "!" } : { handle: "!", suffix };
}

function scanTagHandle(cursor: Cursor): string {
  if (!cursor.is("!")) cursor.fail("did not find expected '!'");
  const handle = cursor.take() + cursor.takeWhile(isWordCharacter);
  return cursor.is("!") ? handle + cursor.take() : handle;
}

/** Scans a tag; `head` is what was taken for a handle and is its beginning, with a `!` before it. */
function scanTagUri(cursor: Cursor, head: string): string {
  let uri = head.slice(1), isThere = head !== "";
  while (true) {
    const more = cursor.takeWhile(isUriCharacter);
    if (more === "" && !cursor.is("%")) break;
    uri += more;
    if (cursor.is("%")) uri += scanUriEscapes(cursor);
    isThere = true;
  }
  if (!isThere) cursor.fail("did not find expected tag URI");
  return uri;
}

/** Scans the octets of one character, `%C3%BC`. */
function scanUriEscapes(cursor: Cursor): string {
  const octets: number[] = [];
  let missing = 1;
  while (missing > 0) {
    cursor.need(3);
    const digits = String.fromCharCode(cursor.code(1), cursor.code(2));
    if (!cursor.is("%") || !/^[0-9A-Fa-f]{2}$/.test(digits)) cursor.fail("did not find URI escaped octet");
    const octet = Number.parseInt(digits, 16);
    if (octets.length === 0) {
      missing = octet < 0x80 ? 1 : octet >= 0xf0 && octet < 0xf8 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 0;
      if (missing === 0 || octet >= 0xf8) cursor.fail("found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xc0) !== 0x80) cursor.fail("found an incorrect trailing UTF-8 octet");
    octets.push(octet);
    cursor.skip(3);
    missing--;
  }
  return new TextDecoder().decode(Uint8Array.from(octets));
}

/** Scans a line `%YAML 1.1` or `%TAG !handle! prefix`. */
export function scanDirective(cursor: Cursor): Directive {
  cursor.take();
  const name = cursor.takeWhile(isWordCharacter);
  if (name === "") cursor.fail("could not find expected directive name");
  if (!cursor.isBlankOrEnd()) cursor.fail("found unexpected non-alphabetical character");
  let directive: Directive;
  if (name === "YAML") directive = { name, version: scanVersion(cursor) };
  else if (name === "TAG") directive = { name, tag: scanTagDirective(cursor) };
  else cursor.fail("found unknown directive name");
  cursor.skipBlanks();
  if (cursor.is("#")) cursor.skipToBreak();
  if (!cursor.isBreakOrEnd()) cursor.fail("did not find expected comment or line break");
  cursor.takeBreak();
  return directive;
}

function scanVersion(cursor: Cursor): string {
  cursor.skipBlanks();
  const major = scanVersionNumber(cursor);
  if (!cursor.is(".")) cursor.fail("did not find expected digit or '.' character");
  cursor.take();
  return `${major}.${scanVersionNumber(cursor)}`;
}

function scanVersionNumber(cursor: Cursor): number {
  const digits = cursor.takeWhile((character) => /[0-9]/.test(character));
  if (digits.length > 2) cursor.fail("found extremely long version number");
  if (digits === "") cursor.fail("did not find expected version number");
  return Number(digits);
}

function scanTagDirective(cursor: Cursor): Tag {
  cursor.skipBlanks();
  const handle = scanTagHandle(cursor);
  if (handle !== "!" && !handle.endsWith("!")) cursor.fail("did not find expected '!'");
  if (!cursor.isBlank()) cursor.fail("did not find expected whitespace");
  cursor.skipBlanks();
  const suffix = scanTagUri(cursor, "");
  if (!cursor.isBlankOrEnd()) cursor.fail("did not find expected whitespace or line break");
  return { handle, suffix };
}
