/** Sveltos's module `sprig`: a part of sprig's functions, which are those of templates. Texts are byte strings. */
import { Buffer } from "node:buffer";
import { RE2JSException } from "re2js";
import { parseFloat64 } from "../../json/read_number.ts";
import { compilePattern, PatternTooLarge } from "../../regex/compile.ts";
import { bytesOf, textOf } from "../../template/bytes.ts";
import { DEFAULT_LIMITS, LimitError } from "../../template/budget.ts";
import { type CallContext, FunctionError } from "../../template/function.ts";
import { durationOrZero, formatDuration, roundDuration } from "../../template/functions/duration.ts";
import { functionTable } from "../../template/functions/table.ts";
import { joinUrl, urlFields } from "../../template/functions/urls.ts";
import { LongText } from "../../template/long_text.ts";
import { quoteText } from "../../template/quote.ts";
import { GoInt, goInt, GoList, type Value } from "../../template/value.ts";
import { bytesOfString, byteStringOf } from "../../template/byte_string.ts";
import { power, toInt } from "../go/numbers.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "../host_value.ts";
import { MAX_BYTES, MAX_ITEMS, tooLarge } from "./runes.ts";

export interface ModuleWorld {
  seconds(): number;
  /** Absent: what wants chance is refused by name. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /** Looks at the time of the evaluation; what it throws ends it. */
  tick(): void;
}

const SECOND = 1_000_000_000n;
const MAX_INT64 = 2n ** 63n - 1n, MIN_INT64 = -(2n ** 63n);

