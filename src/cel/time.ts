/**
 * Timestamps and durations as cel-go has them, which are Go's: RFC 3339 read strictly, durations such as `1h30m`, years 1
 * to 9999, nanoseconds in int64. Time zones are IANA names or offsets.
 */
import { Failure } from "./evaluation.ts";
import { Duration, Timestamp } from "./value.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const SECOND = 1_000_000_000n;
const DAY_SECONDS = 86_400;

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const MIN_SECONDS = -62_135_596_800;
const MAX_SECONDS = 253_402_300_799;

const timestampOverflow = () => new Failure("timestamp overflow");

export function timestampFromSeconds(seconds: bigint): Timestamp | Failure {
  if (seconds < BigInt(MIN_SECONDS) || seconds > BigInt(MAX_SECONDS)) return timestampOverflow();
  return new Timestamp(Number(seconds), 0, 0);
}

const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Reads `2006-01-02T15:04:05.999Z` or with an offset; digits beyond nanoseconds are dropped, as Go does. */
export function parseTimestamp(text: string): Timestamp | Failure {
  const match = RFC_3339.exec(text);
  if (!match) return new Failure("the text is no RFC 3339 timestamp");
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (day > daysInMonth(year, month)) return new Failure("the text is no RFC 3339 timestamp: no such day");
  const offset = (match[8] === "-" ? -1 : 1) * (Number(match[9] ?? 0) * 3600 + Number(match[10] ?? 0) * 60);
  const local = daysBefore(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
  const seconds = local - offset;
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return timestampOverflow();
  return new Timestamp(seconds, Number((match[7] ?? "").slice(0, 9).padEnd(9, "0")), offset + 0);
}

/** RFC 3339 in the timestamp's own zone, with as many fraction digits as it needs. */
export function formatTimestamp(timestamp: Timestamp): string {
  const { offset, nanos } = timestamp;
  const { year, month, day, hour, minute, second } = fieldsOf(timestamp, offset);
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  const time = `${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}`;
  return `${String(year).padStart(4, "0")}-${pad(month)}-${pad(day)}T${time}${formatOffset(offset)}`;
}

function formatOffset(offset: number): string {
  if (offset === 0) return "Z";
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

export interface DateFields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 1 to 366. */
  readonly dayOfYear: number;
  /** 0 is Sunday. */
  readonly dayOfWeek: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Date and time at a place `offset` seconds east of UTC. */
export function fieldsOf(timestamp: Timestamp, offset: number): DateFields {
  const local = timestamp.seconds + offset;
  const days = Math.floor(local / DAY_SECONDS);
  const time = local - days * DAY_SECONDS;
  const { year, month, day } = dateOf(days);
  return {
    year,
    month,
    day,
    dayOfYear: days - daysBefore(year, 1, 1) + 1,
    // 1970-01-01 was a Thursday.
    dayOfWeek: ((days + 4) % 7 + 7) % 7,
    hour: Math.floor(time / 3600),
    minute: Math.floor(time / 60) % 60,
    second: time % 60,
  };
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970-01-01 to the date. */
function daysBefore(year: number, month: number, day: number): number {
  const past = year - 1;
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  let days = past * 365 + leapDays - 719_162;
  for (let m = 1; m < month; m++) days += daysInMonth(year, m);
  return days + day - 1;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year, 1, 1) > days) year--;
  while (daysBefore(year + 1, 1, 1) <= days) year++;
  let rest = days - daysBefore(year, 1, 1);
  let month = 1;
  while (rest >= daysInMonth(year, month)) rest -= daysInMonth(year, month++);
  return { year, month, day: rest + 1 };
}

/** Seconds east of UTC at that time in an IANA zone or at an offset such as `+02:00`; names are case-sensitive, as in Go. */
export function zoneOffset(timestamp: Timestamp, zone: string): number | Failure {
  if (zone.includes(":")) return parseOffset(zone);
  // "Local" is UTC in Sveltos's containers, which set no zone.
  if (zone === "" || zone === "UTC" || zone === "Local") return 0;
  if (!/^[A-Z]/.test(zone)) return new Failure("unknown time zone");
  try {
    const time = new Temporal.ZonedDateTime(BigInt(timestamp.seconds) * SECOND, zone);
    if (time.timeZoneId !== zone) return new Failure("unknown time zone");
    return time.offsetNanoseconds / 1e9;
  } catch (error) {
    if (error instanceof RangeError) return new Failure("unknown time zone");
    throw error;
  }
}

function parseOffset(zone: string): number | Failure {
  const colon = zone.indexOf(":");
  const hours = zone.slice(0, colon), minutes = zone.slice(colon + 1);
  const wrong = new Failure("a time zone offset must be ±hours:minutes, from -23:59 to +23:59");
  if (!/^[+-]?\d+$/.test(hours) || !/^[+-]?\d+$/.test(minutes)) return wrong;
  const hour = Number(hours), minute = Number(minutes);
  if (Math.abs(hour) > 23 || minute < 0 || minute > 59) return wrong;
  return (zone.startsWith("-") ? hour * 60 - minute : hour * 60 + minute) * 60;
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", SECOND],
  ["m", 60n * SECOND],
  ["h", 3600n * SECOND],
]);

