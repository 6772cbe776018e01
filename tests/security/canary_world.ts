/** Manifests whose Secrets hold canaries, and a trigger for each way in which a script, a template or an output may say them. */
import { CANARIES } from "../support/canaries.ts";

export interface Case {
  readonly name: string;
  /** Text of `aggregatedSelection`, over `value` (base64) and `kubeconfig`. */
  readonly lua?: string;
  /** A rule over the Secret. */
  readonly cel?: string;
  /** The template, in a ConfigMap or, with `isSecret`, in a Secret. */
  readonly template?: string;
  readonly isSecret?: boolean;
  /** Rendered in the second stage alone. */
  readonly isSecond?: boolean;
  /** More of the trigger's spec. */
  readonly spec?: string;
  /** What the plan says about it, so that we know that it spoke. */
  readonly says: RegExp;
}

const OUTPUT = (name: string, rest: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { namespace: outputs, name: ${name} }\n${rest}`;
const VALUE = "(b64dec .Resource.data.value)";
const TOKEN = `(regexFind "Kx7[A-Za-z0-9]+" ${VALUE})`;

export const CASES: readonly Case[] = [
  { name: "lua-error", lua: "error(kubeconfig)", says: /LuaError/ },
  { name: "lua-base64", lua: "error('seen ' .. value)", says: /seen \[redacted\]/ },
  { name: "lua-part", lua: "error('token=' .. string.match(kubeconfig, 'Kx7(%w+)'))", says: /token=\[redacted\]/ },
  { name: "lua-own-base64", lua: "error(base64Encode('a' .. string.match(kubeconfig, 'Kx7%w+')))", says: /LuaError/ },
  {
    name: "lua-hex",
    lua: "error((string.gsub(kubeconfig, '.', function(c) return string.format('%02x', string.byte(c)) end)))",
    says: /LuaError/,
  },
  { name: "lua-quoted", lua: "error(string.format('%q', kubeconfig))", says: /LuaError/ },
  {
    name: "lua-inner-key",
    lua: "error(base64Decode(string.match(kubeconfig, 'client%-key%-data: (%w+=*)')))",
    says: /LuaError/,
  },
  { name: "lua-print", lua: "print(kubeconfig, value) error('after print')", says: /after print/ },
  { name: "cel", cel: "int(resource.data.value) > 0 || resource.data.value", says: /Secret 0 of 1/ },
  { name: "cel-absent", cel: "resource.data[resource.data.value] == 'a'", says: /Secret 0 of 1/ },
  { name: "fail", template: `{{ fail ${VALUE} }}`, says: /error calling fail/ },
  { name: "fail-part", template: `{{ fail (printf "token=%s!" (substr 5 18 ${TOKEN})) }}`, says: /token=\[redacted\]/ },
  { name: "go-words", template: `{{ mustToDate "2006" ${TOKEN} }}`, says: /error calling mustToDate/ },
  { name: "regex", template: `{{ mustRegexMatch (printf "(%s" ${TOKEN}) "a" }}`, says: /error calling mustRegexMatch/ },
  { name: "yaml", template: `a: [${"{{"} ${TOKEN} }}\nb: {{ ${TOKEN} }}: {{ ${TOKEN} }}`, says: /is not YAML/ },
  { name: "no-object", template: `{{ ${TOKEN} }}`, says: /is not a map/ },
  { name: "bad-name", template: OUTPUT(`"{{ ${TOKEN} }}"`, ""), says: /metadata\.name "\[redacted\]"/ },
  {
    name: "bad-label",
    template:
      `apiVersion: v1\nkind: Secret\nmetadata: { namespace: outputs, name: bad-label, labels: { a: "{{ ${TOKEN} }} {{ ${TOKEN} }}", "{{ ${TOKEN} }} b": c } }`,
    says: /metadata\.labels/,
  },
  {
    name: "bad-kind",
    template: `apiVersion: v1\nkind: {{ ${TOKEN} }}\nmetadata: { name: a }`,
    says: /kind \[redacted\]/,
  },
  { name: "bad-data", template: OUTPUT("bad-data", `data: { a: "%{{ ${TOKEN} }}" }`), says: /is not base64/ },
  {
    name: "annotation",
    template:
      `apiVersion: v1\nkind: Secret\nmetadata: { namespace: outputs, name: annotation, annotations: { a: "{{ ${TOKEN} }}" } }`,
    says: /outputs\/annotation/,
  },
  {
    name: "delivered",
    template: OUTPUT("delivered", "data: { a: {{ .Resource.data.value }} }"),
    says: /outputs\/delivered/,
  },
  { name: "foreign", template: OUTPUT("foreign", "data: { a: {{ .Resource.data.value }} }"), says: /ownership/ },
  {
    name: "typed",
    template:
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { namespace: outputs, name: typed }\ndata: { a: { b: "{{ ${TOKEN} }}" } }`,
    says: /outputs\/typed/,
  },
  {
    name: "invalid",
    template:
      `apiVersion: v1\nkind: Secret\nmetadata: { namespace: outputs, name: invalid, labels: { x-k8s.io/cluster-profile: a } }\ndata: { config: {{ .Resource.data.invalid }} }`,
    says: /payload/,
  },
  { name: "secret-template", template: `a: ${CANARIES.template} {{ nofunction }}`, isSecret: true, says: /nofunction/ },
  {
    name: "second-stage",
    template: `{{ fail (b64dec (getField "Other" "data.password")) }}`,
    isSecond: true,
    says: /error calling fail/,
  },
  {
    name: "patch",
    template: OUTPUT("patch", "data: { a: YQ== }"),
    spec: `
  patches:
    - patch: |
        - op: add
          path: /data/b
          value: [{{ b64dec (getField "Other" "data.password") }}`,
    says: /spec\.patches/,
  },
];

