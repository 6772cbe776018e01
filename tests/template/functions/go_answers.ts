/** The cases that the Go program in `oracle/` answered, and our own answers to them. */
import { type JsonObject, parseJson } from "../../../src/json/json.ts";
import { LEFT_OUT } from "../../../src/template/functions/left_out.ts";
import { resourceFunctions } from "../../../src/template/functions/resources.ts";
import {
  type FunctionTable,
  functionTable,
  GoMap,
  parseTemplate,
  replaceStrayBytes,
  RESOURCE_MAP,
  secondStageData,
  type TemplateData,
  templateData,
  TemplateError,
  type TemplateWorld,
  valueFromJson,
} from "../../../src/template/mod.ts";
import { bytesOf } from "../../../src/template/bytes.ts";
import type { GoCase } from "../support.ts";

const CASES = new URL("./cases/", import.meta.url);
const { Resource, Cluster, Credentials } = parseJson(Deno.readTextFileSync(new URL("data.json", CASES))) as Record<
  string,
  JsonObject
>;

/** The clock of the Go program stands still. */
const WORLD: TemplateWorld = {
  now: () => new Date(Date.UTC(2009, 10, 10, 23)),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

/** What a template gives: its text, or the stage and message of its failure. `hex` stands for a text that is not UTF-8. */
export type FunctionAnswer = Pick<GoCase, "want" | "wantError"> & { readonly hex?: string };

/** The names of all functions that Sveltos's templates have, as Go lists them, by who brings them. */
export function functionNames(): Readonly<Record<"go" | "sprig" | "sveltos", readonly string[]>> {
  return JSON.parse(Deno.readTextFileSync(new URL("./names.json", import.meta.url)));
}

/** The committed cases, by file. */
export function goCases(): ReadonlyMap<string, readonly GoCase[]> {
  const names = Array.from(Deno.readDirSync(CASES), ({ name }) => name).filter((name) => name !== "data.json").sort();
  return new Map(names.map((name) => {
    const { cases } = JSON.parse(Deno.readTextFileSync(new URL(name, CASES))) as { cases: GoCase[] };
    return [name.replace(".json", ""), cases];
  }));
}

/** The data of a case, made anew: templates may change it. */
function data(): TemplateData {
  return templateData({
    Resource: valueFromJson(Resource!, "float64"),
    MatchingResource: { kind: "Service", namespace: "n", name: "web", apiVersion: "v1" },
    Cluster: valueFromJson(Cluster!, "int64"),
  });
}

/** What a case is rendered with. */
export interface Rendering {
  readonly data: TemplateData;
  readonly functions: FunctionTable;
}

/** The data and the functions of the first rendering, made anew. */
export function firstStage(): Rendering {
  return { data: data(), functions: functionTable };
}

/** Those of the second one. */
export function secondStage(): Rendering {
  const resources = new GoMap(
    new Map([["Web", valueFromJson(Resource!, "int64")], ["Credentials", valueFromJson(Credentials!, "int64")]]),
    RESOURCE_MAP,
  );
  return {
    data: secondStageData({ Cluster: valueFromJson(Cluster!, "int64"), MgmtResources: resources }),
    functions: new Map([...functionTable, ...Object.entries(resourceFunctions(resources))]),
  };
}

/** Whether the cases of a file are for the second rendering. */
export function isSecondStage(file: string): boolean {
  return file.startsWith("second_stage");
}

/** Our answer. What is no error of a template surfaces. */
export function answer(template: string, { data, functions } = firstStage()): FunctionAnswer {
  try {
    const text = parseTemplate("oracle", template, functions).render(data, { world: WORLD });
    return text.isWellFormed() ? { want: text } : { hex: bytesOf(text).toHex() };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { wantError: { stage: error.stage, message: replaceStrayBytes(error.message) } };
  }
}

/** What of Go's messages shows values, which may come from a Secret, and what ours says instead. */
const SHOWING_VALUES: readonly (readonly [RegExp, string])[] = [
  [/regexp: Compile\((?:`.*?`|"(?:[^"\\]|\\.)*")\): /s, ""],
  [/(error parsing regexp: .*?): `[^`]*`$/s, "$1"],
  [/(json: cannot unmarshal number) \S+ (into Go value of type float64)$/, "$1 $2"],
  [/(error calling call: non-function) .* of type (\S+(?: \{\})?)$/s, "$1 value of type $2"],
  [/(error calling (?:index|slice): index out of range): -?\d+$/, "$1"],
  [/(error calling slice: invalid slice index): -?\d+ > -?\d+$/, "$1: the first is larger than the second"],
  [/(error calling (?:eq|ne|le|gt): non-comparable type) .*: (\S+(?: \{\})?)$/s, "$1 $2"],
  [
    /(error calling (?:eq|ne|le|gt): non-comparable types) .*: (\S+(?: \{\})?), ([*\w.[\]]+(?: \{\})?): .*$/s,
    "$1 $2, $3",
  ],
  [/(error parsing ip|error processing alternate dns name): .* is not a string$/s, "$1: not a string"],
  [/(error parsing ip): (?!not a string$).*$/s, "$1: not an address"],
  [/x509: "(?:[^"\\]|\\.)*" (cannot be encoded as an IA5String)$/, "x509: a name $1"],
  [/(x509: cannot parse URI) "(?:[^"\\]|\\.)*"(?:(: invalid domain)|: .*)$/, "$1$2"],
  [/(x509: failed to parse \w+ constraint) "(?:[^"\\]|\\.)*"/, "$1"],
  [/(x509: IP constraint contained invalid mask) [0-9a-f]+$/, "$1"],
];

/** Go knows no type of what lies in a map or list of anything; ours says which it is. */
const OF_ANY_TYPE = /(can't evaluate field \S+ in type) interface \{\}$/;

function withoutSecrets({ want, wantError, hex }: FunctionAnswer): FunctionAnswer {
  if (wantError === undefined) return { want, hex };
  const message = SHOWING_VALUES.reduce((text, [pattern, ours]) => text.replace(pattern, ours), wantError.message);
  return { wantError: { ...wantError, message } };
}

/** The answer as committed files have it, with U+FFFD for a byte that is not UTF-8. */
function readable({ hex, ...rest }: FunctionAnswer): FunctionAnswer {
  return hex === undefined ? rest : { want: replaceStrayBytes(new TextDecoder().decode(Uint8Array.fromHex(hex))) };
}

/**
 * How our answer stands to Go's: byte for byte, with the stage and the whole message of failures. Where a template calls a
 * function that is left out on purpose, ours must say so instead.
 */
export function verdictOf(wanted: FunctionAnswer, found: FunctionAnswer): "equal" | "differs" | "intended" {
  const refused = /^template: oracle:\d+: function "(\w+)" is left out on purpose: /.exec(
    found.wantError?.message ?? "",
  );
  if (refused && Object.hasOwn(LEFT_OUT, refused[1]!)) return "intended";
  const a = withoutSecrets(wanted), b = withoutSecrets(wanted.hex === undefined ? readable(found) : found);
  if (OF_ANY_TYPE.test(a.wantError?.message ?? "")) {
    const start = a.wantError!.message.slice(0, -"interface {}".length);
    return b.wantError?.message.startsWith(start) ? "equal" : "differs";
  }
  const isSame = a.want === b.want && a.hex === b.hex && a.wantError?.stage === b.wantError?.stage &&
    a.wantError?.message === b.wantError?.message;
  return isSame ? "equal" : "differs";
}
