/** Time zones by their names in the tz database: what clocks show at an instant, and the abbreviation for it. */
import data from "moment-timezone/data/packed/latest.json" with { type: "json" };

/** What holds in a zone at an instant: seconds east of UTC, and the abbreviation, such as `CET` or `-03`. */
export interface ZoneOffset {
  readonly offset: number;
  readonly abbreviation: string;
}

export const UTC_OFFSET: ZoneOffset = { offset: 0, abbreviation: "UTC" };

interface Period extends ZoneOffset {
  /** The first second since 1970 that isn't of the period. */
  readonly until: number;
}

let packedByName: ReadonlyMap<string, string> | undefined;
const periodsByName = new Map<string, readonly Period[]>();

/**
 * What holds in the zone `name` at `seconds` after the beginning of 1970; undefined if the database has no such name. Names
 * count to the letter. The table ends with 2037; later summer times follow the rules that the runtime knows.
 */
export function zoneOffsetAt(name: string, seconds: bigint): ZoneOffset | undefined {
  const periods = periodsOf(name);
  if (periods === undefined) return undefined;
  const at = Number(seconds);
  const last = periods.at(-1)!;
  const found = periods.find(({ until }) => at < until) ?? last;
  const tableEnd = periods.at(-2)?.until ?? -Infinity;
  if (found !== last || tableEnd < END_OF_TABLE) return found;
  const offset = offsetByRuntime(name, at) ?? last.offset;
  return periods.findLast((period) => period.offset === offset) ?? last;
}

/** A zone whose table goes on up to here changes its clocks every year. */
const END_OF_TABLE = Date.UTC(2037, 0, 1) / 1000;

function periodsOf(name: string): readonly Period[] | undefined {
  const known = periodsByName.get(name);
  if (known !== undefined) return known;
  packedByName ??= packedZones();
  const packed = packedByName.get(name);
  if (packed === undefined) return undefined;
  const periods = unpacked(packed);
  periodsByName.set(name, periods);
  return periods;
}

/** `Name|abbreviations|offsets|indices|changes|…` by name, and by the other names that zones have. */
function packedZones(): ReadonlyMap<string, string> {
  const zones = new Map(data.zones.map((packed) => [packed.slice(0, packed.indexOf("|")), packed]));
  for (const link of data.links) {
    const [target, alias] = link.split("|") as [string, string];
    const packed = zones.get(target);
    if (packed !== undefined) zones.set(alias, packed);
  }
  return zones;
}

function unpacked(packed: string): readonly Period[] {
  const [, abbreviations = "", offsets = "", indices = "", changes = ""] = packed.split("|");
  const names = abbreviations.split(" ");
  // Minutes west of UTC.
  const minutes = offsets.split(" ").map(base60);
  let until = 0;
  const untils = changes === "" ? [] : changes.split(" ").map((change) => until += base60(change) * 60);
  return Array.from(indices === "" ? "0" : indices, (digit, i) => {
    const index = base60(digit);
    return {
      until: i < untils.length ? Math.round(untils[i]!) : Infinity,
      // Adding zero makes the zero of UTC a positive one.
      offset: Math.round(-minutes[index]! * 60) + 0,
      abbreviation: names[index]!,
    };
  });
}

/** The database's numbers: digits 0–9, a–z, A–X, with a sign and a fraction. */
function base60(text: string): number {
  const [, sign, whole = "", fraction = ""] = /^(-?)([^.]*)(?:\.(.*))?$/.exec(text)!;
  let value = 0;
  for (const digit of whole) value = value * 60 + DIGITS.indexOf(digit);
  let scale = 1;
  for (const digit of fraction) value += DIGITS.indexOf(digit) * (scale /= 60);
  return sign === "-" ? -value : value;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX";

function offsetByRuntime(timeZone: string, seconds: number): number | undefined {
  // The range of Date.
  if (Math.abs(seconds) > 8.64e12) return undefined;
  const shown = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(new Date(seconds * 1000))
    .find(({ type }) => type === "timeZoneName")?.value;
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(shown ?? "");
  if (!match) return undefined;
  const [, sign, hours = "0", minutes = "0", rest = "0"] = match;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) + 0;
}
