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

const DAY = 86_400n;
const YEARS_IN_ERA = 400n, DAYS_IN_ERA = 146_097n;
/** Go counts days from the first of March of the year minus this, without a sign, which shows beyond either end of int64. */
const ABSOLUTE_YEARS = 292_277_022_400n;
/** Seconds from there to 1970. */
const ABSOLUTE_TO_UNIX = (ABSOLUTE_YEARS / YEARS_IN_ERA * DAYS_IN_ERA + 719_468n) * DAY;

const int64 = (value: bigint) => BigInt.asIntN(64, value);
const uint64 = (value: bigint) => BigInt.asUintN(64, value);

/** The date and time that lie so many seconds after the beginning of 1970, which is an int64. */
export function dateParts(seconds: bigint): DateParts {
  const absolute = uint64(seconds + ABSOLUTE_TO_UNIX);
  const days = absolute / DAY;
  const rest = Number(absolute % DAY);
  const era = days / DAYS_IN_ERA;
  const dayOfEra = days % DAYS_IN_ERA;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  return {
    year: Number(era * YEARS_IN_ERA + yearOfEra - ABSOLUTE_YEARS + (month <= 2n ? 1n : 0n)),
    month: Number(month),
    day: Number(dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    // The first day of all was a Wednesday.
    weekday: Number((days + 3n) % 7n),
  };
}

/** Go's `norm`: the lower part within its base, what is beyond it in the higher one, which wraps as int64 does. */
function carried(higher: bigint, lower: bigint, base: bigint): [bigint, bigint] {
  const quotient = lower / base;
  const carry = lower % base < 0n ? quotient - 1n : quotient;
  return [int64(higher + carry), lower - carry * base];
}

/** Days from Go's first one; as uint64, whose wrapping moves years far beyond the calendar by some days. */
function absoluteDays(year: bigint, month: bigint, day: bigint): bigint {
  const isBeforeMarch = month < 3n;
  const monthFromMarch = isBeforeMarch ? month + 9n : month - 3n;
  const years = uint64(year - (isBeforeMarch ? 1n : 0n) + ABSOLUTE_YEARS);
  const century = years / 100n, yearOfCentury = years % 100n;
  const daysOfCenturies = uint64(146_097n * century) / 4n;
  const dayOfCentury = 1461n * yearOfCentury / 4n + (153n * monthFromMarch + 2n) / 5n;
  return uint64(daysOfCenturies + dayOfCentury + day - 1n);
}

/** Seconds since 1970 of a date whose parts are int64 and may be out of their range, exactly as Go's time.Date has it. */
export function secondsOf(
  parts: Readonly<Record<keyof Omit<DateParts, "weekday">, number | bigint>>,
): bigint {
  const [year, months] = carried(BigInt(parts.year), int64(BigInt(parts.month) - 1n), 12n);
  const [minutes, second] = carried(BigInt(parts.minute), BigInt(parts.second), 60n);
  const [hours, minute] = carried(BigInt(parts.hour), minutes, 60n);
  const [day, hour] = carried(BigInt(parts.day), hours, 24n);
  const days = absoluteDays(year, months + 1n, day);
  return int64(days * DAY + hour * 3600n + minute * 60n + second - ABSOLUTE_TO_UNIX);
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
