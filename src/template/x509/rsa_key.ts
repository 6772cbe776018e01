/** RSA keys: what Go demands of one and what it computes of it. */
import { generateKeyPairSync } from "node:crypto";
import { FunctionError } from "../function.ts";
import { integer, sequence } from "./der.ts";
import { bitLength } from "./octets.ts";
import { type Shape, syntaxError, unmarshalKey } from "./unmarshal.ts";

export interface RsaPublicKey {
  readonly type: "rsa";
  readonly n: bigint;
  readonly e: bigint;
}

export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: bigint;
  /** Two, or more in keys of a form that has gone out of use. */
  readonly primes: readonly bigint[];
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInverse: bigint;
  /** For each prime after the second. */
  readonly more: readonly { readonly exponent: bigint; readonly coefficient: bigint }[];
}

/** Takes steps off the budget of the run. */
export type Spend = (steps: number) => void;

const number = (name: string, optional = false) => ({ name, shape: { kind: "bigint" }, optional }) as const;

/** The form of PKCS #1. */
export const RSA_PRIVATE_KEY: Shape = {
  kind: "struct",
  name: "pkcs1PrivateKey",
  fields: [
    { name: "version", shape: { kind: "int" } },
    number("n"),
    { name: "e", shape: { kind: "int" } },
    ...["d", "p", "q"].map((name) => number(name)),
    ...["dp", "dq", "qInverse"].map((name) => number(name, true)),
    {
      name: "more",
      shape: {
        kind: "list",
        of: { kind: "struct", name: "", fields: [number("prime"), number("exponent"), number("coefficient")] },
      },
      optional: true,
    },
  ],
};

/** A key of two primes of equal size, with the exponent 65537. Chance is the system's. */
export function generateRsaKey(bits: number): RsaPrivateKey {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: bits,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs1", format: "der" },
  });
  return parseRsaKey(new Uint8Array(privateKey), () => {}, {});
}

interface Numbers {
  readonly version: bigint;
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp?: bigint;
  readonly dq?: bigint;
  readonly qInverse?: bigint;
  readonly more?: readonly { readonly prime: bigint }[];
}

/**
 * Reads a key of PKCS #1.
 * @param others What else the bytes may be, by the name of Go's function for it.
 * @throws {FunctionError} in Go's words.
 */
export function parseRsaKey(bytes: Uint8Array, spend: Spend, others: Readonly<Record<string, Shape>>): RsaPrivateKey {
  const { value, rest } = unmarshalKey(bytes, RSA_PRIVATE_KEY, others);
  if (rest > 0) throw syntaxError("trailing data");
  const { version, n, e, d, p, q, dp, dq, qInverse, more = [] } = value as unknown as Numbers;
  if (version > 1n) throw new FunctionError("x509: unsupported private key version");
  if ([n, d, p, q, dp, dq, qInverse].some((number) => number !== undefined && number <= 0n)) {
    throw new FunctionError("x509: private key contains zero or negative value");
  }
  if (more.some(({ prime }) => prime <= 0n)) {
    throw new FunctionError("x509: private key contains zero or negative prime");
  }
  const key = { type: "rsa", n, e, d } as const;
  const primes = [p, q, ...more.map(({ prime }) => prime)];
  spend(checkingSteps([n, d, ...primes]));
  if (more.length > 0) return withManyPrimes(key, primes);
  if (dp !== undefined && dq !== undefined && qInverse !== undefined) {
    [n, p, q].forEach(checkModulus);
    checkBelow(d, n);
    checkBelow(qInverse, p);
    return checked({ ...key, primes, dp, dq, qInverse, more: [] });
  }
  spend(powerSteps(p));
  return completed(key, primes);
}

/** What dividing such numbers costs, and finding inverses if there are more of them than a usual key has. */
function checkingSteps(numbers: readonly bigint[]): number {
  const size = numbers.reduce((bits, number) => bits + bitLength(number), 0) / 1024;
  const isUsual = numbers.length === 4;
  return Math.ceil(size ** 2 * (isUsual ? 1 : 300) + size * numbers.length);
}

/** What `power` costs. */
export function powerSteps(modulus: bigint): number {
  return Math.ceil(2700 * (bitLength(modulus) / 1024) ** 3);
}

type Essentials = Pick<RsaPrivateKey, "type" | "n" | "e" | "d">;

