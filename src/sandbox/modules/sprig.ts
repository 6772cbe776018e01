/** Sveltos's module `sprig`: a part of sprig's functions, which are those of templates. Texts are byte strings. */
import { bytesOf, textOf } from "../../template/bytes.ts";
import { DEFAULT_LIMITS, LimitError } from "../../template/budget.ts";
import { type CallContext, FunctionError } from "../../template/function.ts";
import { formatDuration } from "../../template/functions/durations.ts";
import { functionTable } from "../../template/functions/table.ts";
import { joinUrl, urlFields } from "../../template/functions/urls.ts";
import { GoInt, goInt, GoList, type Value } from "../../template/value.ts";
import { bytesOfString, byteStringOf } from "../bytes.ts";
import { HostError, type HostFunction, type HostList, type HostValue } from "../host_value.ts";

export interface ModuleWorld {
  seconds(): number;
  randomBytes(count: number): Uint8Array;
}

const SECOND = 1_000_000_000n;
/** What one call of a function may make. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Functions that are sprig's own with the same arguments: one result. */
const SAME = [
  ...[
    "abbrev",
    "abbrevboth",
    "adler32sum",
    "b32enc",
    "b64enc",
    "base",
    "dir",
    "clean",
    "ext",
    "isAbs",
    "osBase",
    "osDir",
  ],
  ...[
    "osClean",
    "osExt",
    "osIsAbs",
    "camelcase",
    "kebabcase",
    "snakecase",
    "swapcase",
    "untitle",
    "initials",
    "nospace",
  ],
  ...[
    "shuffle",
    "derivePassword",
    "indent",
    "nindent",
    "randInt",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "substr",
    "trunc",
  ],
  ...["wrap", "toDecimal", "durationRound"],
];
/** With a second result: nil, or why there is no first. */
const FALLIBLE = ["encryptAES", "decryptAES", "semverCompare"];
/** The same, under the names of those that report errors. */
const MUST = ["regexFind", "regexFindAll", "regexMatch", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit"];

/** The host's functions of the module. */
export function sprigFunctions(world: ModuleWorld): Record<string, HostFunction> {
  const context = contextOf(world);
  const call = (name: string) => (...args: HostValue[]) => callTemplateFunction(name, args, context);
  const fallible = (run: HostFunction): HostFunction => (...args) => {
    try {
      return [run(...args) as HostValue, undefined];
    } catch (error) {
      if (error instanceof HostError) return [undefined, error.message];
      throw error;
    }
  };
  const functions: Record<string, HostFunction> = {};
  for (const name of SAME) functions[name] = call(name);
  for (const name of FALLIBLE) functions[name] = fallible(call(name));
  for (const name of MUST) functions[name] = fallible(call(`must${name[0]!.toUpperCase()}${name.slice(1)}`));
  return {
    ...functions,
    b32dec: decoded("b32dec", call("b32dec")),
    b64dec: decoded("b64dec", call("b64dec")),
    ago: (seconds) =>
      formatDuration((BigInt(Math.trunc(world.seconds())) - BigInt(Math.trunc(seconds as number))) * SECOND),
    duration: (seconds) => formatDuration(BigInt.asIntN(64, BigInt(Math.trunc(seconds as number)) * SECOND)),
    plural: (one, many, count) => count === 1 ? one : many,
    quote: (list) => texts(list).map((text) => call("quote")(text)).join(" "),
    squote: (list) => texts(list).map((text) => `'${text}'`).join(" "),
    seq: (list) => call("seq")(...(list as HostList).list),
    sortAlpha: (list) => ({ list: [...texts(list)].sort((a, b) => a < b ? -1 : a > b ? 1 : 0) }),
    round: (value, places, from) => round(value as number, places as number, from as number),
    urlJoinFields: (...fields) => url(() => joinUrl((key) => text(fields[URL_KEYS.indexOf(key)]))),
    urlParse: (text_) =>
      url(() => ({ map: urlFields(text(text_)).map(([key, value]) => [key, bytes(value)] as const) })),
    wrapWith: (width, text_, separator) => call("wrapWith")(width, separator, text_),
    bcrypt: () => refuse("bcrypt is not available yet"),
    htpasswd: () => refuse("htpasswd is not available yet"),
    genPrivateKey: () => refuse("genPrivateKey is not available yet"),
  };
}

/** The fields of a URL's table, in the order in which the module gives them. */
export const URL_KEYS = ["scheme", "host", "path", "query", "opaque", "fragment", "userinfo"];

function refuse(message: string): never {
  throw new HostError(message);
}

function contextOf(world: ModuleWorld): CallContext {
  return {
    world: { now: () => new Date(world.seconds() * 1000), randomBytes: (count) => world.randomBytes(count) },
    limits: DEFAULT_LIMITS,
    spend() {},
    reserve(length) {
      if (length > MAX_BYTES) throw new LimitError(`the result is larger than ${MAX_BYTES} bytes`);
    },
  };
}

function text(value: HostValue): string {
  return typeof value === "string" ? textOf(bytesOfString(value)) : "";
}

function bytes(value: string): string {
  return byteStringOf(bytesOf(value));
}

function texts(list: HostValue): string[] {
  return (list as HostList).list.filter((one) => one !== undefined).map((one) =>
    typeof one === "string" ? one : String(one)
  );
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
  if (typeof value === "number") return type === "float64" ? value : goInt(Math.trunc(value));
  return typeof value === "boolean" ? value : null;
}

function resultOf(value: Value): HostValue {
  if (typeof value === "string") return bytes(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof GoInt) return value.toNumber();
  if (value instanceof GoList) return { list: value.items.map(resultOf) };
  return undefined;
}

/** Decoders give a text, or nil and a message that begins with their name. */
function decoded(name: string, call: HostFunction): HostFunction {
  return (text_) => {
    const result = call(text_) as string;
    if (/^illegal base(64|32) data at input byte \d+$/.test(result)) return [undefined, `${name}: ${result}`];
    return [result, undefined];
  };
}

function round(value: number, places: number, from: number): number {
  const scale = 10 ** places;
  const digits = scale * value;
  const fraction = digits % 1;
  return (fraction >= from ? Math.ceil(digits) : Math.floor(digits)) / scale;
}

function url(run: () => HostValue): HostValue {
  try {
    const result = run();
    return typeof result === "string" ? bytes(result) : result;
  } catch (error) {
    if (error instanceof FunctionError) throw new HostError(bytes(error.message));
    throw error;
  }
}
