/** Prints values as Go's fmt does, with all verbs and flags but `%p`; `printf.ts` reads the formats. */
import { formatFloat } from "../json/number.ts";
import { VALUE_DEPTH } from "./budget.ts";
import { bytesOf, normalText, runeCount, textOf } from "./bytes.ts";
import { type FloatVerb, formatFloatVerb } from "./float_format.ts";
import { type CallContext, FunctionError } from "./function.ts";
import { LongText } from "./long_text.ts";
import { isPrintable, quoteRune, quoteText } from "./quote.ts";
import { GoComplex, GoInt, GoList, GoMap, GoStruct, GoText, typeOf, type Value } from "./value.ts";

/** What printing needs of a run: it may be made to print more than it should. */
export type Budgeted = Pick<CallContext, "spend" | "reserve">;

/** Go's fmt.Sprint: a space only between two operands that are no strings. */
export function sprint(values: readonly Value[], budget: Budgeted): string {
  if (values.length === 1 && typeof values[0] === "string") return values[0];
  const printer = new Printer(budget);
  values.forEach((value, i) => {
    if (i > 0 && !isText(value) && !isText(values[i - 1])) printer.write(" ");
    printer.printOperand(value, "v");
  });
  return printer.finish();
}

function isText(value: Value): boolean {
  return typeof value === "string" || value instanceof GoText;
}

/** Go's fmt.Sprintln. */
export function sprintln(values: readonly Value[], budget: Budgeted): string {
  const printer = new Printer(budget);
  values.forEach((value, i) => {
    if (i > 0) printer.write(" ");
    printer.printOperand(value, "v");
  });
  printer.write("\n");
  return printer.finish();
}

