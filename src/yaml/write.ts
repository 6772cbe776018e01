/**
 * Writes YAML byte for byte as Go does: sigs.k8s.io/yaml's Marshal (go-yaml v2, for manifests and `toYaml`) and go-yaml v3
 * (for Sveltos's `copy`, `setField`, `removeField`). No anchors, no comments, no flow style but `[]` and `{}`.
 */
import { Float64, type Json } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { binaryText } from "./binary.ts";
import { compareKeys } from "./key_order.ts";
import {
  analyzeText,
  isBreak,
  isPrintable,
  type ScalarStyle,
  styleOf,
  type TextRules,
  type TextShape,
} from "./scalar_style.ts";
import { throughJson } from "./through_json.ts";

export { YamlWriteError } from "./through_json.ts";

/** What the two versions of go-yaml do differently. */
interface Layout extends TextRules {
  /** Spaces for each level. */
  readonly step: number;
  /** Lines are folded at a blank beyond this column. */
  readonly width: number;
  /** v2: lists below a key stand in its column, and each level is one step more. v3: levels are multiples of the step. */
  readonly isV3: boolean;
}

const SIGS: Layout = { step: 2, width: 80, isV3: false, quotesTabs: false, knowsNewOctals: false };
const GO_YAML_V3: Layout = { step: 4, width: Infinity, isV3: true, quotesTabs: true, knowsNewOctals: true };

/**
 * One document as sigs.k8s.io/yaml's Marshal writes it, with a line break at its end. Values that Marshal refuses or
 * changes on its way through JSON are written so that they read back the same: see {@link writeYamlThroughJson}.
 */
export function writeYaml(value: Json): string {
  return new Emitter(SIGS).document(value);
}

/**
 * What sigs.k8s.io/yaml's Marshal returns for any value: it reads its own JSON as YAML, see {@link throughJson}.
 *
 * @throws {YamlWriteError} where Marshal fails.
 */
export function writeYamlThroughJson(value: Json): string {
  return writeYaml(throughJson(value));
}

/** A scalar that JSON has no kind for, such as a time: its text stands as it is. */
export class PlainScalar {
  constructor(readonly text: string) {}
}

/**
 * What go-yaml v3 can be asked to write: JSON, in which a {@link PlainScalar} may stand for any value, and a Map for an object
 * whose keys keep their order. Texts may hold stray bytes, see `binary.ts`.
 */
export type YamlNode =
  | Json
  | PlainScalar
  | ReadonlyMap<string, YamlNode>
  | readonly YamlNode[]
  | { readonly [key: string]: YamlNode };

/** One document as go-yaml v3's Marshal writes it; a {@link Float64} is a float of Go, any other whole number an int. */
export function writeYamlV3(value: YamlNode): string {
  return new Emitter(GO_YAML_V3).document(value);
}

/** Where a node stands. */
type Place = "root" | "item" | "key" | "value";

/** Before the first level. */
const OUTSIDE = -1;
/** Longer keys get a line of their own, after a question mark. */
const MAX_KEY_BYTES = 128;

