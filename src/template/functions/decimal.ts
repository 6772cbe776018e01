/** Decimal numbers of any length, as shopspring/decimal calculates for sprig: exact sums and products, 16 digits in quotients. */
import { FunctionError } from "../function.ts";

/** `coefficient` · 10^`exponent`. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const DIVISION_DIGITS = 16;

/** The shortest decimal that is read as this float. @throws {FunctionError} for NaN and infinities. */
export function decimalFromFloat(value: number): Decimal {
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    throw new FunctionError(`Cannot create a Decimal from ${name}`);
  }
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const [whole, fraction = ""] = mantissa.split(".") as [string, string?];
  return { coefficient: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The nearest float. */
export function floatFromDecimal({ coefficient, exponent }: Decimal): number {
  return coefficient === 0n ? 0 : Number(`${coefficient}e${exponent}`);
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { coefficient: scaled(a, exponent) + scaled(b, exponent), exponent };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, { ...b, coefficient: -b.coefficient });
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** The quotient with 16 digits behind the point, rounded half away from zero. @throws {FunctionError} for a zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new FunctionError("decimal division by 0");
  const shift = a.exponent - b.exponent + DIVISION_DIGITS;
  const dividend = shift >= 0 ? a.coefficient * power(shift) : a.coefficient;
  const divisor = shift >= 0 ? b.coefficient : b.coefficient * power(-shift);
  const quotient = dividend / divisor, rest = dividend % divisor;
  const roundsAway = magnitude(rest) * 2n >= magnitude(divisor);
  const isNegative = (dividend < 0n) !== (divisor < 0n);
  const coefficient = roundsAway ? quotient + (isNegative ? -1n : 1n) : quotient;
  return { coefficient, exponent: -DIVISION_DIGITS };
}

function scaled({ coefficient, exponent }: Decimal, to: number): bigint {
  return coefficient * power(exponent - to);
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
