/** Semantic versions and constraints as Masterminds/semver v3 reads and compares them. */
import { compareBytes } from "../../json/json.ts";
import { FunctionError } from "../function.ts";

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const VERSION =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** @throws {FunctionError} in the words of the library. */
export function parseVersion(text: string): Version {
  const match = VERSION.exec(text);
  if (!match) throw new FunctionError("invalid semantic version");
  const [, major, minor, patch, prerelease = "", metadata = ""] = match;
  if (prerelease.split(".").some((part) => /^0[0-9]+$/.test(part))) {
    throw new FunctionError("version segment starts with 0");
  }
  return { major: segment(major), minor: segment(minor), patch: segment(patch), prerelease, metadata };
}

function segment(digits = "0"): bigint {
  const value = BigInt(digits);
  if (value > MAX_UINT64) {
    throw new FunctionError(
      `error parsing version segment: strconv.ParseUint: parsing "${digits}": value out of range`,
    );
  }
  return value;
}

/** Below, at or above 0 as `a` is older than, equal to or newer than `b`; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  for (const part of ["major", "minor", "patch"] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const left = a.split("."), right = b.split(".");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareIdentifiers(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const isNumber = (text: string) => /^[0-9]+$/.test(text);
  if (isNumber(a) && isNumber(b)) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return compareBytes(a, b);
}

interface Comparison {
  readonly operator: string;
  readonly version: Version;
  /** Some part was left out or is a wildcard. */
  readonly isOpen: boolean;
  readonly isMinorOpen: boolean;
  readonly isPatchOpen: boolean;
}

const OPERATOR = String.raw`=<|=>|>=|<=|!=|~>|=|>|<|~|\^|`;
const PARTIAL = String.raw`v?([0-9|x|X|*]+)(\.[0-9|x|X|*]+)?(\.[0-9|x|X|*]+)?` +
  String.raw`(-(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?`;
const UNNAMED = PARTIAL.replace(/\((?!\?)/g, "(?:");
const ONE = String.raw`(?:${OPERATOR})\s*(?:${UNNAMED})`;
// Each blank can be read in one way only, or a wrong list of many would be read in all of them.
const PLACED = String.raw`(?:(?:${OPERATOR.replace(/\|$/, "")})\s*)?(?:${UNNAMED})`;
const VALID = new RegExp(String.raw`^\s*${PLACED}(?:(?:\s+(?:,\s*)?|,\s*)${PLACED})*\s*$`);
const FIND = new RegExp(ONE, "g");
const RANGE = new RegExp(String.raw`\s*(${UNNAMED})\s+-\s+(${UNNAMED})\s*`, "g");
const PARTS = new RegExp(String.raw`^\s*(${OPERATOR})\s*${PARTIAL}\s*$`);
/** Longer constraints are refused: what reads them is a pattern that looks back. */
const MAX_CONSTRAINT = 1024;

/**
 * True where the version fulfils the constraint: groups parted by `||`, each a list of comparisons that must all hold.
 *
 * @throws {FunctionError} for what is no constraint or no version.
 */
export function satisfies(constraint: string, text: string): boolean {
  if (constraint.length > MAX_CONSTRAINT) {
    throw new FunctionError(`the constraint is longer than ${MAX_CONSTRAINT} characters`);
  }
  const groups = constraint.replace(RANGE, (_, low: string, high: string) => `>= ${low}, <= ${high} `).split("||").map(
    comparisonsOf,
  );
  const version = parseVersion(text);
  return groups.some((group) => {
    // One prerelease in a group opens the whole group to prereleases.
    const takesPrereleases = group.some((comparison) => comparison.version.prerelease !== "");
    return group.every((comparison) => {
      if (version.prerelease !== "" && comparison.version.prerelease === "" && !takesPrereleases) return false;
      return holds(version, comparison);
    });
  });
}

function comparisonsOf(group: string): Comparison[] {
  if (!VALID.test(group)) throw new FunctionError(`improper constraint: ${group}`);
  return [...group.matchAll(FIND)].map(([text]) => comparisonOf(text));
}

const isWildcard = (part: string | undefined) => part === undefined || /^\.?[xX*]$/.test(part);

function comparisonOf(text: string): Comparison {
  const match = PARTS.exec(text);
  if (!match) throw new FunctionError(`improper constraint: ${text}`);
  const [, operator, major, minor, patch, prerelease = ""] = match;
  const isMinorOpen = !isWildcard(major) && isWildcard(minor);
  const isPatchOpen = !isWildcard(major) && !isMinorOpen && isWildcard(patch);
  const whole = isWildcard(major)
    ? "0.0.0"
    : isMinorOpen
    ? `${major}.0.0`
    : isPatchOpen
    ? `${major}${minor}.0`
    : `${major}${minor}${patch}`;
  let version: Version;
  try {
    version = parseVersion(whole + prerelease);
  } catch {
    throw new FunctionError("constraint parser error");
  }
  return {
    operator: operator!,
    version,
    isOpen: isWildcard(major) || isMinorOpen || isPatchOpen,
    isMinorOpen,
    isPatchOpen,
  };
}

function holds(version: Version, comparison: Comparison): boolean {
  const { version: wanted, isOpen, isMinorOpen, isPatchOpen } = comparison;
  const order = compareVersions(version, wanted);
  switch (comparison.operator) {
    case "":
    case "=":
      return isOpen ? isTilde(version, comparison) : order === 0;
    case "!=":
      return isOpen ? isOther(version, comparison) : order !== 0;
    case ">":
      if (!isOpen) return order > 0;
      if (version.major !== wanted.major) return version.major > wanted.major;
      if (isMinorOpen) return false;
      return isPatchOpen ? version.minor > wanted.minor : order > 0;
    case "<":
      return order < 0;
    case ">=":
    case "=>":
      return order >= 0;
    case "<=":
    case "=<":
      if (!isOpen) return order <= 0;
      if (version.major > wanted.major) return false;
      return !(version.major === wanted.major && version.minor > wanted.minor && !isMinorOpen);
    case "^":
      return isCaret(version, comparison);
  }
  return isTilde(version, comparison);
}

function isOther(version: Version, { version: wanted, isMinorOpen, isPatchOpen }: Comparison): boolean {
  if (version.major !== wanted.major) return true;
  if (isMinorOpen) return false;
  if (version.minor !== wanted.minor) return true;
  if (isPatchOpen) return comparePrereleases(version.prerelease, wanted.prerelease) !== 0;
  return version.patch !== wanted.patch;
}

function isTilde(version: Version, { version: wanted, isMinorOpen, isPatchOpen }: Comparison): boolean {
  if (compareVersions(version, wanted) < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  // The library: every version is near 0.0.0.
  if (isZero && !isMinorOpen && !isPatchOpen) return true;
  return version.major === wanted.major && (version.minor === wanted.minor || isMinorOpen);
}

function isCaret(version: Version, { version: wanted, isMinorOpen, isPatchOpen }: Comparison): boolean {
  if (compareVersions(version, wanted) < 0) return false;
  if (wanted.major > 0n || isMinorOpen) return version.major === wanted.major;
  if (version.major > 0n) return false;
  if (wanted.minor > 0n || isPatchOpen) return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
}
