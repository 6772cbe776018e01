/** The data and the functions that the Go program had which answered the cases in `cases/`. */
import { FunctionError, type FunctionTable, type TemplateFunction } from "../../src/template/function.ts";
import { NIL_MAP, type TemplateData, templateData, type TemplateWorld } from "../../src/template/mod.ts";
import { sprint } from "../../src/template/print.ts";
import {
  ANY,
  ANY_LIST,
  ANY_MAP,
  type GoInt,
  goInt,
  goInt64,
  GoList,
  GoMap,
  GoStruct,
  STRING_LIST,
  stringList,
  type StructType,
  type Value,
  valueFromJson,
} from "../../src/template/value.ts";
import { type JsonObject, parseJson } from "../../src/json/json.ts";
import { formatFloat } from "../../src/json/number.ts";
import { textOf } from "../../src/template/bytes.ts";

export const WORLD: TemplateWorld = {
  now: () => new Date(Date.UTC(2025, 0, 2, 3, 4, 5)),
  randomBytes: (count) => new Uint8Array(count),
};

/** A row of a case file: Go's answer for `template` over the data named `data`. */
export interface GoCase {
  readonly name: string;
  readonly template: string;
  readonly data?: "one" | "none" | "all";
  readonly html?: boolean;
  readonly tree?: string;
  readonly want?: string;
  readonly wantError?: { readonly stage: "parse" | "execute"; readonly message: string };
}

export function readCases(name: string): readonly GoCase[] {
  const path = new URL(`./cases/${name}.json`, import.meta.url);
  return (JSON.parse(Deno.readTextFileSync(path)) as { cases: GoCase[] }).cases;
}

const OBJECT = String
  .raw`{"apiVersion":"v1","kind":"X","metadata":{"name":"web","namespace":"team-a","labels":{"app":"web","a.b/c":"d"}},"spec":{"replicas":3,"ratio":2.5,"big":9007199254740993,"million":1000000,"huge":1e21,"tiny":1e-7,"neg":-5,"zero":0,"on":true,"off":false,"nil":null,"empty":"","emptyList":[],"emptyMap":{},"list":["b","a","c"],"nums":[3,1,2],"mixed":["x",1,null,true,{"k":"v"},[1,2]],"ports":[{"name":"http","port":80},{"name":"https","port":443}],"map":{"z":"1","a":"2","m":{"k":"v"}},"html":"<a href=\"x\">&'+</a>","uni":"ü€😀","tab":"a\tb\nc"}}`;
const CLUSTER =
  `{"kind":"SveltosCluster","metadata":{"name":"mgmt","generation":4,"labels":{"env":"fv"}},"spec":{"shard":7,"ratio":0.5,"whole":3.0}}`;

/** The data of a case, made anew: templates may change it. */
export function caseData(kind: GoCase["data"] = "one"): TemplateData {
  const object = valueFromJson(parseJson(OBJECT) as JsonObject, "float64");
  const Cluster = valueFromJson(parseJson(CLUSTER) as JsonObject, "int64");
  const MatchingResource = { kind: "Service", namespace: "n", name: "web", apiVersion: "v1" };
  if (kind === "none") return templateData({ Resource: NIL_MAP, MatchingResource, Cluster });
  if (kind === "one") return templateData({ Resource: object, MatchingResource, Cluster });
  return templateData({
    Resources: [object, NIL_MAP],
    MatchingResources: [MatchingResource, { kind: "Secret", name: "s", apiVersion: "v1" }],
    Cluster,
  });
}

const POINT: StructType = {
  name: "controllers.Point",
  fields: ["X", "Y"],
  format: ({ values: [x, y] }) => `(${formatFloat(x as number)},${formatFloat(y as number)})`,
  methods: new Map([
    ["Scale", {
      parameters: ["float64"],
      call: ({ values: [x, y] }, [factor]) =>
        new GoStruct(POINT, [(x as number) * (factor as number), (y as number) * (factor as number)]),
    }],
    ["Sum", {
      parameters: [],
      variadic: "int",
      call: (_receiver, more) => goInt((more as GoInt[]).reduce((sum, next) => sum + next.value, 0n)),
    }],
  ]),
};

function dict(args: Value[]): Value {
  const map = new GoMap();
  const free = { spend: () => {}, reserve: () => {} };
  for (let i = 0; i + 1 < args.length; i += 2) map.set(sprint([args[i]], free), args[i + 1]);
  return map;
}

function put([map, key, value]: Value[]): Value {
  (map as GoMap).set(key as string, value);
  return map;
}

/** One function for each kind of parameter that Go's reflection tells apart. */
export const CASE_FUNCTIONS: FunctionTable = new Map<string, TemplateFunction>([
  ["upper", { parameters: ["string"], call: ([text]) => (text as string).toUpperCase() }],
  ["addf", { parameters: ["float64", "float64"], call: ([a, b]) => (a as number) + (b as number) }],
  ["addi", { parameters: ["int", "int"], call: ([a, b]) => goInt((a as GoInt).value + (b as GoInt).value) }],
  ["sum64", {
    parameters: [],
    variadic: "int64",
    call: (args) => goInt64((args as GoInt[]).reduce((sum, next) => sum + next.value, 0n)),
  }],
  ["byte8", { parameters: ["uint8"], call: ([byte]) => byte }],
  ["yes", { parameters: ["bool"], call: ([value]) => value }],
  ["keyed", { parameters: [ANY_MAP, "string"], call: ([map, key]) => (map as GoMap).get(key as string) ?? null }],
  ["count", { parameters: [ANY_LIST], call: ([list]) => goInt((list as GoList).length) }],
  ["join", {
    parameters: ["string", STRING_LIST],
    call: ([separator, list]) => (list as GoList).items.join(separator as string),
  }],
  ["words", { parameters: ["string"], call: ([text]) => stringList((text as string).split(" ").filter(Boolean)) }],
  ["same", { parameters: [ANY], call: ([value]) => value }],
  ["fail", {
    parameters: ["string"],
    call: ([message]) => {
      throw new FunctionError(message as string);
    },
  }],
  ["list", { parameters: [], variadic: ANY, call: (args) => new GoList(args) }],
  ["dict", { parameters: [], variadic: ANY, call: dict }],
  ["put", { parameters: [ANY_MAP, "string", ANY], call: put }],
  ["point", { parameters: ["float64", "float64"], call: (args) => new GoStruct(POINT, args) }],
  ["pointTo", { parameters: ["float64", "float64"], call: (args) => new GoStruct(POINT, args, { isPointer: true }) }],
  ["takePoint", { parameters: ["controllers.Point"], call: ([point]) => (point as GoStruct).field("X") }],
  ["hexbytes", { parameters: ["string"], call: ([hex]) => textOf(Uint8Array.fromHex(hex as string)) }],
  ["default", {
    parameters: [ANY],
    variadic: ANY,
    call: ([fallback, value]) => value === undefined || value === null || value === "" ? fallback : value,
  }],
  ["nothing", { parameters: [], call: () => null }],
]);
