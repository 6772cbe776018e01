/** Sprig's functions of dates and of lengths of time. The local zone is UTC, as it is where Sveltos's controllers run. */
import { parseTime, TimeParseError } from "../../time/parse_time.ts";
import { UTC_OFFSET, zoneOffsetAt } from "../../time/zones.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { ANY, type GoStruct, typeOf, type Value } from "../value.ts";
import { atoi, toInt64 } from "./cast.ts";
import { asByteUnits, type Family, fn } from "./define.ts";
import { durationOrZero, formatDuration, parseDuration, roundDuration, SECOND } from "./duration.ts";
import {
  addDuration,
  durationBetween,
  formatInstant,
  type Instant,
  instantOf,
  isTime,
  LOCAL,
  timeValue,
  ZERO_INSTANT,
} from "./time_value.ts";

const TIME = "time.Time";
const HTML_LAYOUT = "2006-01-02";

/** The time of the run. */
export function now({ world }: CallContext): Instant {
  const milliseconds = world.now().getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanoseconds: (milliseconds - seconds * 1000) * 1e6, zone: LOCAL };
}

/** A time, or whole seconds since 1970 of one of `types`; anything else is now. */
function anyInstant(value: Value, types: readonly string[], context: CallContext): Instant {
  if (isTime(value)) return instantOf(value);
  return types.includes(typeOf(value)) ? { seconds: toInt64(value), nanoseconds: 0, zone: LOCAL } : now(context);
}

/** Go's time.LoadLocation knows `UTC`, `Local` and the tz database. Sprig takes UTC for all else. */
function inZone(layout: string, date: Value, zone: string, context: CallContext): string {
  context.spend(layout.length);
  const instant = anyInstant(date, ["int64", "int", "int32"], context);
  return formatInstant(instant, layout, zoneOffsetAt(zone, instant.seconds) ?? UTC_OFFSET);
}

/** @throws {FunctionError} */
function parsed(layout: string, text: string, context: CallContext): GoStruct {
  context.spend(layout.length + text.length);
  try {
    const { zone, ...instant } = parseTime(asByteUnits(layout), asByteUnits(text));
    return timeValue({ ...instant, zone: zone ?? LOCAL });
  } catch (error) {
    throw error instanceof TimeParseError ? new FunctionError(error.message) : error;
  }
}

function modified(text: string, date: Value): GoStruct {
  return timeValue(addDuration(instantOf(date), parseDuration(text)));
}

/** What `get` gives, or `fallback` where it fails as Go's function would. */
function orElse<T>(fallback: T, get: () => T): T {
  try {
    return get();
  } catch (error) {
    if (error instanceof FunctionError) return fallback;
    throw error;
  }
}

function ago(value: Value, context: CallContext): string {
  const duration = durationBetween(now(context), anyInstant(value, ["int64", "int"], context));
  const size = duration < 0n ? -duration : duration;
  // Go rounds halves away from zero.
  const rounded = (size + SECOND / 2n) / SECOND * SECOND;
  return formatDuration(duration < 0n ? -rounded : rounded);
}

function durationOf(value: Value, context: CallContext): bigint {
  if (isTime(value)) return durationBetween(now(context), instantOf(value));
  if (typeof value === "string") return durationOrZero(value);
  return typeOf(value) === "int64" ? toInt64(value) : 0n;
}

const dateInZone = fn(
  ["string", ANY, "string"],
  ([layout, date, zone], context) => inZone(layout as string, date!, zone as string, context),
);
const dateModify = fn(["string", TIME], ([text, date]) => orElse(date!, () => modified(text as string, date!)));
const mustDateModify = fn(["string", TIME], ([text, date]) => modified(text as string, date!));

export const dates: Family = {
  now: fn([], (_, context) => timeValue(now(context))),
  date: fn(["string", ANY], ([layout, date], context) => inZone(layout as string, date!, "UTC", context)),
  dateInZone,
  date_in_zone: dateInZone,
  htmlDate: fn([ANY], ([date], context) => inZone(HTML_LAYOUT, date!, "UTC", context)),
  htmlDateInZone: fn([ANY, "string"], ([date, zone], context) => inZone(HTML_LAYOUT, date!, zone as string, context)),
  toDate: fn(
    ["string", "string"],
    ([layout, text], context) =>
      orElse(timeValue(ZERO_INSTANT), () => parsed(layout as string, text as string, context)),
  ),
  mustToDate: fn(["string", "string"], ([layout, text], context) => parsed(layout as string, text as string, context)),
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  unixEpoch: fn([TIME], ([date]) => String(instantOf(date!).seconds)),
  ago: fn([ANY], ([value], context) => ago(value!, context)),
  duration: fn([ANY], ([value]) => {
    const seconds = typeof value === "string" ? atoi(value) : typeOf(value) === "int64" ? toInt64(value) : 0n;
    return formatDuration(BigInt.asIntN(64, seconds * SECOND));
  }),
  durationRound: fn([ANY], ([value], context) => roundDuration(durationOf(value!, context))),
};