const indent = (text: string, by: string) => text.split("\n").map((line) => by + line).join("\n");

const LUA = (script: string) => `
function evaluate()
  local value = resources[1].data.value
  local kubeconfig = base64Decode(value)
  ${script}
  return { resources = resources }
end`;

function manifestsOf({ name, lua, cel, template = "", isSecret, isSecond, spec = "" }: Case): string {
  const kind = isSecret ? "Secret" : "ConfigMap";
  const stage = isSecond ? "template" : "instantiate";
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: ${name} }
spec:
  collectResources: true
  resourceSelectors:
    - group: ""
      version: v1
      kind: Secret
      namespace: inputs
      labelFilters: [{ key: role, operation: Equal, value: source }]
${cel === undefined ? "" : `      evaluateCEL: [{ name: rule, rule: "${cel}" }]\n`}${
    lua === undefined ? "" : `  aggregatedSelection: |\n${indent(LUA(lua), "    ")}\n`
  }---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: ${name} }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: ${name}
  oneForEvent: true
  policyRefs: [{ kind: ${kind}, namespace: templates, name: ${name} }]
  templateResourceRefs:
    - { identifier: Other, resource: { apiVersion: v1, kind: Secret, namespace: inputs, name: other } }${spec}
---
apiVersion: v1
kind: ${kind}
metadata: { namespace: templates, name: ${name}, annotations: { projectsveltos.io/${stage}: ok } }
${isSecret ? "type: addons.projectsveltos.io/cluster-profile\nstringData" : "data"}:
  text.yaml: |
${indent(template === "" ? OUTPUT(name, "data: {}") : template, "    ")}
`;
}

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: a
clusters: [{name: a, cluster: {server: "https://a.example.com"}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users:
- name: a
  user:
    token: ${CANARIES.token}
    client-key-data: ${btoa(CANARIES.key)}
`;

const secret = (namespace: string, name: string, data: Record<string, string>, labels = "") =>
  `apiVersion: v1
kind: Secret
metadata: { namespace: ${namespace}, name: ${name}${labels} }
data: ${JSON.stringify(data)}
`;

/** Stands in the way of an output, and is nobody's. */
export const FOREIGN = secret("outputs", "foreign", { a: btoa(CANARIES.foreign) });

export const NAMESPACES = ["inputs", "outputs", "templates"].map((name) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`
);

/** Everything but the namespaces and what is in the way. */
export const MANIFESTS: readonly string[] = [
  secret(
    "inputs",
    "source",
    { value: btoa(KUBECONFIG), invalid: btoa(`kind: ${CANARIES.invalid}\nclusters: []\n`) },
    ", labels: { role: source }",
  ),
  secret("inputs", "other", { password: btoa(CANARIES.resource) }),
  ...CASES.map(manifestsOf),
];
