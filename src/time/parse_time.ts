/** Go's time.Parse: reads a time by a layout. Layouts and values are texts with one unit for each byte. */
import { DAYS, MONTHS, secondsOf } from "./gregorian.ts";
import { type LayoutElement, nextChunk } from "./layout.ts";
import { UTC_OFFSET, type ZoneOffset } from "./zones.ts";

/** A time as it was read. */
export interface ParsedTime {
  /** Since the beginning of 1970. */
  readonly seconds: bigint;
  readonly nanoseconds: number;
  /** The zone that the value names; undefined if it names none, or has the offset of UTC without the name. */
  readonly zone: ZoneOffset | undefined;
}

/** Go's time.ParseError, in Go's words. */
export class TimeParseError extends Error {
  override readonly name = "TimeParseError";
}

/** The value does not look like the element: which part of the value and of the layout, says the caller. */
class Mismatch extends Error {}

/** The element is there, but its number is too large; `what` names it. */
class OutOfRange extends Error {
  constructor(readonly what: string) {
    super(what);
  }
}

/** @throws {TimeParseError} */
export function parseTime(layout: string, value: string): ParsedTime {
  const reader = new TimeReader(layout, value);
  reader.read();
  return reader.result();
}

/** A month is 0 until it was read, a day -1. */
class TimeReader {
  readonly #layout: string;
  readonly #value: string;
  /** What is left of the value. */
  #rest: string;
  #year = 0;
  #month = -1;
  #day = -1;
  #yearDay = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanoseconds = 0;
  /** Which halves of the day were named; both, where the layout has two. */
  #isMorning = false;
  #isAfternoon = false;
  #isUtc = false;
  #offset: number | undefined;
  #zoneName = "";

  constructor(layout: string, value: string) {
    this.#layout = layout;
    this.#value = value;
    this.#rest = value;
  }

  read(): void {
    for (let at = 0;;) {
      const { prefix, element, end } = nextChunk(this.#layout, at);
      this.#skip(prefix);
      if (element === undefined) {
        if (this.#rest !== "") this.#fail(`: extra text: ${quoteForTime(this.#rest)}`);
        return;
      }
      this.#readElement(element, end);
      at = end;
    }
  }

  #fail(message: string): never {
    throw new TimeParseError(`parsing time ${quoteForTime(this.#value)}${message}`);
  }

  #mismatch(found: string, wanted: string): never {
    this.#fail(` as ${quoteForTime(this.#layout)}: cannot parse ${quoteForTime(found)} as ${quoteForTime(wanted)}`);
  }

  /** Takes what the layout has between elements: spaces there stand for any number of spaces, none at the end included. */
  #skip(prefix: string): void {
    let left = prefix;
    while (left !== "") {
      if (left[0] === " ") {
        if (this.#rest !== "" && this.#rest[0] !== " ") return this.#mismatch(this.#rest, prefix);
        left = left.replace(/^ +/, "");
        this.#rest = this.#rest.replace(/^ +/, "");
        continue;
      }
      // A run without spaces at once.
      const run = /^[^ ]+/.exec(left)![0];
      let same = 0;
      while (same < run.length && this.#rest[same] === run[same]) same++;
      this.#rest = this.#rest.slice(same);
      if (same < run.length) this.#mismatch(this.#rest, prefix);
      left = left.slice(run.length);
    }
  }

  #readElement(element: LayoutElement, end: number): void {
    const before = this.#rest;
    try {
      this.#take(element, end);
    } catch (error) {
      if (error instanceof OutOfRange) this.#fail(`: ${error.what} out of range`);
      if (error instanceof Mismatch) this.#mismatch(before, element.text);
      throw error;
    }
  }

