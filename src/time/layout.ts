/** Go's layouts of times: `Mon Jan _2 15:04:05 2006`. Layouts and values are texts with one unit for each byte. */
import { type DateParts, DAYS, fourDigits, MONTHS, shortYear, twoDigits } from "./gregorian.ts";
import type { ZoneOffset } from "./zones.ts";

/** A part of a layout that stands for a part of a time, as it is written there. `digits` are those of a fraction. */
export interface LayoutElement {
  readonly kind: ElementKind;
  readonly text: string;
}

export type ElementKind =
  | "long-month"
  | "month"
  | "number-month"
  | "zero-month"
  | "long-weekday"
  | "weekday"
  | "day"
  | "under-day"
  | "zero-day"
  | "under-year-day"
  | "zero-year-day"
  | "hour"
  | "hour12"
  | "zero-hour12"
  | "minute"
  | "zero-minute"
  | "second"
  | "zero-second"
  | "long-year"
  | "year"
  | "PM"
  | "pm"
  | "zone"
  | "offset"
  | "fraction"
  | "optional-fraction";

export interface LayoutChunk {
  /** What stands before the element: to be shown and found as it is. */
  readonly prefix: string;
  /** Undefined at the end of the layout. */
  readonly element?: LayoutElement;
}

// In the order in which Go tries what begins with the same character.
const ELEMENTS: readonly (readonly [RegExp, ElementKind])[] = [
  [/January/y, "long-month"],
  [/Jan(?![a-z])/y, "month"],
  [/Monday/y, "long-weekday"],
  [/Mon(?![a-z])/y, "weekday"],
  [/MST/y, "zone"],
  [/002/y, "zero-year-day"],
  [/01/y, "zero-month"],
  [/02/y, "zero-day"],
  [/03/y, "zero-hour12"],
  [/04/y, "zero-minute"],
  [/05/y, "zero-second"],
  [/06/y, "year"],
  [/15/y, "hour"],
  [/1/y, "number-month"],
  [/2006/y, "long-year"],
  [/2/y, "day"],
  [/_2(?!006)/y, "under-day"],
  [/__2/y, "under-year-day"],
  [/3/y, "hour12"],
  [/4/y, "minute"],
  [/5/y, "second"],
  [/PM/y, "PM"],
  [/pm/y, "pm"],
  [/[-Z](?:07:00:00|070000|07:00|0700|07)/y, "offset"],
  [/[.,]0+(?![0-9])/y, "fraction"],
  [/[.,]9+(?![0-9])/y, "optional-fraction"],
];

/** The layout from `start` on, up to the end of its next element. `end` is where to go on. */
export function nextChunk(layout: string, start: number): LayoutChunk & { readonly end: number } {
  for (let at = start; at < layout.length; at++) {
    for (const [pattern, kind] of ELEMENTS) {
      pattern.lastIndex = at;
      const found = pattern.exec(layout);
      if (!found) continue;
      const [text] = found;
      return { prefix: layout.slice(start, at), element: { kind, text }, end: at + text.length };
    }
  }
  return { prefix: layout.slice(start), end: layout.length };
}

/** The parts of a time that a layout can show. */
export interface ShownTime extends DateParts {
  readonly nanoseconds: number;
  /** 1 to 366. */
  readonly yearDay: number;
  readonly zone: ZoneOffset;
}

/** Go's Time.Format. */
export function formatTime(time: ShownTime, layout: string): string {
  let text = "";
  for (let at = 0; at < layout.length;) {
    const { prefix, element, end } = nextChunk(layout, at);
    text += prefix;
    if (element !== undefined) text += elementText(time, element);
    at = end;
  }
  return text;
}

function elementText(time: ShownTime, { kind, text }: LayoutElement): string {
  const { year, month, day, yearDay, hour, minute, second, weekday, nanoseconds, zone } = time;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (kind) {
    case "long-month":
      return MONTHS[month - 1]!;
    case "month":
      return MONTHS[month - 1]!.slice(0, 3);
    case "number-month":
      return String(month);
    case "zero-month":
      return twoDigits(month);
    case "long-weekday":
      return DAYS[weekday]!;
    case "weekday":
      return DAYS[weekday]!.slice(0, 3);
    case "day":
      return String(day);
    case "under-day":
      return String(day).padStart(2);
    case "zero-day":
      return twoDigits(day);
    case "under-year-day":
      return String(yearDay).padStart(3);
    case "zero-year-day":
      return String(yearDay).padStart(3, "0");
    case "hour":
      return twoDigits(hour);
    case "hour12":
      return String(hour12);
    case "zero-hour12":
      return twoDigits(hour12);
    case "minute":
      return String(minute);
    case "zero-minute":
      return twoDigits(minute);
    case "second":
      return String(second);
    case "zero-second":
      return twoDigits(second);
    case "long-year":
      return fourDigits(year);
    case "year":
      return shortYear(year);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    case "zone":
      return zone.abbreviation === "" ? offsetText(zone.offset, "-0700") : zone.abbreviation;
    case "offset":
      return offsetText(zone.offset, text);
    case "fraction":
      return fractionText(nanoseconds, text);
    case "optional-fraction":
      return nanoseconds === 0 ? "" : fractionText(nanoseconds, text).replace(/[.,]?0*$/, "");
  }
}

function offsetText(offset: number, layout: string): string {
  if (layout.startsWith("Z") && offset === 0) return "Z";
  const size = Math.abs(offset);
  const [hours, minutes, seconds] = [size / 3600, size / 60 % 60, size % 60].map((part) => twoDigits(Math.trunc(part)));
  const colon = layout.includes(":") ? ":" : "";
  // The layout without its sign: 07, 0700, 07:00, 070000, 07:00:00.
  const digits = layout.replace(/[^0-9]/g, "").length;
  // A zone less than a minute west of UTC counts as none.
  const sign = Math.trunc(offset / 60) < 0 ? "-" : "+";
  return sign + hours! + (digits > 2 ? colon + minutes! : "") + (digits > 4 ? colon + seconds! : "");
}

function fractionText(nanoseconds: number, layout: string): string {
  const digits = layout.length - 1;
  return layout[0] + String(nanoseconds).padStart(9, "0").slice(0, digits);
}