/** Writes one document. The column and the two flags decide where breaks and blanks are needed. */
class Emitter {
  readonly #layout: Layout;
  readonly #parts: string[] = [];
  #column = 0;
  /** The last character was a blank, a break or nothing. */
  #isAfterBlank = true;
  /** The line holds nothing but indentation and the signs of a list so far. */
  #isIndented = true;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  document(value: YamlNode): string {
    this.#node(value, OUTSIDE, "root");
    this.#indent(0);
    return this.#parts.join("");
  }

  #node(value: YamlNode, indent: number, place: Place): void {
    if (typeof value === "string") this.#text(value, indent, place);
    else if (typeof value !== "object" || value === null || value instanceof Float64) this.#sign(this.#scalar(value));
    else if (value instanceof PlainScalar) this.#plain([...value.text], indent, false);
    else if (Array.isArray(value)) {
      if (value.length === 0) this.#sign("[]");
      else this.#list(value, indent, place);
    } else {
      const entries = this.#entriesOf(value as Exclude<typeof value, readonly YamlNode[]>);
      if (entries.length === 0) this.#sign("{}");
      else this.#map(entries, indent, place);
    }
  }

  /** In the order in which they are written. */
  #entriesOf(value: ReadonlyMap<string, YamlNode> | { readonly [key: string]: YamlNode }): [string, YamlNode][] {
    if (value instanceof Map) return [...value];
    return Object.entries(value).sort(([a], [b]) => compareKeys(a, b, this.#layout.isV3));
  }

  #scalar(value: null | boolean | number | bigint | Float64): string {
    if (value instanceof Float64) {
      return this.#layout.isV3 ? floatOfV3(value.value) : floatThroughJson(value.value);
    }
    if (typeof value !== "number") return String(value);
    if (!Number.isInteger(value)) return formatFloat(value);
    return Object.is(value, -0) ? "0" : String(value);
  }

  #list(items: readonly YamlNode[], indent: number, place: Place): void {
    const { isV3 } = this.#layout;
    const inner = !isV3 && place === "value" && !this.#isIndented ? indent : this.#deeper(indent, place, false);
    for (const item of items) {
      this.#indent(inner);
      this.#sign("-", true);
      this.#node(item, inner, "item");
    }
  }

  #map(entries: readonly (readonly [string, YamlNode])[], indent: number, place: Place): void {
    const inner = this.#deeper(indent, place, false);
    for (const [key, value] of entries) {
      this.#indent(inner);
      if (this.#isSimpleKey(key)) {
        this.#text(key, inner, "key");
        this.#put(":");
        this.#isAfterBlank = this.#isIndented = false;
      } else {
        this.#sign("?", true);
        this.#text(key, inner, "value");
        this.#indent(inner);
        this.#sign(":", true);
      }
      this.#node(value, inner, "value");
    }
  }

  #isSimpleKey(key: string): boolean {
    return ![...key].some(isBreak) && new TextEncoder().encode(key).length <= MAX_KEY_BYTES;
  }

  /** The indentation one level further in; texts that go over several lines are such a level, too. */
  #deeper(indent: number, place: Place, isText: boolean): number {
    const { step, isV3 } = this.#layout;
    if (indent < 0) return isText ? step : 0;
    if (!isV3) return indent + step;
    return place === "item" ? indent + 2 : step * Math.floor((indent + step) / step);
  }

  #text(text: string, indent: number, place: Place): void {
    const isKey = place === "key";
    const inner = this.#deeper(indent, place, true);
    if (this.#layout.isV3 && !text.isWellFormed()) return this.#binary(text, inner, !isKey);
    const runes = [...text.toWellFormed()];
    const shape = analyzeText(runes, this.#layout);
    this.#write[styleOf(text, shape, isKey, this.#layout)].call(this, runes, inner, !isKey, shape);
  }

  #binary(text: string, indent: number, canFold: boolean): void {
    this.#sign("!!binary");
    const encoded = [...binaryText(text)];
    if (encoded.includes("\n")) this.#literal(encoded, indent);
    else this.#plain(encoded, indent, canFold);
  }

  readonly #write: Record<
    ScalarStyle,
    (this: Emitter, runes: readonly string[], indent: number, canFold: boolean, shape: TextShape) => void
  > = {
    plain: this.#plain,
    single: this.#singleQuoted,
    double: this.#doubleQuoted,
    literal: this.#literal,
  };

  #plain(runes: readonly string[], indent: number, canFold: boolean): void {
    if (!this.#isAfterBlank) this.#put(" ");
    this.#folded(runes, indent, canFold, false);
    this.#isAfterBlank = this.#isIndented = false;
  }

  #singleQuoted(runes: readonly string[], indent: number, canFold: boolean): void {
    this.#sign("'");
    this.#folded(runes, indent, canFold, true);
    this.#put("'");
    this.#isAfterBlank = this.#isIndented = false;
  }

  /** The characters of a text that needs no escapes; line breaks in it are those of Unicode. */
  #folded(runes: readonly string[], indent: number, canFold: boolean, isQuoted: boolean): void {
    let wasSpace = false, wasBreak = false;
    runes.forEach((rune, i) => {
      if (rune === " ") {
        const isInner = i > 0 && i < runes.length - 1 && runes[i + 1] !== " ";
        if (canFold && !wasSpace && this.#column > this.#layout.width && isInner) this.#indent(indent);
        else this.#put(rune);
        wasSpace = true;
      } else if (isBreak(rune)) {
        this.#putBreak(rune);
        wasBreak = true;
      } else {
        if (wasBreak) this.#indent(indent);
        this.#put(isQuoted && rune === "'" ? "''" : rune);
        this.#isIndented = wasSpace = wasBreak = false;
      }
    });
  }

  #doubleQuoted(runes: readonly string[], indent: number, canFold: boolean): void {
    this.#sign('"');
    // go-yaml looks for a byte order mark at the start of the text whenever it looks for one.
    const escapesAll = runes[0] === "\ufeff";
    let wasSpace = false;
    runes.forEach((rune, i) => {
      if (escapesAll || !isPrintable(rune) || isBreak(rune) || rune === '"' || rune === "\\") {
        this.#put(escapeRune(rune));
        wasSpace = false;
      } else if (rune === " ") {
        const isInner = i > 0 && i < runes.length - 1;
        if (canFold && !wasSpace && this.#column > this.#layout.width && isInner) {
          this.#indent(indent);
          if (runes[i + 1] === " ") this.#put("\\");
        } else this.#put(rune);
        wasSpace = true;
      } else {
        this.#put(rune);
        wasSpace = false;
      }
    });
    this.#put('"');
    this.#isAfterBlank = this.#isIndented = false;
  }

  #literal(runes: readonly string[], indent: number): void {
    const first = runes[0]!, last = runes.at(-1)!, lastButOne = runes.at(-2);
    const hint = first === " " || isBreak(first) ? String(this.#layout.step) : "";
    const keepsBreaks = isBreak(last) && (lastButOne === undefined || isBreak(lastButOne));
    this.#sign(`|${hint}${isBreak(last) ? keepsBreaks ? "+" : "" : "-"}`);
    // v3 leaves the break after the sign to the first character, and so loses one where that is a break itself.
    if (!this.#layout.isV3) this.#putBreak("\n");
    this.#isAfterBlank = true;
    let wasBreak = true;
    for (const rune of runes) {
      if (isBreak(rune)) {
        this.#putBreak(rune);
        wasBreak = true;
      } else {
        if (wasBreak) this.#indent(indent);
        this.#put(rune);
        this.#isIndented = wasBreak = false;
      }
    }
  }

  /** A sign or a word, with a blank before it where one is needed. */
  #sign(text: string, keepsIndentation = false): void {
    if (!this.#isAfterBlank) this.#put(" ");
    this.#put(text);
    this.#isAfterBlank = false;
    this.#isIndented &&= keepsIndentation;
  }

  #put(text: string): void {
    this.#parts.push(text);
    this.#column += text.length === 2 && text.codePointAt(0)! > 0xffff ? 1 : text.length;
  }

  #putBreak(rune: string): void {
    this.#parts.push(rune);
    this.#column = 0;
    this.#isIndented = true;
  }

  /** Goes to column `indent`, in a new line if this one holds something. */
  #indent(indent: number): void {
    if (!this.#isIndented || this.#column > indent || this.#column === indent && !this.#isAfterBlank) {
      this.#putBreak("\n");
    }
    if (this.#column < indent) this.#put(" ".repeat(indent - this.#column));
    this.#isAfterBlank = this.#isIndented = true;
  }
}

/** A float that went through JSON: a whole one below 1e21 that fits 64 bits is an integer to the YAML that is read. */
function floatOfV3(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  return Number.isFinite(value) ? formatFloat(value) : value > 0 ? ".inf" : "-.inf";
}

function floatThroughJson(value: number): string {
  if (Math.abs(value) < 1e21 && Number.isInteger(value)) {
    const digits = BigInt(String(value));
    if (BigInt.asIntN(64, digits) === digits || BigInt.asUintN(64, digits) === digits) return digits.toString();
  }
  return formatFloat(value);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u00a0", "\\_"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

function escapeRune(rune: string): string {
  const short = ESCAPES.get(rune);
  if (short !== undefined) return short;
  const code = rune.codePointAt(0)!;
  const [letter, width] = code <= 0xff ? ["x", 2] : code <= 0xffff ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(width as number, "0")}`;
}
