/** Texts, times and names of hosts in certificates: which ones Go takes. */
import { parseTime, TimeParseError } from "../../time/parse_time.ts";
import { UTC_OFFSET } from "../../time/zones.ts";
import { textOf } from "../bytes.ts";
import { FunctionError } from "../function.ts";
import { formatInstant } from "../functions/time_value.ts";
import { TAG } from "./der.ts";
import type { DerElement, DerReader } from "./der_reader.ts";
import { unitsOf } from "./octets.ts";

/** Ends the reading of something of a certificate. @throws {FunctionError} */
export function refuse(what: string): never {
  throw new FunctionError(`x509: ${what}`);
}

/** Reads on over a time. @throws {FunctionError} in Go's words. */
export function checkTime(reader: DerReader): void {
  if (reader.isAt(TAG.utcTime)) {
    const text = reader.read(TAG.utcTime);
    const isTime = text && ["060102150405Z0700", "0601021504Z0700"].some((layout) => isWritten(unitsOf(text), layout));
    if (!isTime) refuse("malformed UTCTime");
  } else if (reader.isAt(TAG.generalizedTime)) {
    const text = reader.read(TAG.generalizedTime);
    if (!text || !isWritten(unitsOf(text), "20060102150405Z0700")) refuse("malformed GeneralizedTime");
  } else refuse("unsupported time format");
}

/** Whether a text is what the layout makes of the time that it makes of the text. */
function isWritten(text: string, layout: string): boolean {
  try {
    const { zone = UTC_OFFSET, ...instant } = parseTime(layout, text);
    return formatInstant({ ...instant, zone }, layout) === text;
  } catch (error) {
    if (error instanceof TimeParseError) return false;
    throw error;
  }
}

/** Checks the value of an attribute of a name. @throws {FunctionError} in Go's words. */
export function checkAttributeValue({ tag, content }: DerElement): void {
  const fail = (what: string) => refuse(`invalid RDNSequence: invalid attribute value: ${what}`);
  switch (tag) {
    case TAG.t61String:
      return;
    case TAG.printableString:
      // With `*` and `&`, which are none of it, but are in certificates.
      if (!/^[A-Za-z0-9'()+,\-./ :=?*&]*$/.test(unitsOf(content))) fail("invalid PrintableString");
      return;
    case TAG.utf8String:
      if (!textOf(content).isWellFormed()) fail("invalid UTF-8 string");
      return;
    case TAG.bmpString:
      if (!isBmpString(content)) fail("invalid BMPString");
      return;
    case TAG.ia5String:
      if (!isAscii(content)) fail("invalid IA5String");
      return;
    case TAG.numericString:
      if (!/^[0-9 ]*$/.test(unitsOf(content))) fail("invalid NumericString");
      return;
  }
  fail(`unsupported string type: ${tag}`);
}

function isBmpString(content: Uint8Array): boolean {
  if (content.length % 2 !== 0) return false;
  const end = content.at(-1) === 0 && content.at(-2) === 0 ? content.length - 2 : content.length;
  for (let at = 0; at < end; at += 2) {
    const point = content[at]! * 256 + content[at + 1]!;
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    if (isSurrogate || point >= 0xfdd0 && point <= 0xfdef || point >= 0xfffe) return false;
  }
  return true;
}

export function isAscii(content: Uint8Array): boolean {
  return content.every((byte) => byte < 0x80);
}

/** Whether Go takes a text for a domain: labels of visible characters. @param isConstraint A dot may come first. */
export function isDomain(text: string, isConstraint: boolean): boolean {
  if (text === "") return true;
  if (text.endsWith(".")) return false;
  const name = isConstraint && text.startsWith(".") ? text.slice(1) : text;
  return /^[!-~]*$/.test(name) && !name.startsWith(".") && !name.includes("..");
}

// deno-lint-ignore no-control-regex -- these are what Go takes
const QUOTED = /[\x01-\x08\x0b\x0c\x0e-!#-[\]-\x7f]/, ESCAPED = /[\x01-\x09\x0b\x0c\x0e-\x7f]/;
const ATOM = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]/;

/** Whether a text is a mailbox, `local@domain`, as Go takes it. The text is ASCII. */
export function isMailbox(text: string): boolean {
  const isQuoted = text.startsWith('"');
  let local = "", at = isQuoted ? 1 : 0;
  while (at < text.length && (isQuoted ? text[at] !== '"' : text[at] === "\\" || ATOM.test(text[at]!))) {
    const isEscape = text[at] === "\\";
    const character = text[isEscape ? at + 1 : at];
    if (character === undefined || isQuoted && !(isEscape ? ESCAPED : QUOTED).test(character)) return false;
    local += character;
    at += isEscape ? 2 : 1;
  }
  if (isQuoted) at++;
  else if (local === "" || local.startsWith(".") || local.endsWith(".") || local.includes("..")) return false;
  if (text[at] !== "@") return false;
  const domain = text.slice(at + 1);
  return domain === "" || /^[!-~]+$/.test(domain) && domain.split(".").every((label) => label !== "");
}
