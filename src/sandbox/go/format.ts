/** gopher-lua's `string.format`: Go's fmt.Sprintf over Lua's values, which print themselves in ways of their own. */
import { bytesOf, textOf } from "../../template/bytes.ts";
import type { Budgeted, Printer } from "../../template/print.ts";
import { type OperandKind, sprintf, sprintfOperands } from "../../template/printf.ts";
import { goInt64, type Value } from "../../template/value.ts";
import { bytesOfString, byteStringOf } from "../../template/byte_string.ts";
import { HostError } from "../host_value.ts";
import { formatNumber, parseNumber, toInt } from "./numbers.ts";

/** Strings are byte strings. Values that are none of Lua's plain ones come with what `tostring` prints for them. */
export type FormatArgument = string | number | boolean | undefined | OtherValue;
export interface OtherValue {
  readonly type: "table" | "function" | "userdata" | "thread";
  readonly text: string;
}

const MAX_LENGTH = 16 * 1024 * 1024;
const BUDGET: Budgeted = {
  spend() {},
  reserve(length: number) {
    if (length > MAX_LENGTH) throw new HostError("the result of string.format is too long");
  },
};

/**
 * @param tick Called for each value that is printed; what it throws ends the work.
 * @throws {HostError} for results beyond 16 MiB.
 */
export function luaFormat(format: string, args: readonly FormatArgument[], tick: () => void = () => {}): string {
  // gopher-lua passes only as many values as it counts percent signs.
  const count = format.split("%").length - 1 - (format.split("%%").length - 1);
  const operands = args.slice(0, Math.max(0, Math.min(count, args.length)));
  const kind: OperandKind<FormatArgument> = {
    ...LUA_VALUES,
    print(value, verb, printer) {
      tick();
      LUA_VALUES.print(value, verb, printer);
    },
  };
  const text = sprintfOperands(textOfBytes(format), operands, BUDGET, kind);
  return byteStringOf(bytesOf(text));
}

function textOfBytes(bytes: string): string {
  // deno-lint-ignore no-control-regex -- ASCII is what it looks for
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  return textOf(bytesOfString(bytes));
}

const LUA_VALUES: OperandKind<FormatArgument> = {
  isNil: () => false,
  typeName,
  // None of Lua's types is an integer type of Go.
  integer: () => undefined,
  print(value, verb, printer) {
    if (verb === "T") return printer.printOperand(typeName(value), "s");
    switch (typeof value) {
      case "number":
        return printNumber(value, verb, printer);
      case "string":
        return printString(value, verb, printer);
      case "boolean":
        return printBoolean(value, verb, printer);
    }
    if (value === undefined) return printNil(verb, printer);
    printOther(value as OtherValue, verb, printer);
  },
};

function typeName(value: FormatArgument): string {
  switch (typeof value) {
    case "number":
      return "lua.LNumber";
    case "string":
      return "lua.LString";
    case "boolean":
      return "lua.LBool";
  }
  if (value === undefined) return "*lua.LNilType";
  return {
    table: "*lua.LTable",
    function: "*lua.LFunction",
    userdata: "*lua.LUserData",
    thread: "*lua.LState",
  }[value.type];
}

function printNumber(value: number, verb: string, printer: Printer): void {
  const integer = () => goInt64(BigInt(toInt(value)));
  switch (verb) {
    case "p":
    case "w":
      return printBad("lua.LNumber", value, verb, printer);
    case "q":
    case "s":
      return printer.printOperand(formatNumber(value), verb);
    case "i":
      return printer.printOperand(integer(), "d");
    case "b":
    case "c":
    case "d":
    case "o":
    case "x":
    case "X":
    case "U":
      return printer.printOperand(integer(), verb);
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return printer.printOperand(value, verb);
  }
  printWithVerb(value === toInt(value) ? integer() : value, verb, printer);
}

function printString(value: string, verb: string, printer: Printer): void {
  const text = textOfBytes(value);
  switch (verb) {
    case "p":
    case "w":
      return printBad("lua.LString", text, verb, printer);
    case "d":
    case "i":
      // gopher-lua: a text that is a number prints as text, any other as 0.
      if (parseNumber(value) === undefined) return printer.printOperand(goInt64(0n), "d");
      return printer.printOperand(text, "s");
  }
  printWithVerb(text, verb, printer);
}

/** Characters that are no verb where gopher-lua writes flags, width, precision and verb into a format of its own. */
const READ_AS_FORMAT = /^[-+# 0-9.*[]$/;

function printWithVerb(value: Value, verb: string, printer: Printer): void {
  if (!READ_AS_FORMAT.test(verb)) return printer.printOperand(value, verb);
  const { space, sharp, sharpV, plus, plusV, minus, zero, width, precision } = printer.flags;
  const flags = [space && " ", (sharp || sharpV) && "#", (plus || plusV) && "+", minus && "-", zero && "0"]
    .filter((flag) => flag !== false).join("");
  const format = `%${flags}${width ?? ""}${precision === undefined ? "" : `.${precision}`}${verb}`;
  printer.write(sprintf(format, [value], printer.budget));
}

/** Go's report of a verb that does not fit, with the value under the flags of the verb. */
function printBad(type: string, value: Value, verb: string, printer: Printer): void {
  printer.write(`%!${verb}(${type}=`);
  printer.printOperand(value, "v");
  printer.write(")");
}

function printBoolean(value: boolean, verb: string, printer: Printer): void {
  switch (verb) {
    case "t":
      return printer.printOperand(value, "t");
    case "v":
      return printer.printOperand(printer.flags.sharpV ? value : String(value), "v");
  }
  if ("sxXq".includes(verb)) return printer.printOperand(String(value), verb);
  printBad("lua.LBool", value, verb, printer);
}

/** gopher-lua's nil is a pointer to a struct without fields, which knows its text. */
function printNil(verb: string, printer: Printer): void {
  const { sharpV } = printer.flags;
  if ("vsxXq".includes(verb) && !sharpV) return printer.printOperand("nil", verb === "v" ? "s" : verb);
  const struct = sharpV ? "&lua.LNilType{}" : "&{}";
  printer.write(verb === "w" ? `%!w(*lua.LNilType=${struct})` : struct);
}

/** Go's Stringer: verbs for texts print the text, `%p` the address in it, others show what they can't do. */
function printOther(value: OtherValue, verb: string, printer: Printer): void {
  const { text } = value;
  if ("vsxXq".includes(verb)) return printer.printOperand(textOfBytes(text), verb === "v" ? "s" : verb);
  if (verb !== "p") return printer.write(`%!${verb}(${typeName(value)}=${text})`);
  const { flags } = printer;
  flags.sharp = !flags.sharp;
  printer.printOperand(goInt64(BigInt(/0x[0-9a-f]{1,16}$/.exec(text)?.[0] ?? 0)), "x");
}
