/** Checks addresses as Go's net/netip reads them, for the hosts of URLs. */
import { FunctionError } from "../function.ts";
import { quoteText } from "../quote.ts";

/** Whether an address is one of IPv4 or of IPv6. @throws {FunctionError} in Go's words, for what is no address. */
export function ipVersion(text: string): 4 | 6 {
  const sign = /[.:%]/.exec(text)?.[0];
  if (sign === ".") {
    checkIpv4(text, text);
    return 4;
  }
  if (sign === ":") {
    checkIpv6(text);
    return 6;
  }
  fail(text, sign === "%" ? "missing IPv6 address" : "unable to parse IP");
}

function fail(text: string, reason: string, rest = ""): never {
  const place = rest === "" ? "" : ` (at ${quoteText(rest)})`;
  throw new FunctionError(`ParseAddr(${quoteText(text)}): ${reason}${place}`);
}

/** `part` is the four numbers, at the end of `text` or all of it. */
function checkIpv4(text: string, part: string): void {
  let value = 0, length = 0, points = 0;
  for (let i = 0; i < part.length; i++) {
    const character = part[i]!;
    if (/[0-9]/.test(character)) {
      if (length === 1 && value === 0) fail(text, "IPv4 field has octet with leading zero");
      value = value * 10 + Number(character);
      length++;
      if (value > 255) fail(text, "IPv4 field has value >255");
    } else if (character === ".") {
      const isEmpty = i === 0 || i === part.length - 1 || part[i - 1] === ".";
      if (isEmpty) fail(text, "IPv4 field must have at least one digit", part.slice(i));
      if (points === 3) fail(text, "IPv4 address too long");
      points++;
      value = length = 0;
    } else fail(text, "unexpected character", part.slice(i));
  }
  if (points < 3) fail(text, "IPv4 address too short");
}

/** The 8 groups of an address. */
const GROUPS = 8;

function checkIpv6(text: string): void {
  const percent = text.indexOf("%");
  let rest = percent < 0 ? text : text.slice(0, percent);
  if (percent === text.length - 1 && percent >= 0) fail(text, "zone must be a non-empty string");
  let hasEllipsis = rest.startsWith("::");
  if (hasEllipsis) rest = rest.slice(2);
  if (hasEllipsis && rest === "") return;
  let groups = 0;
  while (groups < GROUPS) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)![0];
    if (digits.length > 4) fail(text, "each group must have 4 or less digits", rest);
    if (digits === "") fail(text, "each colon-separated field must have at least one digit", rest);
    if (rest[digits.length] === ".") {
      if (!hasEllipsis && groups !== GROUPS - 2) {
        fail(text, "embedded IPv4 address must replace the final 2 fields of the address", rest);
      }
      if (groups > GROUPS - 2) {
        fail(text, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
      }
      checkIpv4(text, rest);
      groups += 2;
      rest = "";
      break;
    }
    groups++;
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (!rest.startsWith(":")) fail(text, "unexpected character, want colon", rest);
    if (rest === ":") fail(text, "colon must be followed by more characters", rest);
    rest = rest.slice(1);
    if (!rest.startsWith(":")) continue;
    if (hasEllipsis) fail(text, "multiple :: in address", rest);
    hasEllipsis = true;
    rest = rest.slice(1);
    if (rest === "") break;
  }
  if (rest !== "") fail(text, "trailing garbage after address", rest);
  if (groups < GROUPS && !hasEllipsis) fail(text, "address string too short");
  if (groups === GROUPS && hasEllipsis) fail(text, "the :: must expand to at least one field of zeros");
}
