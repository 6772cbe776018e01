/** Sprig's functions of versions; `semver` gives a *semver.Version of Masterminds/semver, with its methods. */
import { GoInt, goInt, GoStruct, type StructMethod, type StructType, type Value } from "../value.ts";
import { type Family, fn } from "./define.ts";
import { compareVersions, parseVersion, satisfies, type Version } from "./version.ts";

interface Parsed extends Version {
  readonly original: string;
}

function parsedOf(value: Value): Parsed {
  return (value as GoStruct).options.host as Parsed;
}

/** Go's Version.String. */
function textOf({ major, minor, patch, prerelease, metadata }: Version): string {
  return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
}

const ZERO_VERSION: Parsed = { major: 0n, minor: 0n, patch: 0n, prerelease: "", metadata: "", original: "" };

const POINTER = "*semver.Version";
const getter = (get: (version: Parsed) => Value): StructMethod => ({
  parameters: [],
  call: (receiver) => get(parsedOf(receiver)),
});
const comparison = (decide: (order: number) => Value): StructMethod => ({
  parameters: [POINTER],
  call: (receiver, [other]) => decide(compareVersions(parsedOf(receiver), parsedOf(other!))),
});
const uint64 = (value: bigint) => new GoInt("uint64", value);

/** The next version: a value, not a pointer. Of a prerelease the next patch is the release. */
const increment = (change: (version: Version) => Pick<Version, "major" | "minor" | "patch">): StructMethod => ({
  parameters: [],
  call: (receiver) => {
    const version: Version = { ...change(parsedOf(receiver)), prerelease: "", metadata: "" };
    const prefix = parsedOf(receiver).original.startsWith("v") ? "v" : "";
    return versionStruct({ ...version, original: prefix + textOf(version) }, false);
  },
});

const VERSION: StructType = {
  name: "semver.Version",
  fields: [],
  hidden: ["major", "minor", "patch", "pre", "metadata", "original"],
  hiddenValues: (value) => {
    const { major, minor, patch, prerelease, metadata, original } = parsedOf(value);
    return [uint64(major), uint64(minor), uint64(patch), prerelease, metadata, original];
  },
  format: (value) => textOf(parsedOf(value)),
  // The library that copies leaves out what isn't exported.
  deepCopy: (value) => versionStruct(ZERO_VERSION, value.options.isPointer ?? false),
  deepEquals: (a, b) => parsedOf(a).original === parsedOf(b).original && textOf(parsedOf(a)) === textOf(parsedOf(b)),
  toJson: (value) => textOf(parsedOf(value)),
  methods: new Map<string, StructMethod>([
    ["Major", getter(({ major }) => uint64(major))],
    ["Minor", getter(({ minor }) => uint64(minor))],
    ["Patch", getter(({ patch }) => uint64(patch))],
    ["Prerelease", getter(({ prerelease }) => prerelease)],
    ["Metadata", getter(({ metadata }) => metadata)],
    ["Original", getter(({ original }) => original)],
    ["String", getter(textOf)],
    ["Compare", comparison((order) => goInt(order))],
    ["LessThan", comparison((order) => order < 0)],
    ["LessThanEqual", comparison((order) => order <= 0)],
    ["GreaterThan", comparison((order) => order > 0)],
    ["GreaterThanEqual", comparison((order) => order >= 0)],
    ["Equal", comparison((order) => order === 0)],
    ["IncMajor", increment(({ major }) => ({ major: major + 1n, minor: 0n, patch: 0n }))],
    ["IncMinor", increment(({ major, minor }) => ({ major, minor: minor + 1n, patch: 0n }))],
    [
      "IncPatch",
      increment(({ major, minor, patch, prerelease }) => ({
        major,
        minor,
        patch: prerelease === "" ? patch + 1n : patch,
      })),
    ],
  ]),
};

function versionStruct(version: Parsed, isPointer: boolean): GoStruct {
  return new GoStruct(VERSION, [], { isPointer, host: version });
}

export const versions: Family = {
  semver: fn(
    ["string"],
    ([text]) => versionStruct({ ...parseVersion(text as string), original: text as string }, true),
  ),
  semverCompare: fn(
    ["string", "string"],
    ([constraint, version]) => satisfies(constraint as string, version as string),
  ),
};
