/** gopher-lua's dates: `os.date`, by way of Go's time package, in UTC. Seconds count from 1970. */
import {
  type DateParts,
  dateParts,
  DAYS,
  fourDigits,
  MONTHS,
  shortYear,
  twoDigits as two,
} from "../../time/gregorian.ts";

/** `os.date` with gopher-lua's letters; what it does not know stays as it is written. Byte strings. */
export function formatDate(seconds: number, format: string): string {
  const parts = dateParts(BigInt(seconds));
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
      return `${fourDigits(year)}-${two(month)}-${two(day)}`;
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
      return fourDigits(year);
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "w":
      return String(weekday);
  }
  return `%${letter}`;
}
