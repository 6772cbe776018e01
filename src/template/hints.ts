/** What to write instead, for the mistakes that users of Sveltos templates make most. */
import { type NamesNode, namesRead, type PipeNode, receiverText } from "./node.ts";
import { quoteText } from "./quote.ts";
import { ANY_MAP, GoMap, GoStruct, type GoType, NIL_MAP, type Value } from "./value.ts";

const FOREIGN: ReadonlyMap<string, string> = new Map([
  ["include", '`include` exists in Helm only; write {{ template "name" . }}, which can\'t be piped on'],
  ["tpl", "`tpl` exists in Helm only; a template can't render text that it reads"],
  ["required", '`required` exists in Helm only; a missing key is an error anyway, and `fail "…"` stops on purpose'],
  [
    "lookup",
    "`lookup` exists in Helm only; let the EventSource select the object and read it from .Resource or .Resources",
  ],
  ["mustToYaml", "`mustToYaml` exists in newer Helm only; write `toYaml`"],
  ["fromYamlFile", "`fromYamlFile` doesn't exist; write `fromYaml` with the text"],
  ["elseif", "write {{ else if … }}, in two words"],
  ["elif", "write {{ else if … }}"],
  ["for", "write {{ range $index, $element := .list }}"],
  ["foreach", "write {{ range $index, $element := .list }}"],
  ["b64encode", "write `b64enc`"],
  ["b64decode", "write `b64dec`"],
  ["base64", "write `b64enc` or `b64dec`"],
  ["length", "write `len`"],
]);

/** A hint for a name that is no function of any of `tables`. */
export function hintForFunction(name: string, tables: readonly ReadonlyMap<string, unknown>[]): string | undefined {
  const lower = name.toLowerCase();
  const meant = tables.flatMap((table) => [...table.keys()]).find((known) => known.toLowerCase() === lower);
  return meant === undefined ? FOREIGN.get(name) : `it is written \`${meant}\``;
}

const NO_OPERATORS = "there are no operators but functions";

const PARSE_HINTS: readonly (readonly [RegExp, string])[] = [
  [/^unclosed action/, "an action ends with }} on the same or a later line"],
  [/^unexpected EOF$/, "this block has no {{ end }}: if, range, with, define and block want one each"],
  [
    /^unexpected \{\{(end|else)\}\}$/,
    "no block is open here: if, range, with, define and block have one {{ end }} each",
  ],
  [
    /^(unterminated|malformed) character constant/,
    "texts stand between double quotes or backquotes; single quotes are for one character",
  ],
  [/^bad character U\+005B/, 'elements are read with a function: {{ index .list 0 }}, {{ index .map "key" }}'],
  [/^unexpected "\.\d+" in /, "elements are read with a function: {{ index .list 0 }}"],
  [
    /^bad character U\+/,
    'a key with more than letters, digits and _ is read with a function: {{ index .map "the-key" }}',
  ],
  [/^unexpected "=" in /, `${NO_OPERATORS}: {{ if eq .a .b }}; only a variable can be set, {{ $x = 1 }}`],
  [/^unexpected "&" in /, `${NO_OPERATORS}: {{ if and .a .b }}`],
  [/^unexpected "\|" in /, `${NO_OPERATORS}: {{ if or .a .b }}`],
  [/^unexpected "!" in /, `${NO_OPERATORS}: {{ if not .a }}, {{ if ne .a .b }}`],
  [/^unexpected "[<>]" in /, `${NO_OPERATORS}: lt, le, gt, ge, as in {{ if lt .a .b }}`],
  [/^unexpected "\?" in /, `${NO_OPERATORS}: {{ ternary "yes" "no" .a }}, or if and else`],
  [
    /^(illegal number syntax: "[+-]"|unexpected "[*\/%]" in )/,
    `${NO_OPERATORS}: add, sub, mul, div, mod, as in {{ add .a 1 }}`,
  ],
  [/^unexpected "\}" in /, "an action ends with two braces, }}"],
  [/^unexpected "\{" in /, "actions don't stand within each other; a pipeline within another stands in parentheses"],
  [
    /^undefined variable /,
    "a variable is there from its {{ $x := … }} to the end of that block: declare it before, set it within by {{ $x = … }}",
  ],
];

/** A hint for an error of the parser, by its message. */
export function hintForParse(reason: string): string | undefined {
  return PARSE_HINTS.find(([pattern]) => pattern.test(reason))?.[1];
}

/** A hint for a template that is called and not there. */
export function hintForTemplate(name: string): string {
  return `{{ define ${
    quoteText(name)
  } }} counts within its own text: each key of a ConfigMap or Secret is a text of its own`;
}

/** A hint for a name behind the dot where what `$` holds has it, and the dot has not. */
export function hintForDot(name: string, root: Value): string | undefined {
  if (!(root instanceof GoStruct) || !root.hasField(name)) return undefined;
  return `within range and with the dot is the element or the value: write $.${name}`;
}

/** A hint for the key at `index` of `node`, which `receiver` doesn't have, used within `pipe`. */
export function hintForMissingKey(
  receiver: GoMap,
  node: NamesNode,
  index: number,
  pipe: PipeNode | undefined,
): string {
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
  const [key, ...inner] = namesRead(node).slice(index).map((name) => quoteText(name));
  const from = receiverText(node, index);
  const safe = inner.length === 0 ? `(get ${from} ${key})` : `(dig ${key} ${inner.join(" ")} "" ${from})`;
  return pipe !== undefined && callsDefault(pipe)
    ? `\`default\` comes too late, the missing key has failed before it: write ${safe}`
    : `a missing key is an error in Sveltos templates, in \`if\` and \`with\` too: ${safe} is empty then`;
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

const HELM_DATA = new Set(["Values", "Release", "Chart", "Capabilities", "Files"]);

/** A hint for a field that can't be evaluated in a struct with `fields`. */
export function hintForField(name: string, fields: readonly string[]): string | undefined {
  const capitalised = fields.find((field) => field.toLowerCase() === name.toLowerCase());
  if (capitalised !== undefined) {
    return `the field is written .${capitalised}; fields of structs start with a capital letter`;
  }
  if (!fields.some((field) => OTHER_FORM.has(field))) {
    return fields.includes("MgmtResources") && OTHER_FORM.has(name) ? FIRST_RENDERING : whatIsThere(fields);
  }
  if (HELM_DATA.has(name)) return `.${name} exists in Helm only; ${whatIsThere(fields)}`;
  return name === "MgmtResources" ? SECOND_RENDERING : OTHER_FORM.get(name) ?? whatIsThere(fields);
}

function whatIsThere(fields: readonly string[]): string | undefined {
  return fields.length === 0 ? undefined : `there are ${fields.map((field) => `.${field}`).join(", ")}`;
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