  #take({ kind, text }: LayoutElement, end: number): void {
    switch (kind) {
      case "year": {
        const year = wholeNumber(this.#takeUnits(2));
        this.#year = year >= 69 ? year + 1900 : year + 2000;
        return;
      }
      case "long-year":
        if (this.#rest.length < 4 || !/^[0-9]/.test(this.#rest)) throw new Mismatch();
        this.#year = wholeNumber(this.#takeUnits(4));
        return;
      case "month":
        this.#month = this.#takeName(MONTHS.map((name) => name.slice(0, 3))) + 1;
        return;
      case "long-month":
        this.#month = this.#takeName(MONTHS) + 1;
        return;
      case "number-month":
      case "zero-month":
        this.#month = this.#takeNumber(kind === "zero-month");
        if (this.#month <= 0 || this.#month > 12) throw new OutOfRange("month");
        return;
      case "weekday":
        this.#takeName(DAYS.map((name) => name.slice(0, 3)));
        return;
      case "long-weekday":
        this.#takeName(DAYS);
        return;
      case "day":
      case "under-day":
      case "zero-day":
        if (kind === "under-day" && this.#rest.startsWith(" ")) this.#takeUnits(1);
        this.#day = this.#takeNumber(kind === "zero-day");
        return;
      case "under-year-day":
      case "zero-year-day":
        this.#takeYearDay(kind === "zero-year-day");
        return;
      case "hour":
        this.#hour = this.#takeNumber(false);
        if (this.#hour >= 24) throw new OutOfRange("hour");
        return;
      case "hour12":
      case "zero-hour12":
        this.#hour = this.#takeNumber(kind === "zero-hour12");
        if (this.#hour > 12) throw new OutOfRange("hour");
        return;
      case "minute":
      case "zero-minute":
        this.#minute = this.#takeNumber(kind === "zero-minute");
        if (this.#minute >= 60) throw new OutOfRange("minute");
        return;
      case "second":
      case "zero-second":
        return this.#takeSecond(kind === "zero-second", end);
      case "PM":
      case "pm": {
        const half = this.#takeUnits(2);
        const [before, after] = kind === "PM" ? ["AM", "PM"] : ["am", "pm"];
        if (half !== before && half !== after) throw new Mismatch();
        if (half === after) this.#isAfternoon = true;
        else this.#isMorning = true;
        return;
      }
      case "offset":
        return this.#takeOffset(text);
      case "zone":
        return this.#takeZone();
      case "fraction":
        this.#takeFraction(text.length);
        return;
      case "optional-fraction": {
        const found = /^[.,][0-9]+/.exec(this.#rest);
        if (found) this.#takeFraction(found[0].length);
      }
    }
  }

  #takeUnits(count: number): string {
    if (this.#rest.length < count) throw new Mismatch();
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }

  #takeName(names: readonly string[]): number {
    const index = names.findIndex((name) => asciiLower(this.#rest.slice(0, name.length)) === asciiLower(name));
    if (index < 0) throw new Mismatch();
    this.#takeUnits(names[index]!.length);
    return index;
  }

  /** One digit or two; `isFixed`: two. */
  #takeNumber(isFixed: boolean): number {
    const found = (isFixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/).exec(this.#rest);
    if (!found) throw new Mismatch();
    return Number(this.#takeUnits(found[0].length));
  }

  #takeYearDay(isFixed: boolean): void {
    if (!isFixed) this.#rest = this.#rest.replace(/^ {1,2}/, "");
    const found = (isFixed ? /^[0-9]{3}/ : /^[0-9]{1,3}/).exec(this.#rest);
    if (!found) throw new Mismatch();
    this.#yearDay = Number(this.#takeUnits(found[0].length));
  }

  /** A fraction may follow that the layout says nothing of. */
  #takeSecond(isFixed: boolean, end: number): void {
    this.#second = this.#takeNumber(isFixed);
    if (this.#second >= 60) throw new OutOfRange("second");
    const fraction = /^[.,][0-9]+/.exec(this.#rest);
    if (!fraction) return;
    const next = nextChunk(this.#layout, end).element?.kind;
    if (next !== "fraction" && next !== "optional-fraction") this.#takeFraction(fraction[0].length);
  }

  /** A separator and digits, `length` units together. Digits after the ninth don't count. */
  #takeFraction(length: number): void {
    const text = this.#takeUnits(length);
    if (!/^[.,]/.test(text)) throw new Mismatch();
    const number = wholeNumber(text.slice(1, 10));
    if (number < 0) throw new OutOfRange("fractional second");
    this.#nanoseconds = number * 10 ** (10 - Math.min(length, 10));
  }

  #takeOffset(layout: string): void {
    if (layout.startsWith("Z") && this.#rest.startsWith("Z")) {
      this.#takeUnits(1);
      this.#isUtc = true;
      return;
    }
    const text = this.#takeUnits(layout.length);
    for (let i = 1; i < layout.length; i++) if ((layout[i] === ":") !== (text[i] === ":")) throw new Mismatch();
    const [hours = "", minutes = "00", seconds = "00"] = text.slice(1).replaceAll(":", "").match(/../gs) ?? [];
    const parts = [[hours, 24, "hour"], [minutes, 60, "minute"], [seconds, 60, "second"]] as const;
    for (const [digits, most, what] of parts) {
      if (!/^[0-9]{2}$/.test(digits)) throw new Mismatch();
      // 24 hours, 60 minutes and 60 seconds are written by some.
      if (Number(digits) > most) throw new OutOfRange(`time zone offset ${what}`);
    }
    if (!/^[+-]/.test(text)) throw new Mismatch();
    const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    this.#offset = text[0] === "-" ? -size : size;
  }

  #takeZone(): void {
    if (this.#rest.startsWith("UTC")) {
      this.#takeUnits(3);
      this.#isUtc = true;
      return;
    }
    const length = zoneNameLength(this.#rest);
    if (length === 0) throw new Mismatch();
    this.#zoneName = this.#takeUnits(length);
  }

  result(): ParsedTime {
    if (this.#isAfternoon && this.#hour < 12) this.#hour += 12;
    else if (this.#isMorning && this.#hour === 12) this.#hour = 0;
    if (this.#yearDay >= 0) this.#useYearDay();
    const year = this.#year, month = this.#month < 0 ? 1 : this.#month, day = this.#day < 0 ? 1 : this.#day;
    if (day < 1 || day > daysIn(year, month)) this.#fail(": day out of range");
    const seconds = secondsOf({ year, month, day, hour: this.#hour, minute: this.#minute, second: this.#second });
    const nanoseconds = this.#nanoseconds;
    if (this.#isUtc) return { seconds, nanoseconds, zone: UTC_OFFSET };
    if (this.#offset !== undefined) {
      const isLocal = this.#offset === 0 && this.#zoneName === "";
      const zone = { offset: this.#offset, abbreviation: this.#zoneName };
      // Go takes an offset of -1 for none at all.
      if (this.#offset !== -1) {
        return { seconds: seconds - BigInt(this.#offset), nanoseconds, zone: isLocal ? undefined : zone };
      }
    }
    if (this.#zoneName === "") return { seconds, nanoseconds, zone: undefined };
    // A name says nothing of the offset but for GMT+3, and even there Go reads the time as that of UTC.
    const offset = /^GMT[+-]/.test(this.#zoneName) ? Number(this.#zoneName.slice(3)) * 3600 : 0;
    return { seconds, nanoseconds, zone: { offset, abbreviation: this.#zoneName } };
  }

  #useYearDay(): void {
    const isLeap = isLeapYear(this.#year);
    if (this.#yearDay < 1 || this.#yearDay > (isLeap ? 366 : 365)) this.#fail(": day-of-year out of range");
    let month = 1, day = this.#yearDay;
    while (day > daysIn(this.#year, month)) day -= daysIn(this.#year, month++);
    if (this.#month >= 0 && this.#month !== month) this.#fail(": day-of-year does not match month");
    if (this.#day >= 0 && this.#day !== day) this.#fail(": day-of-year does not match day");
    [this.#month, this.#day] = [month, day];
  }
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function wholeNumber(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new Mismatch();
  return Number(text);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** How much of `text` looks like the abbreviation of a zone; 0 if nothing does. */
function zoneNameLength(text: string): number {
  if (text.length < 3) return 0;
  if (/^(?:ChST|MeST)/.test(text)) return 4;
  if (text.startsWith("GMT")) return 3 + signedOffsetLength(text.slice(3));
  if (/^[+-]/.test(text)) return signedOffsetLength(text);
  const capitals = /^[A-Z]{0,6}/.exec(text)![0];
  if (capitals.length === 3) return 3;
  return /^(?:[A-Z]{3}T|[A-Z]{4}T|WITA)$/.test(capitals) ? capitals.length : 0;
}

/** The length of a sign and hours up to 23; 0 if there is none. */
function signedOffsetLength(text: string): number {
  const found = /^[+-]([0-9]+)/.exec(text);
  return found && Number(found[1]) <= 23 ? found[0].length : 0;
}

/** Go's quoting in the errors of its time package: bytes that aren't printable ASCII by their numbers. */
export function quoteForTime(units: string): string {
  const shown = units.replace(/["\\]/g, "\\$&")
    .replace(/[^ -\x7f]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${shown}"`;
}