/** Functions that are sprig's own with the same arguments: one result. */
const SAME = [
  ...[
    "abbrev",
    "abbrevboth",
    "adler32sum",
    "b32enc",
    "b64enc",
    "base",
    "bcrypt",
    "camelcase",
    "clean",
    "derivePassword",
    "dir",
  ],
  ...[
    "ext",
    "genPrivateKey",
    "htpasswd",
    "indent",
    "initials",
    "isAbs",
    "kebabcase",
    "nindent",
    "nospace",
    "osBase",
    "osClean",
    "osDir",
    "osExt",
  ],
  ...["osIsAbs", "sha1sum", "sha256sum", "sha512sum", "shuffle", "snakecase", "swapcase", "toDecimal", "trunc"],
  ...["untitle", "wrap"],
];
/** With a second result: nil, or why there is no first. */
const FALLIBLE = ["encryptAES", "semverCompare"];
const REGEX = ["regexFind", "regexFindAll", "regexMatch", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit"];

/** What they give is another thing each time. */
const BY_CHANCE = ["bcrypt", "encryptAES", "genPrivateKey", "htpasswd", "randInt", "shuffle"];

/** The fields of a URL's table, in the order in which the module gives them. */
export const URL_KEYS = ["scheme", "host", "path", "query", "opaque", "fragment", "userinfo"];

/** The host's functions of the module. */
export function sprigFunctions(world: ModuleWorld): Record<string, HostFunction> {
  const context = contextOf(world);
  const call = (name: string) => (...args: HostValue[]) => callTemplateFunction(name, args, context);
  const decryptAES = call("decryptAES");
  const functions: Record<string, HostFunction> = {
    b32dec: decoded("b32dec", decodeBase32),
    b64dec: decoded("b64dec", decodeBase64),
    ago: (seconds) => ago(world.seconds(), seconds as number),
    // Only bad base64 is a result; whatever else is wrong raises.
    decryptAES: (...args) => fallible(() => decryptAES(...args), /^illegal base64 data/),
    duration: (seconds) => formatDuration(BigInt.asIntN(64, wholeOf(seconds) * SECOND)),
    durationRound: (duration) =>
      roundDuration(typeof duration === "string" ? durationOrZero(text(duration)) : wholeOf(duration)),
    plural: (one, many, count) => count === 1 ? one : many,
    quote: (list) => joined(list, (one) => bytes(quoteText(text(one)))),
    squote: (list) => joined(list, (one) => `'${one}'`),
    randInt: (least, end) => randomInt(least as number, end as number, world),
    round: (value, places, from) => round(floatOf(value), places as number, (from as number | undefined) ?? 0.5),
    seq: (list) => sequence((list as HostList).list.map((number) => BigInt(toInt(number as number)))),
    sortAlpha: (list) => ({ list: [...textsOf(list)].sort((a, b) => a < b ? -1 : a > b ? 1 : 0) }),
    substr: (start, end, value) => substring(start as number, end as number, value as string),
    urlJoin: (...fields) => ofUrl(() => bytes(joinUrl((key) => text(fields[URL_KEYS.indexOf(key)])))),
    urlParse: (url) => ofUrl(() => ({ map: urlFields(text(url)).map(([key, value]) => [key, bytes(value)] as const) })),
    wrapWith: (width, value, lineBreak) => call("wrapWith")(width, lineBreak, value),
  };
  for (const name of SAME) functions[name] = call(name);
  for (const name of FALLIBLE) functions[name] = (...args) => fallible(() => call(name)(...args));
  for (const name of REGEX) {
    const must = call(`must${name[0]!.toUpperCase()}${name.slice(1)}`);
    functions[name] = (...args) => checkPattern(args[0]) ?? fallible(() => must(...args));
  }
  if (!world.randomBytes) { for (const name of BY_CHANCE) functions[name] = refuseChance(name); }
  return functions;
}

/** Zeros in the place of chance would make salts and keys that everybody knows. */
function refuseChance(name: string): HostFunction {
  return () => {
    throw new HostError(
      `sprig.${name} is not available in this sandbox: it wants chance, and a script has to give the same result for the ` +
        `same resources; templates have ${name}`,
    );
  };
}

/** The result and nil, or nil and the message of an error that says one of the expected things. */
function fallible(run: () => HostValue, expected = /^/): readonly HostValue[] {
  try {
    return [run(), undefined];
  } catch (error) {
    if (error instanceof HostError && expected.test(error.message)) return [undefined, error.message];
    throw error;
  }
}

// The functions of templates

/** Steps between two looks at the time. */
const TICK_STEPS = 10_000;

/** What a template's function gets of its run: no budget of steps here, but the time of the evaluation. */
function contextOf(world: ModuleWorld): CallContext {
  let steps = 0;
  return {
    world: { now: () => new Date(world.seconds() * 1000), randomBytes: (count) => chanceOf(world)(count) },
    limits: DEFAULT_LIMITS,
    spend(count) {
      steps += count;
      if (steps < TICK_STEPS) return;
      steps = 0;
      world.tick();
    },
    reserve(length) {
      if (!(length <= MAX_BYTES)) throw tooLarge();
    },
  };
}

function text(value: HostValue): string {
  return typeof value === "string" ? textOf(bytesOfString(value)) : "";
}

function bytes(value: string): string {
  return byteStringOf(bytesOf(value));
}

function callTemplateFunction(name: string, args: readonly HostValue[], context: CallContext): HostValue {
  const function_ = functionTable.get(name);
  if (!function_ || "refused" in function_) throw new HostError(`${name} is not available yet`);
  const values = args.map((arg, i) => argumentOf(arg, function_.parameters[i] ?? function_.variadic ?? ""));
  try {
    return resultOf(function_.call(values, context));
  } catch (error) {
    if (error instanceof FunctionError || error instanceof LimitError) throw new HostError(bytes(error.message));
    throw error;
  }
}

function argumentOf(value: HostValue, type: string): Value {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return type === "float64" ? value : goInt(toInt(value));
  return typeof value === "boolean" ? value : null;
}

function resultOf(value: Value): HostValue {
  if (typeof value === "string") return bytes(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof GoInt) return value.toNumber();
  if (!(value instanceof GoList)) return undefined;
  if (value.items.length > MAX_ITEMS) throw tooLarge();
  return { list: value.items.map(resultOf) };
}

// Encodings

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
  BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes that are not part of an encoding. */
class CorruptInput extends Error {
  constructor(readonly at: number) {
    super();
  }
}

/** A decoder's text and nil, or nil and a message that begins with its name. */
function decoded(name: string, decode: (encoded: string) => string): HostFunction {
  return (encoded) => {
    try {
      return [decode(encoded as string), undefined];
    } catch (error) {
      if (!(error instanceof CorruptInput)) throw error;
      return [undefined, `${name}: illegal base${name.slice(1, 3)} data at input byte ${error.at}`];
    }
  };
}

/** Standard base64 with padding; line breaks in it don't count. @throws {CorruptInput} */
function decodeBase64(encoded: string): string {
  const at = base64ErrorAt(encoded);
  if (at >= 0) throw new CorruptInput(at);
  return byteStringOf(Buffer.from(encoded.replace(/[\r\n]/g, ""), "base64"));
}

/** Where Go stops reading base64; -1 where it reads all. */
function base64ErrorAt(encoded: string): number {
  const afterBreaks = (at: number) => {
    while (encoded[at] === "\n" || encoded[at] === "\r") at++;
    return at;
  };
  let digits = 0;
  for (let at = afterBreaks(0); at < encoded.length; at = afterBreaks(at + 1)) {
    if (BASE64.includes(encoded[at]!)) {
      digits = (digits + 1) % 4;
      continue;
    }
    if (encoded[at] !== "=" || digits < 2) return at;
    let next = at + 1;
    if (digits === 2) {
      next = afterBreaks(next);
      if (next === encoded.length) return next;
      if (encoded[next] !== "=") return next - 1;
      next++;
    }
    next = afterBreaks(next);
    return next < encoded.length ? next : -1;
  }
  return digits === 0 ? -1 : encoded.length - digits;
}

/** Standard base32 with padding; line breaks in it don't count. @throws {CorruptInput} */
function decodeBase32(encoded: string): string {
  const text = encoded.replace(/[\r\n]/g, "");
  const bytes = new Uint8Array(Math.ceil(text.length / 8) * 5);
  let length = 0, value = 0, bits = 0, digits = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "=" && digits >= 2 && text.length - at <= 8) {
      checkBase32Padding(text, at, digits);
      digits = 0;
      break;
    }
    const digit = BASE32.indexOf(text[at]!);
    if (digit < 0) throw new CorruptInput(at);
    value = (value << 5 | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = value >> bits;
    }
    digits = (digits + 1) % 8;
  }
  if (digits > 0) throw new CorruptInput(text.length - digits);
  return byteStringOf(bytes.subarray(0, length));
}

