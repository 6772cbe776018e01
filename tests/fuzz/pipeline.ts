/** Whole pipelines over a Secret: whatever a template or a script does, no message of a plan holds a value of it. */
import fc from "fast-check";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { pipeline, World } from "../support/world.ts";
import { PLANTED, PLANTED_BASE64, property, requireClean } from "./property.ts";
import { textsOf } from "./texts.ts";

const sandbox = createLuaSandbox({ milliseconds: 100, bytes: 32 * 1024 * 1024 });
const templates = {
  world: { now: () => new Date(0), randomBytes: (count: number) => new Uint8Array(count) },
  limits: { steps: 20_000, outputBytes: 100_000, templateDepth: 50 },
};
const signal = new AbortController().signal;

const VALUE = "{{ .Resource.data.value }}";
const PLAIN = "{{ .Resource.data.value | b64dec }}";
// deno-fmt-ignore
const TEMPLATE_PIECES = [
  VALUE, PLAIN, "*", "&", "!", "!!int ", "%", "|", ">", ": ", "- ", "\n", "  ", "{", "}", "[", "'", '"', "#", "@", "`", "\t", "---\n", "? ",
  "{{ fail .Resource.data.value }}", "{{ required .Resource.data.value nil }}", "{{ .Resource.data.value | int | add1 }}", "{{ index .Resource.data .Resource.data.value }}",
  "{{ .Resource.data.value | toDate \"2006\" }}", "{{ .Resource.data.value | atoi }}", "{{ template .Resource.data.value }}", "{{ .Resource.data.value.x }}",
  "{{ .Resource.data.value | fromJson }}", "{{ .Resource.data.value | b64dec | mustFromJson }}", "{{ mustToDate \"2006\" .Resource.data.value }}", "{{ regexMatch .Resource.data.value \"(\" }}",
  "{{ mustRegexMatch (b64dec .Resource.data.value | printf \"(%s\") \"x\" }}", "{{ genSignedCert .Resource.data.value nil nil 1 nil }}", "{{ semver (b64dec .Resource.data.value) }}",
  "apiVersion: v1\n", "kind: Secret\n", "metadata: {name: x, namespace: in}\n", "stringData: {a: ", "labels: {a: ", "data:\n  v: ",
];
const TEMPLATES = textsOf(TEMPLATE_PIECES, [
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: out\n  namespace: in\n  labels: {a: "b"}\ntype: Opaque\ndata:\n  v: ${VALUE}\nstringData:\n  w: ${PLAIN}\n`,
  `apiVersion: v1\nkind: ${PLAIN}\nmetadata: {name: ${PLAIN}, namespace: ${PLAIN}}\n`,
], 12);
// deno-fmt-ignore
const LUA_PIECES = [
  "resources[1].data.value", "error(resources[1].data.value)", "nil + ", "resources[1].data.value + 1", "tonumber(", "string.format('%d', resources[1].data.value)", ".x.y", "{", "}", "(", ")", "\n",
  "print(resources[1].data.value)", "string.rep(resources[1].data.value, 3)", "table.concat({resources[1].data.value, {}})", "#", "-", "local v = ", "v()", "for i in v do end", "v.x.y = 1",
  "error({v})", "assert(false, v)", "string.find(v, '[' .. v)", "require(v)", "os.execute(v)", "loadstring(v)()", "setmetatable({}, v)", "return {resources = v}", "return {message = v, resources = resources}", "return v",
];
const SCRIPTS = textsOf(LUA_PIECES, [
  "function evaluate()\n  local v = resources[1].data.value\n  local t = {}\n  return {resources = {{kind = 'X', metadata = {name = v}}}}\nend",
], 10).map((text) =>
  text.includes("evaluate") ? text : `function evaluate()\n  local v = resources[1].data.value\n  ${text}\nend`
);

async function messagesOf(source: Record<string, string>, template?: string): Promise<string[]> {
  const selectors = [{ group: "", version: "v1", kind: "Secret", namespace: "src" }];
  const world = new World(
    ...pipeline({ source: { resourceSelectors: selectors, ...source }, template }),
    { apiVersion: "v1", kind: "Secret", metadata: { namespace: "src", name: "s" }, data: { value: PLANTED_BASE64 } },
  );
  const gates = {
    instance: "moonferry",
    allowedKinds: ["Secret"],
    allowKubeconfig: [],
    checkPayload: true,
    adopt: false,
  };
  const options = { managementLabels: { a: "b" }, createNamespaces: false, gates };
  const { plan, computation } = await reconcile(
    { trigger: "t" },
    { reader: world, sandbox, templates },
    options,
    signal,
  );
  return [
    ...plan.failures.flatMap(({ message, traceback }) => [message, ...(traceback ? [traceback] : [])]),
    ...plan.notes.map(({ message }) => message),
    ...plan.held.map(({ reason }) => reason),
    ...[computation.matches?.printed, computation.matches?.message].filter((text) => text !== undefined && text !== ""),
  ] as string[];
}

export const PIPELINE_PROPERTIES = [
  property("pipeline: no template makes a message hold a Secret's value", 300, TEMPLATES, async (template) => {
    for (const message of await messagesOf({}, template)) requireClean(message);
  }),
  property("pipeline: no script makes a message hold a Secret's value", 120, SCRIPTS, async (script) => {
    for (const message of await messagesOf({ aggregatedSelection: script })) requireClean(message);
  }),
  property(
    "pipeline: no selector's script does",
    60,
    fc.constantFrom(
      "error(obj.data.value)",
      "return obj.data.value",
      "return {matching = obj.data.value}",
      "return obj.data.value + 1",
    ),
    async (line) => {
      const evaluate = `function evaluate() ${line} end`;
      const selectors = [{ group: "", version: "v1", kind: "Secret", namespace: "src", evaluate }];
      for (const message of await messagesOf({ resourceSelectors: selectors as never })) requireClean(message);
    },
  ),
];

export { PLANTED };
