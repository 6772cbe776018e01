/** Sprig's functions of time and chance that need nothing but the world of the run. */
import { type CallContext, FunctionError } from "../function.ts";
import { type GoInt, goInt } from "../value.ts";
import { type Family, fn, intOf } from "./define.ts";

/** Texts of characters, each as likely as any other. */
function randomText(count: number, alphabet: string, context: CallContext): string {
  context.reserve(Math.max(0, count));
  let text = "";
  const limit = 256 - (256 % alphabet.length);
  while (text.length < count) {
    context.spend(1);
    for (const byte of context.world.randomBytes(count - text.length)) {
      if (byte < limit) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", DIGITS = "0123456789";
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
const random = (alphabet: string) => fn(["int"], ([count], context) => randomText(intOf(count), alphabet, context));

export const randomness: Family = {
  randAlpha: random(LETTERS),
  randNumeric: random(DIGITS),
  randAlphaNum: random(LETTERS + DIGITS),
  randAscii: random(ASCII),
  randInt: fn(["int", "int"], ([min, max], context) => {
    const from = (min as GoInt).value;
    // Go's int wraps around: a range of more than half of all is none.
    const range = BigInt.asIntN(64, (max as GoInt).value - from);
    if (range <= 0n) throw new FunctionError("invalid argument to Intn");
    return goInt(from + BigInt(`0x${context.world.randomBytes(16).toHex()}`) % range);
  }),
  uuidv4: fn([], (_args, context) => {
    const bytes = context.world.randomBytes(16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }),
};