function withManyPrimes(key: Essentials, primes: readonly bigint[]): RsaPrivateKey {
  checkModulus(key.n);
  checkBelow(key.d, key.n);
  checkPublicKey(key);
  if (primes.some((prime) => prime <= 1n)) throw new FunctionError("crypto/rsa: prime factor is <= 1");
  const [p, q, ...rest] = primes as [bigint, bigint, ...bigint[]];
  const qInverse = inverseOf(q, p);
  let product = p * q;
  const more = rest.map((prime) => {
    const coefficient = inverseOf(product, prime);
    product *= prime;
    return { exponent: key.d % (prime - 1n), coefficient };
  });
  return { ...key, primes, dp: key.d % (p - 1n), dq: key.d % (q - 1n), qInverse, more };
}

/** The key with what can be computed of its numbers. */
function completed(key: Essentials, primes: readonly bigint[]): RsaPrivateKey {
  const [p, q] = primes as [bigint, bigint];
  [key.n, p, q].forEach(checkModulus);
  checkBelow(key.d, key.n);
  [p - 1n, q - 1n].forEach(checkModulus);
  if (p % 2n === 0n) throw new FunctionError("crypto/rsa: p is even");
  // By Fermat's little theorem, as in Go: what is no prime is found out by the checks.
  const qInverse = power(q, p - 2n, p);
  return checked({ ...key, primes, dp: key.d % (p - 1n), dq: key.d % (q - 1n), qInverse, more: [] });
}

function checkModulus(value: bigint): void {
  if (value <= 1n) throw new FunctionError("modulus must be > 1");
}

/** Go keeps numbers in as many words of 64 bits as the modulus has, and says so if one needs more of them. */
function checkBelow(value: bigint, modulus: bigint): void {
  if (value < modulus) return;
  const fits = bitLength(value) <= 64 * Math.ceil(bitLength(modulus) / 64);
  throw new FunctionError(`input overflows the modulus${fits ? "" : " size"}`);
}

function checkPublicKey({ n, e }: RsaPublicKey): void {
  if (n % 2n === 0n) throw new FunctionError("crypto/rsa: public modulus is even");
  if (e < 2n) throw new FunctionError("crypto/rsa: public exponent too small or negative");
  if (e % 2n === 0n) throw new FunctionError("crypto/rsa: public exponent is even");
  if (e > 0x7fffffffn) throw new FunctionError("crypto/rsa: public exponent too large");
}

/** Checks a key of two primes as Go does before it uses one. */
function checked(key: RsaPrivateKey): RsaPrivateKey {
  checkPublicKey(key);
  const { n, e, d, dp, dq, qInverse } = key;
  const [p, q] = key.primes as [bigint, bigint];
  const fail = (what: string): never => {
    throw new FunctionError(`crypto/rsa: ${what}`);
  };
  if (p >= n || q >= n) fail("invalid prime");
  if (p * q % n !== 0n) fail("p * q != n");
  for (const [prime, exponent] of [[p, dp], [q, dq]] as const) {
    if (prime <= 2n) fail("invalid prime");
    if (exponent >= prime - 1n || exponent * e % (prime - 1n) !== 1n) fail("invalid CRT exponent");
  }
  if (qInverse * q % p !== 1n) fail("invalid CRT coefficient");
  if (d % (p - 1n) !== dp) fail("d does not match dP");
  if (d % (q - 1n) !== dq) fail("d does not match dQ");
  if (p === q) fail("p == q");
  const half = Math.floor(bitLength(n) / 2);
  if (bitLength(p > q ? p - q : q - p) <= half - 100) fail("|p - q| too small");
  if (bitLength(d) <= half) fail("d too small");
  return key;
}

/** The key in the form of PKCS #1. */
export function encodeRsaKey({ n, e, d, primes, dp, dq, qInverse, more }: RsaPrivateKey): Uint8Array {
  const [p, q, ...rest] = primes as [bigint, bigint, ...bigint[]];
  const version = more.length > 0 ? 1n : 0n;
  const numbers = [version, n, e, d, p, q, dp, dq, qInverse].map(integer);
  if (more.length === 0) return sequence(...numbers);
  const others = more.map(({ exponent, coefficient }, i) =>
    sequence(integer(rest[i]!), integer(exponent), integer(coefficient))
  );
  return sequence(...numbers, sequence(...others));
}

/** `base` to the power of `exponent` modulo `modulus`. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus, square = base % modulus;
  for (const bit of [...exponent.toString(2)].reverse()) {
    if (bit === "1") result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

/** The number whose product with `value` is 1 modulo `modulus`. @throws {FunctionError} if there is none. */
function inverseOf(value: bigint, modulus: bigint): bigint {
  let [a, b] = [modulus, value % modulus], [x, y] = [0n, 1n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  if (a !== 1n) throw new FunctionError("crypto/rsa: prime factors are not relatively prime");
  return x < 0n ? x + modulus : x;
}
