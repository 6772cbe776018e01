/** Go's time.Time as a template's value, with the methods that templates may call. */
import { dateParts, DAYS, MONTHS, secondsOf } from "../../time/gregorian.ts";
import { formatTime, type ShownTime } from "../../time/layout.ts";
import { quoteForTime } from "../../time/parse_time.ts";
import { UTC_OFFSET, type ZoneOffset } from "../../time/zones.ts";
import { FunctionError } from "../function.ts";
import {
  GoInt,
  goInt,
  goInt64,
  GoStruct,
  type GoType,
  type Method,
  type NamedIntType,
  type StructMethod,
  type StructType,
  type Value,
} from "../value.ts";
import { asByteUnits, fromByteUnits } from "./define.ts";
import { formatDuration, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND } from "./duration.ts";

/** What a {@link GoStruct} of the type time.Time holds. Without a reading of the monotonic clock, which `now` has in Go. */
export interface Instant {
  /** Since the beginning of 1970. */
  readonly seconds: bigint;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  readonly zone: ZoneOffset;
}

/** Go's time.Local where Sveltos's controllers run, which have no zone of their own: UTC, but not the same for `eq`. */
export const LOCAL: ZoneOffset = { offset: 0, abbreviation: "UTC" };

/** The zero time.Time, 0001-01-01. */
export const ZERO_INSTANT: Instant = { seconds: -62_135_596_800n, nanoseconds: 0, zone: UTC_OFFSET };

/** What Go's time.Time.String writes. */
const STRING_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";
const JSON_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00";

export function timeValue(instant: Instant): GoStruct {
  return new GoStruct(TIME, [], { host: instant });
}

export function isTime(value: Value): value is GoStruct {
  return value instanceof GoStruct && value.type === TIME && !value.options.isPointer;
}

export function instantOf(time: Value): Instant {
  return (time as GoStruct).options.host as Instant;
}

/** `instant` by the layout, as the clocks of `zone` show it. */
export function formatInstant(instant: Instant, layout: string, zone: ZoneOffset = instant.zone): string {
  return fromByteUnits(formatTime(shown(instant, zone), asByteUnits(layout)));
}

/** Go's Time.Add, by nanoseconds. */
export function addDuration({ seconds, nanoseconds, zone }: Instant, duration: bigint): Instant {
  const total = seconds * SECOND + BigInt(nanoseconds) + duration;
  const rest = (total % SECOND + SECOND) % SECOND;
  return { seconds: BigInt.asIntN(64, (total - rest) / SECOND), nanoseconds: Number(rest), zone };
}

/** Go's Time.Sub: nanoseconds, as many as an int64 can hold. */
export function durationBetween(later: Instant, earlier: Instant): bigint {
  const exact = nanosecondsOf(later) - nanosecondsOf(earlier);
  const most = 2n ** 63n - 1n;
  return exact > most ? most : exact < -most - 1n ? -most - 1n : exact;
}

function nanosecondsOf({ seconds, nanoseconds }: Instant): bigint {
  return seconds * SECOND + BigInt(nanoseconds);
}

/** Whole units of time; before 1970, those that have begun. */
function since1970({ seconds, nanoseconds }: Instant, unit: bigint): bigint {
  return seconds * (SECOND / unit) + BigInt(nanoseconds) / unit;
}

function shown({ seconds, nanoseconds }: Instant, zone: ZoneOffset): ShownTime {
  const parts = dateParts(seconds + BigInt(zone.offset));
  const { year, month, day } = parts;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return { ...parts, nanoseconds, yearDay: DAYS_BEFORE[month - 1]! + day + (isLeap && month > 2 ? 1 : 0), zone };
}

/** Of each month, how many days of a year without a leap day are over. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Go's Time.GoString. */
function sharpText(instant: Instant): string {
  const { zone, nanoseconds } = instant;
  const { year, month, day, hour, minute, second } = shown(instant, zone);
  const location = zone === UTC_OFFSET
    ? "time.UTC"
    : zone === LOCAL
    ? "time.Local"
    : `time.Location(${quoteForTime(asByteUnits(zone.abbreviation))})`;
  const numbers = [day, hour, minute, second, nanoseconds].join(", ");
  return `time.Date(${year}, time.${MONTHS[month - 1]}, ${numbers}, ${location})`;
}

/** A number with the methods of `String()` and no more. */
function enumeration(name: GoType, names: readonly string[], first: number): NamedIntType {
  const format = (value: bigint) => names[Number(value) - first] ?? `%!${name.split(".")[1]}(${value})`;
  return { name, format, methods: new Map([["String", { parameters: [], call: ({ value }) => format(value) }]]) };
}

const MONTH = enumeration("time.Month", MONTHS, 1);
const WEEKDAY = enumeration("time.Weekday", DAYS, 0);

const ofDuration = (get: (duration: bigint) => Value): Method<GoInt> => ({
  parameters: [],
  call: ({ value }) => get(value),
});
/** Go divides first and adds the rest as a fraction. */
const inUnits = (unit: bigint) => ofDuration((value) => Number(value / unit) + Number(value % unit) / Number(unit));

const DURATION: NamedIntType = {
  name: "time.Duration",
  format: formatDuration,
  methods: new Map<string, Method<GoInt>>([
    ["String", ofDuration(formatDuration)],
    ["Hours", inUnits(HOUR)],
    ["Minutes", inUnits(MINUTE)],
    ["Seconds", inUnits(SECOND)],
    ["Milliseconds", ofDuration((value) => goInt64(value / MILLISECOND))],
    ["Microseconds", ofDuration((value) => goInt64(value / MICROSECOND))],
    ["Nanoseconds", ofDuration((value) => goInt64(value))],
  ]),
};