/** What stands between `%` and the verb. */
export interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` and `%#v`, which mean another thing than `+` and `#` for the operands within. */
  plusV: boolean;
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** No flags, width or precision. */
export function noFlags(): Flags {
  return {
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** Writes operands one after another under the flags that are set. */
export class Printer {
  readonly #text = new LongText();
  #length = 0;
  #reserved = 0;
  #isReportingBadVerb = false;
  flags: Flags = noFlags();

  constructor(readonly budget: Budgeted) {}

  finish(): string {
    return normalText(this.#text.toString());
  }

  write(text: string): void {
    this.#text.add(text);
    this.#length += text.length;
    // Asked for in portions: one request a write would cost more than the write.
    if (this.#length - this.#reserved > 4096) {
      this.budget.reserve(this.#length);
      this.#reserved = this.#length;
    }
  }

  #pad(text: string): void {
    const width = this.flags.width;
    const missing = width === undefined ? 0 : width - runeCount(text);
    if (missing <= 0) return this.write(text);
    if (!this.flags.minus) this.#writePadding(missing);
    this.write(text);
    if (this.flags.minus) this.#writePadding(missing);
  }

  #writePadding(count: number): void {
    if (count > 0) this.write((this.flags.zero && !this.flags.minus ? "0" : " ").repeat(count));
  }

  /** Padding with spaces even under the flag `0`. */
  #padWithSpaces(text: string): void {
    const { zero } = this.flags;
    this.flags.zero = false;
    this.#pad(text);
    this.flags.zero = zero;
  }

  printOperand(value: Value, verb: string): void {
    if (value === null || value === undefined) {
      if (verb === "v" || verb === "T") this.#pad("<nil>");
      else this.#badVerb(value, verb);
      return;
    }
    if (verb === "T") return this.#formatText(typeOf(value), "s", value);
    if (verb === "p") return this.#printAddress(value);
    this.#printValue(value, verb, 0);
  }

  #printAddress(value: Exclude<Value, undefined | null>): void {
    const hasAddress = value instanceof GoMap || value instanceof GoList ||
      value instanceof GoStruct && value.options.isPointer;
    if (hasAddress) throw new FunctionError("%p is not supported: a value has no address here");
    this.#badVerb(value, "p");
  }

  #printValue(value: Exclude<Value, undefined>, verb: string, depth: number): void {
    this.budget.spend(1);
    if (depth > VALUE_DEPTH) throw new FunctionError("can't print a value that is nested too deep, or contains itself");
    switch (typeof value) {
      case "string":
        return this.#formatText(value, verb, value);
      case "boolean":
        return verb === "t" || verb === "v" ? this.#pad(String(value)) : this.#badVerb(value, verb);
      case "number":
        return this.#printFloat(value, verb);
    }
    if (value === null) return this.write(this.flags.sharpV ? "interface {}(nil)" : "<nil>");
    if (value instanceof GoInt) {
      const formats = value.named !== undefined && "vsxXq".includes(verb) && !this.flags.sharpV &&
        !this.#isReportingBadVerb;
      return formats
        ? this.#formatText(value.named!.format(value.value), verb, value)
        : this.#printInteger(value, verb);
    }
    if (value instanceof GoComplex) return this.#printComplex(value, verb);
    if (value instanceof GoText) return this.#formatText(value.text, verb, value);
    if (verb === "w" && depth === 0) return this.#badVerb(value, verb);
    if (value instanceof GoMap) return this.#printMap(value, verb, depth);
    if (value instanceof GoList) return this.#printList(value, verb, depth);
    this.#printStruct(value, verb, depth);
  }

  #badVerb(value: Value, verb: string): void {
    if (value === null || value === undefined) return this.write(`%!${verb}(<nil>)`);
    this.write(`%!${verb}(${typeOf(value)}=`);
    this.#isReportingBadVerb = true;
    this.#printValue(value, "v", 0);
    this.#isReportingBadVerb = false;
    this.write(")");
  }

  #formatText(text: string, verb: string, operand: Value): void {
    switch (verb) {
      case "v":
        if (this.flags.sharpV) return this.#printQuoted(text);
        return this.#pad(this.#truncated(text));
      case "s":
        return this.#pad(this.#truncated(text));
      case "q":
        return this.#printQuoted(text);
      case "x":
      case "X":
        return this.#printHexBytes(text, verb);
    }
    this.#badVerb(operand, verb);
  }

  #truncated(text: string): string {
    const { precision } = this.flags;
    if (precision === undefined || text.length <= precision) return text;
    let end = 0;
    for (let runes = 0; runes < precision && end < text.length; runes++) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    return text.slice(0, end);
  }

  #printQuoted(text: string): void {
    const shown = this.#truncated(text);
    if (this.flags.sharp && canBackquote(shown)) return this.#pad(`\`${shown}\``);
    this.#pad(quoteText(shown, this.flags.plus));
  }

  #printHexBytes(text: string, verb: "x" | "X"): void {
    const { precision, sharp, space, width = 0 } = this.flags;
    // Each unit of the text is a byte at least.
    const bytes = precision === undefined
      ? bytesOf(text)
      : bytesOf(text.slice(0, precision + 1)).subarray(0, precision);
    if (bytes.length === 0) return this.#writePadding(width);
    this.budget.reserve(this.#length + bytes.length * (space ? sharp ? 5 : 3 : 2));
    const prefix = sharp ? "0x" : "";
    const shown = new LongText();
    bytes.forEach((byte, i) => {
      if (i > 0 && space) shown.add(" ");
      if (i === 0 || space) shown.add(prefix);
      shown.add(HEX_PAIRS[byte]!);
    });
    const digits = shown.toString();
    this.#pad(verb === "X" ? digits.toUpperCase() : digits);
  }

  #printInteger(operand: GoInt, verb: string): void {
    const { value } = operand;
    switch (verb) {
      case "v":
        if (!this.flags.sharpV || operand.isSigned) return this.#writeInteger(value, 10, verb);
        return this.#writeUnderSharp(value);
      case "d":
        return this.#writeInteger(value, 10, verb);
      case "b":
        return this.#writeInteger(value, 2, verb);
      case "o":
      case "O":
        return this.#writeInteger(value, 8, verb);
      case "x":
      case "X":
        return this.#writeInteger(value, 16, verb);
      case "c":
        return this.#pad(characterOf(value));
      case "q":
        return this.#pad(quoteRune(value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd, this.flags.plus));
      case "U":
        return this.#printCodePoint(value);
    }
    this.#badVerb(operand, verb);
  }

  #writeUnderSharp(value: bigint): void {
    const { sharp } = this.flags;
    this.flags.sharp = true;
    this.#writeInteger(value, 16, "v");
    this.flags.sharp = sharp;
  }

  #writeInteger(value: bigint, base: 2 | 8 | 10 | 16, verb: string): void {
    const { precision, width, zero, minus, plus, space, sharp } = this.flags;
    if (precision === 0 && value === 0n) {
      this.flags.zero = false;
      this.#writePadding(width ?? 0);
      this.flags.zero = zero;
      return;
    }
    const isNegative = value < 0n;
    let digits = (isNegative ? -value : value).toString(base);
    if (verb === "X") digits = digits.toUpperCase();
    let places = precision ?? 0;
    if (precision === undefined && zero && !minus && width !== undefined) {
      places = isNegative || plus || space ? width - 1 : width;
    }
    digits = digits.padStart(places, "0");
    if (sharp) digits = integerPrefix(base, verb, digits) + digits;
    if (verb === "O") digits = `0o${digits}`;
    const sign = isNegative ? "-" : plus ? "+" : space ? " " : "";
    this.#padWithSpaces(sign + digits);
  }

  #printCodePoint(value: bigint): void {
    const { precision = 4, sharp } = this.flags;
    const unsigned = BigInt.asUintN(64, value);
    let text = `U+${unsigned.toString(16).toUpperCase().padStart(Math.max(precision, 4), "0")}`;
    if (sharp && unsigned <= 0x10ffffn && isPrintable(Number(unsigned))) {
      text += ` '${String.fromCodePoint(Number(unsigned))}'`;
    }
    this.#padWithSpaces(text);
  }

  #printFloat(value: number, verb: string): void {
    const { width, precision, plus, sharp, sharpV, space } = this.flags;
    // The plain case, which nearly all are.
    if (verb === "v" && width === undefined && precision === undefined && !(plus || sharp || sharpV || space)) {
      return this.write(formatFloat(value));
    }
    const kind = FLOAT_VERBS.get(verb);
    if (kind === undefined) return this.#badVerb(value, verb);
    this.#writeFloat(value, kind.verb, precision ?? kind.precision);
  }

  #writeFloat(value: number, verb: FloatVerb, precision: number): void {
    const { plus, space, sharp, zero, minus, width } = this.flags;
    // A million digits would take minutes to make, and mean nothing behind the last that a float has.
    this.budget.reserve(precision);
    const text = formatFloatVerb(value, verb, precision);
    let digits = text.replace(/^[+-]/, "");
    const isNegative = text.startsWith("-");
    let sign = isNegative ? "-" : space && !plus ? " " : "+";
    if (!Number.isFinite(value)) {
      // Go prints +Inf with its sign in any case.
      if (Number.isNaN(value) && !space && !plus) sign = "";
      return this.#padWithSpaces(sign + digits);
    }
    if (sharp && verb !== "b") digits = withDecimalPoint(digits, verb, precision);
    if (!plus && sign === "+") return this.#pad(digits);
    if (zero && !minus && width !== undefined && width > digits.length + 1) {
      this.write(sign);
      this.#writePadding(width - digits.length - 1);
      return this.write(digits);
    }
    this.#pad(sign + digits);
  }

  #printComplex(value: GoComplex, verb: string): void {
    const kind = FLOAT_VERBS.get(verb);
    if (kind === undefined) return this.#badVerb(value, verb);
    const { plus } = this.flags;
    const precision = this.flags.precision ?? kind.precision;
    this.write("(");
    this.#writeFloat(value.real, kind.verb, precision);
    this.flags.plus = true;
    this.#writeFloat(value.imaginary, kind.verb, precision);
    this.flags.plus = plus;
    this.write("i)");
  }

  #printMap(map: GoMap, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    if (sharpV && map.isNil) return this.write(`${map.type}(nil)`);
    this.write(sharpV ? `${map.type}{` : "map[");
    map.sortedKeys().forEach((key, i) => {
      if (i > 0) this.write(sharpV ? ", " : " ");
      this.#printValue(key, verb, depth + 1);
      this.write(":");
      this.#printElement(map.get(key), verb, depth);
    });
    this.write(sharpV ? "}" : "]");
  }

  #printList(list: GoList, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    if (list.type === "[]uint8" && "sqxX".includes(verb)) {
      return this.#formatText(textOf(Uint8Array.from(list.items, (item) => (item as GoInt).toNumber())), verb, list);
    }
    if (sharpV && list.isNil) return this.write(`${list.type}(nil)`);
    this.write(sharpV ? `${list.type}{` : "[");
    list.items.forEach((item, i) => {
      if (i > 0) this.write(sharpV ? ", " : " ");
      this.#printElement(item, verb, depth);
    });
    this.write(sharpV ? "}" : "]");
  }

  #printStruct(struct: GoStruct, verb: string, depth: number): void {
    const { type } = struct;
    const { isPointer = false, isAddressable = false } = struct.options;
    const formats = type.format !== undefined &&
      (!type.formatsPointerOnly || isPointer || isAddressable && depth === 0);
    if (formats && "vsxXq".includes(verb) && !this.flags.sharpV && !this.#isReportingBadVerb) {
      return this.#formatText(type.format!(struct), verb, struct);
    }
    // Under other verbs a pointer within a value shows its address, of which there is none here.
    if (isPointer && depth > 0 && !"vbodxX".includes(verb)) return this.#badVerb(struct, verb);
    const { sharpV, plusV } = this.flags;
    if (sharpV && type.sharpFormat !== undefined) return this.#pad(this.#truncated(type.sharpFormat(struct)));
    if (isPointer) this.write("&");
    this.write(sharpV ? `${type.name}{` : "{");
    const hidden = type.hiddenValues?.(struct) ?? [];
    const names = hidden.length === 0 ? type.fields : [...type.fields, ...type.hidden!];
    [...struct.values, ...hidden].forEach((value, i) => {
      if (i > 0) this.write(sharpV ? ", " : " ");
      if (sharpV || plusV) this.write(`${names[i]}:`);
      this.#printElement(value, verb, depth);
    });
    this.write("}");
  }

  /** A part of a larger value, which lies in an interface: nil shows under any verb, and addresses are lost. */
  #printElement(value: Value, verb: string, depth: number): void {
    const element = value instanceof GoStruct ? value.copied() : value;
    this.#printValue(element ?? null, verb, depth + 1);
  }
}

