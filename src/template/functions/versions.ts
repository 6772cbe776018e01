/** Sprig's comparison of versions. */
import { type Family, fn } from "./define.ts";
import { satisfies } from "./version.ts";

export const versions: Family = {
  semverCompare: fn(
    ["string", "string"],
    ([constraint, version]) => satisfies(constraint as string, version as string),
  ),
};
