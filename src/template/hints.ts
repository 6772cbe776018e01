/** What to write instead, for the mistakes that users of Sveltos templates make most. */
import type { PipeNode } from "./node.ts";
import { quoteText } from "./quote.ts";
import { ANY_MAP, GoMap, type GoType, NIL_MAP, type Value } from "./value.ts";

const HELM_ONLY: ReadonlyMap<string, string> = new Map([
  ["include", '`include` exists in Helm only; write {{ template "name" . }}, which can\'t be piped on'],
  ["tpl", "`tpl` exists in Helm only; a template can't render text that it reads"],
  ["required", '`required` exists in Helm only; a missing key is an error anyway, and `fail "…"` stops on purpose'],
  [
    "lookup",
    "`lookup` exists in Helm only; let the EventSource select the object and read it from .Resource or .Resources",
  ],
  ["mustToYaml", "`mustToYaml` exists in newer Helm only; write `toYaml`"],
  ["fromYamlFile", "`fromYamlFile` doesn't exist; write `fromYaml` with the text"],
]);

/** A hint for an error of the parser, by its message. */
export function hintForParse(reason: string): string | undefined {
  const name = /^function "(.+)" not defined$/.exec(reason)?.[1];
  if (name !== undefined) return HELM_ONLY.get(name);
  if (reason.startsWith("unclosed action")) return "an action ends with }} on the same or a later line";
  if (reason === "unexpected EOF") return "a block (if, range, with, define, block) has no {{ end }}";
  if (reason.startsWith("unterminated character constant") || reason.startsWith("malformed character constant")) {
    return "texts stand between double quotes or backquotes; single quotes are for one character";
  }
  return undefined;
}

/** A hint for a key that `receiver` doesn't have, used within `pipe`. */
export function hintForMissingKey(receiver: GoMap, key: string, pipe: PipeNode | undefined): string {
  if (receiver === NIL_MAP) {
    return "the map is nil: .Resource holds an object only if the EventSource has `collectResources: true`; " +
      "without it use .MatchingResource";
  }
  if (receiver.isNil) {
    return "the map is nil: getResource gives this for an identifier that is not among the templateResourceRefs; " +
      ".KubeadmControlPlane and .InfrastructureProvider hold an object for clusters of Cluster API only";
  }
  if (receiver.type !== ANY_MAP && receiver.elementType === ANY_MAP) {
    return "`identifier` names it: no entry of templateResourceRefs has this one, or the entry is optional and its " +
      "object is not there; (getResource …) gives an empty map then, which `if` and `with` can test";
  }
  const safely = `{{ get … ${quoteText(key)} }} (or dig, hasKey, index) doesn't fail on a missing key`;
  return pipe !== undefined && callsDefault(pipe)
    ? `\`default\` comes too late, the missing key has failed before it: ${safely}`
    : `a missing key is an error in Sveltos templates, in \`if\` and \`with\` too: ${safely}`;
}

function callsDefault(pipe: PipeNode): boolean {
  return pipe.commands.some((command) =>
    command.args.some((arg) =>
      arg.type === "identifier" && (arg.name === "default" || arg.name === "coalesce") ||
      arg.type === "pipe" && callsDefault(arg)
    )
  );
}

const PLURAL =
  "exists only with `oneForEvent: false`; with `oneForEvent: true` a template sees one object at a time, in";
const SINGULAR = "exists only with `oneForEvent: true`; with `oneForEvent: false` a template sees all objects, in";

const OTHER_FORM: ReadonlyMap<string, string> = new Map([
  ["Resources", `.Resources ${PLURAL} .Resource`],
  ["MatchingResources", `.MatchingResources ${PLURAL} .MatchingResource`],
  ["CloudEvents", `.CloudEvents ${PLURAL} .CloudEvent`],
  ["Resource", `.Resource ${SINGULAR} .Resources`],
  ["MatchingResource", `.MatchingResource ${SINGULAR} .MatchingResources`],
  ["CloudEvent", `.CloudEvent ${SINGULAR} .CloudEvents`],
]);

const FIRST_RENDERING =
  "matches are known to the first rendering only: annotate the object `projectsveltos.io/instantiate: ok` as well, and " +
  'let what is meant for the second one survive the first: {{ "{{ .MgmtResources.x }}" }}';

const SECOND_RENDERING =
  "templateResourceRefs are known to the second rendering only, of objects annotated `projectsveltos.io/template: ok`";

/** A hint for a field that can't be evaluated in a struct with `fields`. */
export function hintForField(name: string, fields: readonly string[]): string | undefined {
  const capitalised = fields.find((field) => field.toLowerCase() === name.toLowerCase());
  if (capitalised !== undefined) {
    return `the field is written .${capitalised}; fields of structs start with a capital letter`;
  }
  if (!fields.some((field) => OTHER_FORM.has(field))) {
    return fields.includes("MgmtResources") && OTHER_FORM.has(name) ? FIRST_RENDERING : undefined;
  }
  return name === "MgmtResources" ? SECOND_RENDERING : OTHER_FORM.get(name);
}

/** A hint for two types that can't be compared. */
export function hintForComparison(a: GoType, b: GoType): string | undefined {
  const types = [a, b];
  if (types.includes("float64") && types.some((type) => type.includes("int"))) {
    return "numbers of a resource are float64 and a literal such as 3 is an int: write 3.0, or (int .Resource.…)";
  }
  return types.includes("string") ? "convert one side, with `toString` or `int`" : undefined;
}

/** A hint for a value of the wrong type for a parameter. */
export function hintForArgument(expected: GoType, actual: GoType): string | undefined {
  if (expected === "string" && actual === "float64") {
    return "numbers of a resource are float64: write (int64 .x | toString)";
  }
  if (expected === ANY_MAP && actual === "string") {
    return `wanted a map, such as .Resource or what getResource gave; ${SECOND_RENDERING}, and so are their identifiers`;
  }
  if (expected === "string" && actual !== "interface {}") return "write (toString .x)";
  if (expected.startsWith("int") && actual === "float64") return "numbers of a resource are float64: write (int .x)";
  return undefined;
}

/** A hint for a value that `range` can't walk. */
export function hintForRange(value: Value): string | undefined {
  if (typeof value === "number") return "numbers of a resource are float64: write {{ range until (int .x) }}";
  return typeof value === "string" ? 'to walk the parts of a text, split it: {{ range splitList "," .x }}' : undefined;
}