const NUMBER_AND_UNIT = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** Reads `1h30m`, `-1.5s`, `0`, as Go's time.ParseDuration. */
export function parseDuration(text: string): Duration | Failure {
  const wrong = new Failure("the text is no duration such as 1h30m or 1.5s");
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const body = text.slice(sign.length);
  if (body === "0") return new Duration(0n);
  if (body === "") return wrong;
  let total = 0n;
  NUMBER_AND_UNIT.lastIndex = 0;
  while (NUMBER_AND_UNIT.lastIndex < body.length) {
    const match = NUMBER_AND_UNIT.exec(body);
    if (!match) return wrong;
    const [, whole, fraction, unitName] = match as unknown as [string, string, string | undefined, string];
    const unit = UNITS.get(unitName);
    if (unit === undefined || (whole === "" && (fraction ?? "") === "")) return wrong;
    const digits = whole.replace(/^0+/, "");
    if (digits.length > 19) return wrong;
    const amount = BigInt(digits) * unit + fractionOf(fraction ?? "", unit);
    total += amount;
    if (total > 2n ** 63n) return wrong;
  }
  const nanos = sign === "-" ? -total : total;
  return nanos > INT64_MAX ? wrong : new Duration(nanos);
}

/** Go reads the digits of a fraction as far as they fit in int64, and multiplies as float64. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > (2n ** 63n - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > 2n ** 63n) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Seconds as a decimal number and `s`: `5400s`, `0.001s`. */
export function formatDuration({ nanos }: Duration): string {
  // By way of float64, as cel-go does: beyond 2^53 ns the last digits are those of the double.
  return `${decimal(Number(nanos / SECOND) + Number(nanos % SECOND) / 1e9)}s`;
}

/** The shortest decimal form without an exponent. */
function decimal(value: number): string {
  const [mantissa, exponentText] = Math.abs(value).toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const point = Number(exponentText) + 1;
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (point <= 0) return value === 0 ? `${sign}0` : `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The duration in units of `unit` nanoseconds, cut off; by way of float64 as in Go. */
export function durationIn({ nanos }: Duration, unit: bigint): bigint {
  return BigInt(Math.trunc(Number(nanos / unit) + Number(nanos % unit) / Number(unit)));
}

function duration(nanos: bigint): Duration | Failure {
  return nanos > INT64_MAX || nanos < INT64_MIN ? new Failure("integer overflow") : new Duration(nanos);
}

export function addDuration(a: Duration, b: Duration): Duration | Failure {
  return duration(a.nanos + b.nanos);
}

export function subtractDuration(a: Duration, b: Duration): Duration | Failure {
  return duration(a.nanos - b.nanos);
}

export function negateDuration({ nanos }: Duration): Duration | Failure {
  return duration(-nanos);
}

/** The timestamp so much later, in its own zone. */
export function addToTimestamp(timestamp: Timestamp, { nanos }: Duration): Timestamp | Failure {
  const sum = instantOf(timestamp) + nanos;
  const rest = ((sum % SECOND) + SECOND) % SECOND;
  const seconds = Number((sum - rest) / SECOND);
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return timestampOverflow();
  return new Timestamp(seconds, Number(rest), timestamp.offset);
}

export function durationBetween(from: Timestamp, to: Timestamp): Duration | Failure {
  return duration(instantOf(to) - instantOf(from));
}

/** Nanoseconds since the epoch. */
function instantOf({ seconds, nanos }: Timestamp): bigint {
  return BigInt(seconds) * SECOND + BigInt(nanos);
}
