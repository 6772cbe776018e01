/** PEM as Go's encoding/pem finds and writes it. */
import { Buffer } from "node:buffer";
import { asByteUnits, fromByteUnits } from "../functions/define.ts";
import { base64Bytes } from "../functions/base_encodings.ts";

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BEGIN = "-----BEGIN ", END = "\n-----END ", DASHES = "-----";
const LINE_LENGTH = 64;

/** The first block of a text; undefined where there is none. Headers are let go. */
export function decodePem(text: string): PemBlock | undefined {
  const units = asByteUnits(text);
  // `trailer` is where the type stands again, after the END that was found last.
  for (let start = 0, trailer = 0;;) {
    if (trailer < start) return undefined;
    start = trailer;
    const end = units.indexOf(END, start);
    if (end < 0) return undefined;
    trailer = end + END.length;
    // The last BEGIN before the END: those before it have none of their own.
    const begin = units.slice(start, end).lastIndexOf(BEGIN);
    if (begin < 0 || begin > 0 && units[start + begin - 1] !== "\n") continue;
    const typeLine = lineAt(units, start + begin + BEGIN.length);
    start = typeLine.next;
    if (!typeLine.text.endsWith(DASHES)) continue;
    const type = typeLine.text.slice(0, -DASHES.length);
    const body = afterHeaders(units, start);
    if (body === undefined) return undefined;
    if (body > start && end < body) {
      start = body;
      continue;
    }
    start = body;
    if (!units.startsWith(type, trailer) || !endsWithDashes(units, trailer, type)) continue;
    const bytes = end > start ? base64Bytes(units.slice(start, end).replace(/[ \t\r\n]/g, "")) : new Uint8Array();
    if (typeof bytes === "string") continue;
    return { type: fromByteUnits(type), bytes };
  }
}

/** Where the lines with a colon end; undefined if they go on to the end of the text. */
function afterHeaders(units: string, start: number): number | undefined {
  for (let at = start;;) {
    if (at >= units.length) return undefined;
    const { text, next } = lineAt(units, at);
    if (!text.includes(":")) return at;
    at = next;
  }
}

/** Whether five dashes come after the type of an END line, and nothing but spaces after them. */
function endsWithDashes(units: string, trailer: number, type: string): boolean {
  const at = trailer + type.length;
  return units.startsWith(DASHES, at) && lineAt(units, at + DASHES.length).text === "";
}

/** The line without spaces and tabs at its end, and where the next one begins. */
function lineAt(units: string, start: number): { readonly text: string; readonly next: number } {
  const lineBreak = units.indexOf("\n", start);
  let end = lineBreak < 0 ? units.length : lineBreak;
  const next = lineBreak < 0 ? end : end + 1;
  if (lineBreak > start && units[end - 1] === "\r") end--;
  while (end > start && (units[end - 1] === " " || units[end - 1] === "\t")) end--;
  return { text: units.slice(start, end), next };
}

/** A block as text, with a line break at its end. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString("base64");
  let lines = "";
  for (let at = 0; at < base64.length; at += LINE_LENGTH) lines += `${base64.slice(at, at + LINE_LENGTH)}\n`;
  return `${BEGIN}${type}${DASHES}\n${lines}${END.slice(1)}${type}${DASHES}\n`;
}
