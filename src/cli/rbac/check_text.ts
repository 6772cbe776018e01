/** What a check of rights has found, for people and for machines. Pure. */
import { describeRight } from "../../api/right.ts";
import { describeVerbs } from "../../api/rules.ts";
import { type JsonObject, stringifyJson } from "../../json/json.ts";
import { writeYaml } from "../../yaml/write.ts";
import { type Paint, plural } from "../print.ts";
import type { Excess, RightsCheck } from "./check.ts";

export function checkText({ identity, needed, missing, excess, incomplete }: RightsCheck, paint: Paint): string {
  const lines = [`${paint("bold", identity)} needs ${plural(needed, "right")}`];
  if (missing.length > 0) {
    lines.push(paint("red", `${plural(missing.length, "right")} missing (moonferry rbac prints the Roles):`));
    for (const { right, whys } of missing) lines.push(`  ${describeRight(right)}`, `    for ${whys.join("; ")}`);
  } else lines.push(paint("green", "none is missing"));
  if (excess.length > 0) {
    lines.push(paint("red", "dangerous, and nothing needs it:"));
    for (const item of excess) lines.push(`  ${describeVerbs(item.verbs, item)} ${placeOf(item)}: ${item.what}`);
  } else lines.push(paint("green", "none beyond them is dangerous"));
  if (incomplete.length > 0) {
    const where = incomplete.join(", ");
    lines.push(
      paint("yellow", `the server can't list all that is allowed in ${where}: there may be more dangerous rights`),
    );
  }
  return `${lines.join("\n")}\n`;
}

function placeOf({ isEverywhere, namespaces }: Excess): string {
  return isEverywhere ? "in all namespaces" : `in namespace ${namespaces.join(", ")}`;
}

export function checkJson(check: RightsCheck, output: "json" | "yaml"): string {
  const document: JsonObject = {
    identity: check.identity,
    needed: check.needed,
    missing: check.missing.map(({ right, whys }): JsonObject => ({ ...right, for: [...whys] })),
    dangerous: check.excess.map(({ verbs, group, resource, namespaces, isEverywhere, what }): JsonObject => ({
      verbs: [...verbs],
      group,
      resource,
      namespaces: [...namespaces],
      everywhere: isEverywhere,
      what,
    })),
    incomplete: [...check.incomplete],
  };
  return output === "json" ? `${stringifyJson(document, 2)}\n` : writeYaml(document);
}
