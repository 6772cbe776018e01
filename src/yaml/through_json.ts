/** What becomes of a value on the way of sigs.k8s.io/yaml's Marshal, which writes JSON and reads that as YAML. */
import { isJsonObject, type Json, setField } from "../json/json.ts";

/** A value that sigs.k8s.io/yaml can't write: its way leads through JSON that is read as YAML. */
export class YamlWriteError extends Error {
  override name = "YamlWriteError";
}

/** A key that is longer, in JSON and with its quotes, isn't known for one. */
const MAX_KEY_LENGTH = 1024;
/** JSON holds these characters as they are, YAML doesn't take them. */
const REFUSED = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;
/** A line break of YAML that JSON holds as it is. */
const BREAK = "\u0085";

/**
 * The value that is written: lines at U+0085 are folded. The given one stays as it is.
 *
 * @throws {YamlWriteError} for U+007F, U+0080–U+009F, U+FFFE, U+FFFF, for keys that are very long or hold a line break, and
 * where a line of a text is the mark of a document's end.
 */
export function throughJson(value: Json): Json {
  if (typeof value === "string") return folded(value);
  if (Array.isArray(value)) return value.map(throughJson);
  if (!isJsonObject(value)) return value;
  const result = {};
  for (const key of Object.keys(value)) {
    checkKey(key);
    setField(result, key, throughJson(value[key]!));
  }
  return result;
}

function checkKey(key: string): void {
  checkCharacters(key);
  if (key.includes(BREAK)) throw new YamlWriteError("a key holds a line break of Unicode, U+0085");
  // In JSON a character takes up to six, and two more units would be one that isn't in the basic plane.
  if (key.length > MAX_KEY_LENGTH / 6 - 2 && quotedLength(key) > MAX_KEY_LENGTH) {
    throw new YamlWriteError("a key is longer than 1,024 characters");
  }
}

function checkCharacters(text: string): void {
  if (REFUSED.test(text)) throw new YamlWriteError("yaml: control characters are not allowed");
}

/** How many characters the text has as Go writes it in JSON. */
function quotedLength(text: string): number {
  let length = 2;
  for (const character of text) {
    if ('"\\\b\f\n\r\t'.includes(character)) length += 2;
    else length += character < " " || "<>&\u2028\u2029".includes(character) ? 6 : 1;
  }
  return length;
}

/** The text with its lines joined: one break is a blank, of more the first is dropped; so are the blanks around them. */
function folded(text: string): string {
  checkCharacters(text);
  if (!text.includes(BREAK)) return text;
  const lines = text.split(BREAK);
  const last = lines.length - 1;
  const parts: string[] = [];
  let breaks = 0;
  lines.forEach((line, i) => {
    const start = i === 0 ? 0 : blanksAtStart(line);
    const end = i === last ? line.length : endWithoutBlanks(line);
    if (i > 0) breaks++;
    if (start >= end && i > 0 && i < last) return;
    if (start === 0 && i > 0 && isDocumentIndicator(line, i === last)) {
      throw new YamlWriteError("yaml: found unexpected document indicator");
    }
    if (breaks > 0) parts.push(breaks === 1 ? " " : "\n".repeat(breaks - 1));
    breaks = 0;
    parts.push(line.slice(start, end));
  });
  return parts.join("");
}

function blanksAtStart(line: string): number {
  let start = 0;
  while (line[start] === " ") start++;
  return start;
}

function endWithoutBlanks(line: string): number {
  let end = line.length;
  while (line[end - 1] === " ") end--;
  return end;
}

function isDocumentIndicator(line: string, isLast: boolean): boolean {
  const head = line.slice(0, 3);
  return (head === "---" || head === "...") && (line[3] === " " || line.length === 3 && !isLast);
}
