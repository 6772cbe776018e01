/** Go's fmt.Sprintf: reads the format and prints operands by its verbs. It never fails over a wrong format, as in Go. */
import { type Budgeted, noFlags, Printer } from "./print.ts";
import { GoInt, typeOf, type Value } from "./value.ts";

/** Go's fmt.Sprintf. What doesn't fit shows in the text, as in Go: `%!d(float64=3)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. */
export function sprintf(format: string, values: readonly Value[], budget: Budgeted): string {
  return sprintfOperands(format, values, budget, VALUES);
}

/** How operands of a kind are printed. */
export interface OperandKind<T> {
  isNil(operand: T): boolean;
  /** Go's name of its type. */
  typeName(operand: T): string;
  /** The value of an operand that may be a width or precision: Go wants an integer type. */
  integer(operand: T): number | undefined;
  print(operand: T, verb: string, printer: Printer): void;
}

/** Go's fmt.Sprintf for operands that print themselves in a way of their own (Go's Formatter, Stringer). */
export function sprintfOperands<T>(
  format: string,
  operands: readonly T[],
  budget: Budgeted,
  kind: OperandKind<T>,
): string {
  const printer = new Printer(budget);
  new FormatReader(format, operands, printer, kind).run();
  return printer.finish();
}

const VALUES: OperandKind<Value> = {
  isNil: (value) => value === null || value === undefined,
  typeName: (value) => typeOf(value),
  integer: (value) => value instanceof GoInt ? value.toNumber() : undefined,
  print: (value, verb, printer) => printer.printOperand(value, verb),
};

/** Walks a format text: flags, argument indexes, widths, precisions and verbs. */
class FormatReader<T> {
  #at = 0;
  #operand = 0;
  #hasReordered = false;
  #isGoodIndex = true;
  #isAfterIndex = false;
  /** Where the next `]` stands, -1 where there is none: known ahead, since a format may open brackets without end. */
  #close = 0;

  constructor(
    readonly format: string,
    readonly operands: readonly T[],
    readonly printer: Printer,
    readonly kind: OperandKind<T>,
  ) {}

  run(): void {
    const { format, printer } = this;
    while (this.#at < format.length) {
      const percent = format.indexOf("%", this.#at);
      const end = percent < 0 ? format.length : percent;
      if (end > this.#at) printer.write(format.slice(this.#at, end));
      if (percent < 0) break;
      this.#at = percent + 1;
      printer.flags = noFlags();
      this.#isGoodIndex = true;
      this.#isAfterIndex = false;
      this.#readFlags();
      this.#readIndex();
      this.#readWidth();
      this.#readPrecision();
      if (!this.#isAfterIndex) this.#readIndex();
      if (this.#at >= format.length) {
        printer.write("%!(NOVERB)");
        break;
      }
      this.#printVerb();
    }
    this.#printExtra();
  }

  #readFlags(): void {
    const { flags } = this.printer;
    for (;; this.#at++) {
      switch (this.format[this.#at]) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = true;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** `[3]`: the next operand by number. */
  #readIndex(): void {
    this.#isAfterIndex = false;
    if (this.format[this.#at] !== "[") return;
    this.#hasReordered = true;
    if (this.#close >= 0 && this.#close < this.#at) this.#close = this.format.indexOf("]", this.#at);
    const close = this.#close;
    if (this.format.length - this.#at < 3 || close < 0) {
      this.#isGoodIndex = false;
      this.#at++;
      return;
    }
    const text = this.format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const isNumber = /^[0-9]+$/.test(text) && !isTooLong(text);
    this.#isAfterIndex = isNumber;
    const index = Number(text) - 1;
    if (isNumber && index >= 0 && index < this.operands.length) this.#operand = index;
    else this.#isGoodIndex = false;
  }

  #readWidth(): void {
    const { flags } = this.printer;
    if (this.format[this.#at] === "*") {
      this.#at++;
      flags.width = this.#integerOperand();
      if (flags.width === undefined) this.printer.write("%!(BADWIDTH)");
      else if (flags.width < 0) {
        flags.width = -flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      this.#isAfterIndex = false;
      return;
    }
    flags.width = this.#readNumber();
    if (this.#isAfterIndex && flags.width !== undefined) this.#isGoodIndex = false;
  }

  #readPrecision(): void {
    if (this.format[this.#at] !== "." || this.#at + 1 >= this.format.length) return;
    this.#at++;
    if (this.#isAfterIndex) this.#isGoodIndex = false;
    this.#readIndex();
    const { flags } = this.printer;
    if (this.format[this.#at] !== "*") {
      flags.precision = this.#readNumber() ?? 0;
      return;
    }
    this.#at++;
    const precision = this.#integerOperand();
    flags.precision = precision === undefined || precision < 0 ? undefined : precision;
    if (flags.precision === undefined) this.printer.write("%!(BADPREC)");
    this.#isAfterIndex = false;
  }

  #readNumber(): number | undefined {
    const digits = /^[0-9]*/.exec(this.format.slice(this.#at))![0];
    if (digits === "") return undefined;
    if (isTooLong(digits)) {
      // Go gives up on the whole rest of the format.
      this.#at = this.format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  #integerOperand(): number | undefined {
    const operand = this.operands[this.#operand];
    if (this.#operand < this.operands.length) this.#operand++;
    const value = operand === undefined ? undefined : this.kind.integer(operand);
    return value === undefined || Math.abs(value) > MAX_NUMBER ? undefined : value;
  }

  #printVerb(): void {
    const { printer } = this;
    const character = String.fromCodePoint(this.format.codePointAt(this.#at)!);
    this.#at += character.length;
    // Go reads a byte that is not UTF-8 as this character.
    const verb = character.toWellFormed();
    if (verb === "%") return printer.write("%");
    if (!this.#isGoodIndex) return printer.write(`%!${verb}(BADINDEX)`);
    if (this.#operand >= this.operands.length) return printer.write(`%!${verb}(MISSING)`);
    if (verb === "v" || verb === "w") {
      const { flags } = printer;
      flags.sharpV = flags.sharp;
      flags.sharp = false;
      flags.plusV = flags.plus;
      flags.plus = false;
    }
    this.kind.print(this.operands[this.#operand++] as T, verb, printer);
  }

  #printExtra(): void {
    if (this.#hasReordered || this.#operand >= this.operands.length) return;
    const { printer, kind } = this;
    printer.flags = noFlags();
    printer.write("%!(EXTRA ");
    this.operands.slice(this.#operand).forEach((operand, i) => {
      if (i > 0) printer.write(", ");
      if (kind.isNil(operand)) return printer.write("<nil>");
      printer.write(`${kind.typeName(operand)}=`);
      kind.print(operand, "v", printer);
    });
    printer.write(")");
  }
}

/** Go takes a larger width or precision operand for a mistake. */
const MAX_NUMBER = 1_000_000;

/** Go checks a number in the format before each digit, which lets one digit more pass. */
function isTooLong(digits: string): boolean {
  return Math.floor(Number(digits) / 10) > MAX_NUMBER;
}