const HEX_PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const FLOAT_VERBS: ReadonlyMap<string, { readonly verb: FloatVerb; readonly precision: number }> = new Map([
  ["v", { verb: "g", precision: -1 }],
  ["b", { verb: "b", precision: -1 }],
  ["g", { verb: "g", precision: -1 }],
  ["G", { verb: "G", precision: -1 }],
  ["x", { verb: "x", precision: -1 }],
  ["X", { verb: "X", precision: -1 }],
  ["f", { verb: "f", precision: 6 }],
  ["F", { verb: "f", precision: 6 }],
  ["e", { verb: "e", precision: 6 }],
  ["E", { verb: "E", precision: 6 }],
]);

function integerPrefix(base: number, verb: string, digits: string): string {
  if (base === 2) return "0b";
  if (base === 8) return digits.startsWith("0") ? "" : "0";
  return base === 16 ? verb === "X" ? "0X" : "0x" : "";
}

function characterOf(value: bigint): string {
  const isCodePoint = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isCodePoint ? String.fromCodePoint(Number(value)) : "\ufffd";
}

/** The flag `#` of floats: a decimal point in any case, and the zeros that `%g` takes away. */
function withDecimalPoint(digits: string, verb: FloatVerb, precision: number): string {
  const isHex = verb === "x" || verb === "X";
  const [, mantissa, exponent] = (isHex ? /^(.*?)([pP].*)?$/ : /^(.*?)([eE].*)?$/).exec(digits)!;
  // Go counts the digits it must show: for the verbs with significant digits, from the first that isn't zero.
  let missing = verb === "g" || verb === "G" || verb === "x" ? (precision === -1 ? 6 : precision) : 0;
  missing -= mantissa!.replace(".", "").replace(/^0+/, "").length;
  let text = mantissa!;
  if (!text.includes(".")) {
    if (text === "0") missing--;
    text += ".";
  }
  return text + "0".repeat(Math.max(missing, 0)) + (exponent ?? "");
}

function canBackquote(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code === 0xfeff || code === 0x60 || code === 0x7f || code < 0x20 && code !== 0x09) return false;
    if (code >= 0xd800 && code <= 0xdfff) return false;
  }
  return true;
}