/** Checks what stands from the first `=` on, after so many digits of a group. Go doesn't look behind the group. */
function checkBase32Padding(text: string, at: number, digits: number): void {
  const missing = 7 - digits;
  if (text.length - at - 1 < missing) throw new CorruptInput(text.length);
  for (let i = 0; i < missing; i++) if (text[at + 1 + i] !== "=") throw new CorruptInput(at + i);
  // So many digits are no whole number of bytes.
  if (digits === 3 || digits === 6) throw new CorruptInput(at);
}

// Regular expressions

/** Why a pattern is none, as second result; undefined where it is one. @throws {HostError} for what takes too long. */
function checkPattern(pattern: HostValue): readonly HostValue[] | undefined {
  const source = text(pattern);
  if (!source.isWellFormed()) return [undefined, `error parsing regexp: invalid UTF-8: \`${pattern}\``];
  try {
    compilePattern(source);
  } catch (error) {
    if (error instanceof PatternTooLarge) throw new HostError(error.message);
    if (!(error instanceof RE2JSException)) throw error;
    // Go quotes the place, which here is the end.
    const isAtEnd = error.message.endsWith("trailing backslash at end of expression");
    return [undefined, bytes(isAtEnd ? `${error.message}: \`\`` : error.message)];
  }
  return undefined;
}

// Numbers and times

/** Go's int64 of a value that is a number or, in decimal, a text; 0 for anything else. */
function wholeOf(value: HostValue): bigint {
  if (typeof value === "number") return BigInt(toInt(value));
  if (typeof value !== "string" || !/^[+-]?[0-9]+$/.test(value)) return 0n;
  // Go gives the nearest int64, and sprig doesn't look at the error. Longer texts are out of range in any case.
  if (value.length > 100 && /[1-9]/.test(value.slice(0, -30))) return value.startsWith("-") ? MIN_INT64 : MAX_INT64;
  const whole = BigInt(value.replace("+", ""));
  return whole > MAX_INT64 ? MAX_INT64 : whole < MIN_INT64 ? MIN_INT64 : whole;
}

function floatOf(value: HostValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? parseFloat64(value) ?? 0 : 0;
}

/** Go's time.Since, which ends at the longest duration. */
function ago(now: number, then: number): string {
  const nanoseconds = (BigInt(toInt(now)) - BigInt(toInt(then))) * SECOND;
  return formatDuration(nanoseconds > MAX_INT64 ? MAX_INT64 : nanoseconds < MIN_INT64 ? MIN_INT64 : nanoseconds);
}

/** Sprig's round: the digit goes up where the rest is at least `from`. */
function round(value: number, places: number, from: number): number {
  const scale = power(10, places), digits = scale * value;
  return (digits % 1 >= from ? Math.ceil(digits) : Math.floor(digits)) / scale;
}

function chanceOf({ randomBytes }: ModuleWorld): (count: number) => Uint8Array {
  if (!randomBytes) throw new Error("a function that wants chance is not in the list of those");
  return randomBytes;
}

function randomInt(least: number, end: number, world: ModuleWorld): number {
  if (end <= least) return least;
  const random = chanceOf(world)(16).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  return Number(BigInt(least) + random % (BigInt(end) - BigInt(least)));
}

/** Sprig's seq: whole numbers from the first to the last, in steps, as one text. */
function sequence(numbers: readonly bigint[]): string {
  if (numbers.length < 1 || numbers.length > 3) return "";
  const start = numbers.length === 1 ? 1n : numbers[0]!, end = numbers.at(-1)!;
  const isDown = end < start;
  const step = numbers.length === 3 ? numbers[1]! : isDown ? -1n : 1n;
  if (isDown ? step >= 0n : step <= 0n) return "";
  const length = (end - start) / step + 1n;
  if (length > BigInt(MAX_ITEMS)) throw tooLarge();
  const text = new LongText();
  for (let i = 0n; i < length; i++) text.add(i === 0n ? String(start) : ` ${start + i * step}`);
  return text.toString();
}

// Texts

/** Bytes `start` to `end` (exclusive), as far as there are any. */
function substring(start: number, end: number, value: string): string {
  return end < 0 ? "" : value.slice(Math.max(0, start), Math.max(0, start, end));
}

function textsOf(list: HostValue): readonly string[] {
  return (list as HostList).list as readonly string[];
}

function joined(list: HostValue, show: (one: string) => string): string {
  const shown: string[] = [];
  let length = 0;
  for (const one of textsOf(list)) {
    const piece = show(one);
    length += piece.length + 1;
    if (length > MAX_BYTES) throw tooLarge();
    shown.push(piece);
  }
  return shown.join(" ");
}

function ofUrl(run: () => HostValue): HostValue {
  try {
    return run();
  } catch (error) {
    if (error instanceof FunctionError) throw new HostError(bytes(error.message));
    throw error;
  }
}
