/** The Gregorian calendar, continued in both directions as Go and gopher-lua have it. All times are without a zone. */

export const DAYS: readonly string[] = [
  ...["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
];
export const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"],
  ...["November", "December"],
];

export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 for Sunday. */
  readonly weekday: number;
}

const DAYS_IN_ERA = 146_097n;

/** Days since 1970 of a date; `month` is 1 to 12, `day` may be of another month. */
function daysOf(year: bigint, month: bigint, day: bigint): bigint {
  const shifted = month <= 2n ? year - 1n : year;
  const era = floorDivide(shifted, 400n);
  const yearOfEra = shifted - era * 400n;
  const monthFromMarch = (month + 9n) % 12n;
  const dayOfYear = (153n * monthFromMarch + 2n) / 5n + day - 1n;
  const dayOfEra = yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - 719_468n;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The date and time that lie so many seconds after the beginning of 1970. */
export function dateParts(seconds: bigint): DateParts {
  const days = floorDivide(seconds, 86_400n);
  const rest = Number(seconds - days * 86_400n);
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, DAYS_IN_ERA);
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  return {
    year: Number(yearOfEra + era * 400n + (month <= 2n ? 1n : 0n)),
    month: Number(month),
    day: Number(dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: Number(((days + 4n) % 7n + 7n) % 7n),
  };
}

/** Seconds since 1970 of a date whose parts may be out of their range, as Go's time.Date normalises them; they wrap as int64 does. */
export function secondsOf(
  { year, month, day, hour, minute, second }: Readonly<Record<keyof Omit<DateParts, "weekday">, number | bigint>>,
): bigint {
  const months = BigInt(month) - 1n;
  const years = floorDivide(months, 12n);
  const days = daysOf(BigInt(year) + years, months - years * 12n + 1n, 1n) + BigInt(day) - 1n;
  const seconds = days * 86_400n + BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second);
  return BigInt.asIntN(64, seconds);
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** A year as Go writes it: four digits at least, after the sign. */
export function fourDigits(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

/** The last two digits of a year, which has no sign there. */
export function shortYear(year: number): string {
  return twoDigits(Math.abs(year) % 100);
}
