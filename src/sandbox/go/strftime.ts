/** gopher-lua's dates: `os.date` and `os.time` by way of Go's time package, in UTC. Seconds count from 1970. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
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

/** Days since 1970 of a date in the Gregorian calendar, which is continued in both directions. */
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

/** @param seconds A whole number. */
export function dateParts(seconds: number): DateParts {
  const total = BigInt(seconds);
  const days = floorDivide(total, 86_400n);
  const rest = Number(total - days * 86_400n);
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

/** The seconds of a date whose parts may be out of their range, as Go's time.Date normalises them. */
export function timeOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const months = BigInt(month) - 1n;
  const whole = BigInt(year) + floorDivide(months, 12n);
  const days = daysOf(whole, months - floorDivide(months, 12n) * 12n + 1n, 1n) + BigInt(day) - 1n;
  const seconds = days * 86_400n + BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second);
  return Number(BigInt.asIntN(64, seconds));
}

/** `os.date` with gopher-lua's letters; what it does not know stays as it is written. Byte strings. */
export function formatDate(seconds: number, format: string): string {
  const parts = dateParts(seconds);
  let text = "", hasFlag = false;
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if (character === "%") {
      if (format[at + 1] === "%") {
        hasFlag = false;
        text += "%";
        at++;
        continue;
      }
      if (at !== format.length - 1) {
        hasFlag = true;
        continue;
      }
    }
    text += hasFlag ? letterText(character, parts) : character;
    hasFlag = false;
  }
  return text;
}

function letterText(letter: string, parts: DateParts): string {
  const { year, month, day, hour, minute, second, weekday } = parts;
  const monthName = MONTHS[month - 1]!;
  switch (letter) {
    case "a":
      // gopher-lua: the layout says "mon", which is no layout of Go's.
      return "mon";
    case "A":
      return DAYS[weekday]!;
    case "b":
      return monthName.slice(0, 3);
    case "B":
      return monthName;
    case "c":
      return `${two(day)} ${monthName.slice(0, 3)} ${shortYear(year)} ${two(hour)}:${two(minute)} UTC`;
    case "d":
      return two(day);
    case "F":
      return `${fullYear(year)}-${two(month)}-${two(day)}`;
    case "H":
      return two(hour);
    case "I":
      return two(hour % 12 === 0 ? 12 : hour % 12);
    case "m":
      return two(month);
    case "M":
      return two(minute);
    case "p":
      return hour >= 12 ? "PM" : "AM";
    case "P":
      return hour >= 12 ? "pm" : "am";
    case "S":
      return two(second);
    case "x":
      return `${two(hour)}/${two(minute)}/${two(second)}`;
    case "X":
      return `${two(hour)}:${two(minute)}:${two(second)}`;
    case "y":
      return shortYear(year);
    case "Y":
      return fullYear(year);
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "w":
      return String(weekday);
  }
  return `%${letter}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function fullYear(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

function shortYear(year: number): string {
  return two(Math.max(0, year) % 100);
}