function durationValue(duration: bigint): GoInt {
  return new GoInt("int64", duration, DURATION);
}

const part = (get: (time: ShownTime) => Value): StructMethod => ({
  parameters: [],
  call: (receiver) => get(shown(instantOf(receiver), instantOf(receiver).zone)),
});
const ofInstant = (get: (instant: Instant) => Value): StructMethod => ({
  parameters: [],
  call: (receiver) => get(instantOf(receiver)),
});
const NAME: GoType = "time.Time";
const withOther = (get: (instant: Instant, other: Instant) => Value): StructMethod => ({
  parameters: [NAME],
  call: (receiver, [other]) => get(instantOf(receiver), instantOf(other!)),
});
const unfit = (reason: string): StructMethod => ({ parameters: [], unfit: reason, call: () => null });

function order(a: Instant, b: Instant): number {
  const difference = nanosecondsOf(a) - nanosecondsOf(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function addDate(receiver: GoStruct, counts: Value[]): GoStruct {
  const instant = instantOf(receiver);
  const time = shown(instant, instant.zone);
  const [years, months, days] = counts.map((count) => (count as GoInt).value) as [bigint, bigint, bigint];
  const moved = {
    ...time,
    year: BigInt(time.year) + years,
    month: BigInt(time.month) + months,
    day: BigInt(time.day) + days,
  };
  return timeValue({ ...instant, seconds: secondsOf(moved) - BigInt(instant.zone.offset) });
}

/** The time as time.RFC3339Nano has it. */
export function rfc3339(time: Value): string {
  return formatInstant(instantOf(time), JSON_LAYOUT);
}

function toJson(instant: Instant): string {
  const { year } = shown(instant, instant.zone);
  if (year < 0 || year > 9999) {
    throw new FunctionError(
      "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]",
    );
  }
  return formatInstant(instant, JSON_LAYOUT);
}

const TIME: StructType = {
  name: NAME,
  fields: [],
  hidden: ["wall", "ext", "loc"],
  format: (value) => formatInstant(instantOf(value), STRING_LAYOUT),
  sharpFormat: (value) => sharpText(instantOf(value)),
  equals: (a, b) => {
    const x = instantOf(a), y = instantOf(b);
    return order(x, y) === 0 && x.zone === y.zone;
  },
  deepEquals: (a, b) => {
    const x = instantOf(a), y = instantOf(b);
    // Go's Local and UTC are variables of its time package; any other zone counts by what it holds.
    const isShared = [x.zone, y.zone].some((zone) => zone === LOCAL || zone === UTC_OFFSET);
    const isSameZone = isShared
      ? x.zone === y.zone
      : x.zone.offset === y.zone.offset && x.zone.abbreviation === y.zone.abbreviation;
    return order(x, y) === 0 && isSameZone;
  },
  toJson: (value) => toJson(instantOf(value)),
  methods: new Map<string, StructMethod>([
    ["Year", part(({ year }) => goInt(year))],
    ["YearDay", part(({ yearDay }) => goInt(yearDay))],
    ["Month", part(({ month }) => new GoInt("int", BigInt(month), MONTH))],
    ["Weekday", part(({ weekday }) => new GoInt("int", BigInt(weekday), WEEKDAY))],
    ["Day", part(({ day }) => goInt(day))],
    ["Hour", part(({ hour }) => goInt(hour))],
    ["Minute", part(({ minute }) => goInt(minute))],
    ["Second", part(({ second }) => goInt(second))],
    ["Nanosecond", part(({ nanoseconds }) => goInt(nanoseconds))],
    ["Unix", ofInstant(({ seconds }) => goInt64(seconds))],
    ["UnixMilli", ofInstant((instant) => goInt64(since1970(instant, MILLISECOND)))],
    ["UnixMicro", ofInstant((instant) => goInt64(since1970(instant, MICROSECOND)))],
    ["UnixNano", ofInstant((instant) => goInt64(nanosecondsOf(instant)))],
    ["UTC", ofInstant((instant) => timeValue({ ...instant, zone: UTC_OFFSET }))],
    ["Local", ofInstant((instant) => timeValue({ ...instant, zone: LOCAL }))],
    ["IsZero", ofInstant((instant) => order(instant, ZERO_INSTANT) === 0)],
    ["IsDST", ofInstant(() => false)],
    ["String", ofInstant((instant) => formatInstant(instant, STRING_LAYOUT))],
    ["Before", withOther((instant, other) => order(instant, other) < 0)],
    ["After", withOther((instant, other) => order(instant, other) > 0)],
    ["Equal", withOther((instant, other) => order(instant, other) === 0)],
    ["Compare", withOther((instant, other) => goInt(order(instant, other)))],
    ["Sub", withOther((instant, other) => durationValue(durationBetween(instant, other)))],
    [
      "Add",
      {
        parameters: [DURATION.name],
        call: (receiver, [duration]) => timeValue(addDuration(instantOf(receiver), (duration as GoInt).value)),
      },
    ],
    ["AddDate", { parameters: ["int", "int", "int"], call: addDate }],
    [
      "Format",
      {
        parameters: ["string"],
        call: (receiver, [layout]) => formatInstant(instantOf(receiver), layout as string),
      },
    ],
    ["Date", unfit("function Date has 3 return values; should be 1 or 2")],
    ["Clock", unfit("function Clock has 3 return values; should be 1 or 2")],
    ["Zone", unfit("invalid function signature for Zone: second return value should be error; is int")],
    ["ISOWeek", unfit("invalid function signature for ISOWeek: second return value should be error; is int")],
  ]),
};
