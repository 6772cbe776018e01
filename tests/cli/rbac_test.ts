/** `rbac`: which Roles come of which triggers and flags; that YAML and JSON are one; and that what is shipped is what it prints. */
import assert from "node:assert/strict";
import { SHIPPED_ROLES } from "../../k8s/base/rbac/make.ts";
import { runCommandLine } from "../../src/cli/mod.ts";
import { usualPlural } from "../../src/cli/rbac/needs.ts";
import { field, fieldAt, type Json, type JsonObject } from "../../src/json/json.ts";
import { systemClock } from "../../src/kube/clock.ts";
import { kubeRights } from "../../src/kube/rights_book.ts";
import { splitManifest } from "../../src/yaml/documents.ts";
import { writeYaml } from "../../src/yaml/write.ts";

const LIB = "lib.projectsveltos.io/v1beta1";

interface Pipeline {
  readonly trigger?: JsonObject;
  readonly selectors?: readonly JsonObject[];
  readonly more?: readonly JsonObject[];
}

const SELECTOR = { group: "", version: "v1", kind: "Service", namespace: "in" };

function pipelineText({ trigger = {}, selectors = [SELECTOR], more = [] }: Pipeline): string {
  const objects: JsonObject[] = [
    {
      apiVersion: LIB,
      kind: "EventTrigger",
      metadata: { name: "t" },
      spec: { sourceClusterSelector: { matchLabels: { a: "b" } }, eventSourceName: "s", oneForEvent: true, ...trigger },
    },
    {
      apiVersion: LIB,
      kind: "EventSource",
      metadata: { name: "s" },
      spec: { collectResources: true, resourceSelectors: [...selectors] },
    },
    ...more,
  ];
  return objects.map(writeYaml).join("---\n");
}

async function rbac(text: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const nowhere = () => Promise.reject(new Error("not in this test"));
  const code = await runCommandLine(["rbac", "-f", "-", ...args], {
    terminal: {
      out: (said) => void (out += said),
      err: (said) => void (err += said),
      outIsTerminal: false,
      errIsTerminal: false,
      canAsk: false,
      ask: nowhere,
      readStdin: () => Promise.resolve(text),
    },
    world: { now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
    openCluster: nowhere,
    rights: kubeRights,
    clock: systemClock,
    identity: "",
    signal: new AbortController().signal,
    makeScratchFolder: nowhere,
    isUserError: (error): error is Error => error === undefined,
  });
  return { code, out, err };
}

/** `in: get,list,watch services`; `*` for the ClusterRole; names behind a colon. */
function rightsIn(yaml: string): string[] {
  return splitManifest(yaml).map(({ value }) => value).filter((value) =>
    !String(field(value, "kind")).endsWith("Binding")
  )
    .flatMap((role) => {
      const rules = field(role, "rules") as JsonObject[];
      return rules.map(({ apiGroups, resources, resourceNames, verbs }) => {
        const [group] = apiGroups as string[], [resource] = resources as string[];
        const names = resourceNames ? `:${(resourceNames as string[]).join(",")}` : "";
        const where = fieldAt(role, "metadata", "namespace") ?? "*";
        return `${where}: ${(verbs as string[]).join(",")} ${resource}${group === "" ? "" : `.${group}`}${names}`;
      });
    });
}

/** What every installation takes. */
const STANDING = [
  "*: get,list,watch eventsources.lib.projectsveltos.io",
  "*: get,list,watch eventtriggers.lib.projectsveltos.io",
  "*: patch eventtriggers/status.lib.projectsveltos.io",
  "*: list,watch sveltosclusters.lib.projectsveltos.io",
  "*: list clusters.cluster.x-k8s.io",
  "default: get,create,patch events",
  "mgmt: get sveltosclusters.lib.projectsveltos.io:mgmt",
  "moonferry: get,create,patch,delete configmaps",
  "moonferry: get,patch leases.coordination.k8s.io:moonferry",
  "moonferry: create leases.coordination.k8s.io",
];
const CRDS = (...names: string[]) => {
  const all = [...names, "eventsources", "eventtriggers", "sveltosclusters"]
    .map((name) => name.includes(".") ? name : `${name}.lib.projectsveltos.io`).sort();
  return `*: get customresourcedefinitions.apiextensions.k8s.io:${all.join(",")}`;
};
const OUT = "out: get,list,watch,create,patch,delete secrets";
const IN = "in: get,list,watch services";

const WIDGETS: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgetry.example.com" },
  spec: {
    group: "example.com",
    scope: "Cluster",
    names: { kind: "Widget", plural: "widgetry" },
    versions: [{ name: "v1", served: true, storage: true }],
  },
};

interface Row extends Pipeline {
  readonly name: string;
  readonly args?: readonly string[];
  /** Beside {@link STANDING}, and the definitions that are looked at. */
  readonly rights: readonly string[];
  readonly without?: readonly string[];
  readonly crds?: readonly string[];
  readonly said?: readonly RegExp[];
  /** `--target-namespaces out` where it is absent. */
  readonly isUnbounded?: boolean;
}

const contents = (namespace: string, name: string) => ({ policyRefs: [{ kind: "ConfigMap", namespace, name }] });

const ROWS: readonly Row[] = [
  { name: "a source and a target namespace", rights: [IN, OUT] },
  {
    name: "whether the cluster is selected now makes no difference",
    args: ["--mgmt-labels", "a=b"],
    rights: [IN, OUT],
  },
  {
    name: "a selector without a namespace is for all, and loud",
    selectors: [{ ...SELECTOR, namespace: "" }],
    rights: ["*: get,list,watch services", OUT],
    said: [
      /^moonferry: services in ALL namespaces: EventSource s spec\.resourceSelectors\[0\]: it names no namespace: give the selector one, or name the namespaces with --source-namespaces\n$/,
    ],
  },
  {
    name: "a cluster-scoped kind has none",
    selectors: [{ ...SELECTOR, kind: "Namespace", namespace: "" }],
    rights: ["*: get,list,watch namespaces", OUT],
  },
  {
    name: "a selector of one object is for that name",
    selectors: [{ ...SELECTOR, name: "x" }],
    rights: ["in: get,list,watch services:x", OUT],
  },
  {
    name: "a kind is named as its definition names it",
    selectors: [{ group: "example.com", version: "v1", kind: "Widget" }],
    more: [WIDGETS],
    rights: ["*: get,list,watch widgetry.example.com", OUT],
    crds: ["widgetry.example.com"],
  },
  {
    name: "a selector outside of the source namespaces takes nothing, and is told",
    args: ["--source-namespaces", "elsewhere"],
    rights: [OUT],
    said: [/maybe incomplete: .*namespace in is not one of those that may be read/],
  },
  { name: "contents by name", trigger: contents("in", "x"), rights: ["in: get,list,watch configmaps:x", IN, OUT] },
  {
    name: "contents whose name is a template",
    trigger: contents("in", "{{ .MatchingResource.Name }}"),
    rights: ["in: get,list,watch configmaps", IN, OUT],
  },
  {
    name: "contents whose namespace is a template are anywhere",
    trigger: contents("{{ .MatchingResource.Namespace }}", "x"),
    rights: ["*: get,list,watch configmaps:x", IN, OUT],
    said: [
      /configmaps in ALL namespaces: EventTrigger t spec\.policyRefs\[0\]: its namespace is a template: name the namespaces with --source-namespaces/,
    ],
  },
  {
    name: "or in each source namespace",
    trigger: contents("{{ .MatchingResource.Namespace }}", "x"),
    args: ["--source-namespaces", "in,in2"],
    rights: ["in2: get,list,watch configmaps:x", "in: get,list,watch configmaps:x", IN, OUT],
  },
  {
    name: "contents without a namespace are in the cluster's",
    trigger: { policyRefs: [{ kind: "Secret", namespace: "", name: "x" }] },
    rights: ["mgmt: get,list,watch secrets:x", IN, OUT],
  },
  {
    name: "sources of generators",
    trigger: {
      configMapGenerator: [{ namespace: "in", name: "x", nameFormat: "y" }],
      secretGenerator: [{ namespace: "in", name: "x", nameFormat: "y" }],
    },
    rights: ["in: get,list,watch configmaps:x", "in: get,list,watch secrets:x", IN, OUT],
  },
  {
    name: "resources of the second rendering",
    trigger: {
      templateResourceRefs: [
        { resource: { apiVersion: "apps/v1", kind: "Deployment", namespace: "in", name: "d" }, identifier: "D" },
        { resource: { apiVersion: "example.com/v1", kind: "Widget", name: "{{ .x }}" }, identifier: "W" },
      ],
    },
    more: [WIDGETS],
    rights: ["in: get,list,watch deployments.apps:d", "*: get,list,watch widgetry.example.com", IN, OUT],
    crds: ["widgetry.example.com"],
  },
  {
    name: "consumers that are not named",
    isUnbounded: true,
    rights: [IN, "*: get,list,watch,create,patch,delete secrets"],
    said: [
      /^moonferry: secrets in ALL namespaces: outputs of kind Secret: who the consumers are is not said: name the namespaces with --target-namespaces\n$/,
    ],
  },
  {
    name: "consumers that come and go, meant",
    isUnbounded: true,
    args: ["--wide"],
    rights: [IN, "*: get,list,watch,create,patch,delete secrets"],
  },
  {
    name: "rights in all namespaces stand in no Role",
    isUnbounded: true,
    args: ["--wide"],
    selectors: [{ ...SELECTOR, kind: "Secret" }],
    rights: ["*: get,list,watch,create,patch,delete secrets"],
  },
  {
    name: "other kinds of outputs, one without a namespace, and the subresources that contents name",
    args: ["--allowed-kinds", "ConfigMap,Widget.example.com"],
    trigger: contents("in", "x"),
    more: [WIDGETS, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "in", name: "x", annotations: { "projectsveltos.io/subresources": "status" } },
    }],
    rights: [
      "in: get,list,watch configmaps:x",
      IN,
      "out: get,list,watch,create,patch,delete configmaps",
      "out: patch configmaps/status",
      "*: get,list,watch,create,patch,delete widgetry.example.com",
      "*: patch widgetry/status.example.com",
    ],
    crds: ["widgetry.example.com"],
  },
  {
    name: "namespaces that are made",
    args: ["--create-namespaces"],
    rights: [IN, OUT, "*: create namespaces", "*: get namespaces:out"],
    said: [/maybe incomplete: --create-namespaces: there can be no Role in a namespace before it is there/],
  },
  {
    name: "namespaces that are made, for consumers that come and go",
    isUnbounded: true,
    args: ["--create-namespaces", "--wide"],
    rights: [IN, "*: get,list,watch,create,patch,delete secrets", "*: get,create namespaces"],
  },
  {
    name: "no leader election",
    args: ["--no-leader-elect"],
    rights: [IN, OUT],
    without: [
      "moonferry: get,patch leases.coordination.k8s.io:moonferry",
      "moonferry: create leases.coordination.k8s.io",
    ],
  },
  {
    name: "Lease and reports elsewhere, and another instance",
    args: ["--instance-id", "team-a", "--namespace", "ops", "--report-namespace", "reports"],
    rights: [
      IN,
      OUT,
      "reports: get,create,patch,delete configmaps",
      "ops: get,patch leases.coordination.k8s.io:moonferry-team-a",
      "ops: create leases.coordination.k8s.io",
    ],
    without: [
      "moonferry: get,create,patch,delete configmaps",
      "moonferry: get,patch leases.coordination.k8s.io:moonferry",
      "moonferry: create leases.coordination.k8s.io",
    ],
  },
  {
    name: "sets of clusters, and where outputs would go",
    trigger: { clusterSetRefs: ["x"], destinationClusterSelector: { matchLabels: { a: "b" } } },
    rights: [IN, OUT, "*: get,list,watch clustersets.lib.projectsveltos.io:x"],
    crds: ["clustersets"],
  },
];

for (const { name, args = [], rights, without = [], crds = [], said = [], isUnbounded, ...pipeline } of ROWS) {
  Deno.test(`rbac: ${name}`, async () => {
    const bounds = isUnbounded ? [] : ["--target-namespaces", "out"];
    const { code, out, err } = await rbac(pipelineText(pipeline), ...bounds, ...args);
    assert.equal(code, 0, err);
    const wanted = [...STANDING.filter((right) => !without.includes(right)), CRDS(...crds), ...rights];
    assert.deepEqual(rightsIn(out).sort(), wanted.sort());
    if (said.length === 0) assert.equal(err, "");
    for (const pattern of said) assert.match(err, pattern);
    assert.doesNotMatch(out, /\["?\*"?\]|impersonate|escalate|bind]/);
    const list = JSON.parse((await rbac(pipelineText(pipeline), ...bounds, ...args, "-o", "json")).out);
    assert.deepEqual(list.items, splitManifest(out).map(({ value }) => value));
  });
}

Deno.test("rbac: bindings are for the ServiceAccount that is named, in each place", async () => {
  const { out } = await rbac(pipelineText({}), "--target-namespaces", "out", "-n", "ops", "--service-account", "sa");
  const all = splitManifest(out).map(({ value }) => value as JsonObject);
  const bindings = all.filter(({ kind }) => String(kind).endsWith("Binding"));
  const place = (object: Json) => fieldAt(object, "metadata", "namespace") ?? "";
  assert.deepEqual(bindings.map(place), ["", "default", "in", "mgmt", "ops", "out"]);
  for (const binding of bindings) {
    assert.deepEqual(binding.subjects, [{ kind: "ServiceAccount", name: "sa", namespace: "ops" }]);
    const kind = place(binding) === "" ? "ClusterRole" : "Role";
    assert.deepEqual(binding.roleRef, { apiGroup: "rbac.authorization.k8s.io", kind, name: "moonferry" });
    assert.ok(all.some((role) => role.kind === kind && place(role) === place(binding)));
  }
});

Deno.test("rbac: each rule says whom it is for", async () => {
  const { out } = await rbac(pipelineText({ trigger: contents("in", "x") }), "--target-namespaces", "out");
  assert.match(
    out,
    /# EventSource s spec\.resourceSelectors\[0\]\n {2}- apiGroups: \[""\]\n {4}resources: \[services\]/,
  );
  assert.match(out, /# EventTrigger t spec\.policyRefs\[0\]\n {2}- apiGroups: \[""\]\n {4}resources: \[configmaps\]/);
  assert.match(out, /# outputs of kind Secret\n {2}- apiGroups: \[""\]\n {4}resources: \[secrets\]/);
});

Deno.test("rbac: what can't be known is told, in the file as well", async () => {
  const text = pipelineText({ trigger: { eventSourceName: "nowhere" } });
  const { code, out, err } = await rbac(text, "--target-namespaces", "out");
  assert.equal(code, 0);
  assert.match(
    err,
    /^moonferry: maybe incomplete: EventTrigger t spec\.eventSourceName: there is no EventSource nowhere/,
  );
  assert.match(out, /^# !! Maybe incomplete: EventTrigger t spec\.eventSourceName: there is no EventSource nowhere/m);
});

Deno.test("rbac: a name that holds a line break stays in its comment and in its quotes", async () => {
  const name = 'x"\n  - apiGroups: ["*"]\nrules: []\u2028y';
  const text = pipelineText({ selectors: [{ ...SELECTOR, name }] }).replaceAll(
    "name: s\n",
    `name: ${JSON.stringify(name)}\n`,
  )
    .replaceAll("eventSourceName: s\n", `eventSourceName: ${JSON.stringify(name)}\n`);
  const bounds = ["--target-namespaces", "out"];
  const { out } = await rbac(text, ...bounds);
  assert.ok(out.includes("spec.resourceSelectors[0]"));
  const list = JSON.parse((await rbac(text, ...bounds, "-o", "json")).out);
  assert.deepEqual(list.items, splitManifest(out).map(({ value }) => value));
});

const REFUSALS: readonly { name: string; args: string[]; wants: RegExp }[] = [
  {
    name: "wide, and named",
    args: ["--wide", "--target-namespaces", "a"],
    wants: /--wide and --target-namespaces exclude each other/,
  },
  {
    name: "a namespace that is none",
    args: ["--namespace", "A_b"],
    wants: /--namespace: "A_b" is no namespace: must be/,
  },
  {
    name: "an account that is none",
    args: ["--service-account", "a/b"],
    wants: /--service-account: "a\/b" is no name/,
  },
  { name: "a list of nothing", args: ["--target-namespaces", ","], wants: /--target-namespaces: wanted namespaces/ },
  { name: "a trigger that is not there", args: ["--trigger", "u"], wants: /there is no EventTrigger u; there are: t/ },
  { name: "a flag of others", args: ["--adopt"], wants: /--adopt does not go with rbac/ },
];
for (const { name, args, wants } of REFUSALS) {
  Deno.test(`rbac refuses ${name}`, async () => {
    const { code, out, err } = await rbac(pipelineText({}), ...args);
    assert.deepEqual({ code, out }, { code: 1, out: "" });
    assert.match(err, wants);
  });
}

Deno.test("the Roles in k8s/ are what the command prints, and the docs show one of them", async () => {
  for (const { file, make } of SHIPPED_ROLES) {
    assert.equal(await make(), await Deno.readTextFile(file), `${file}: deno task rbac:shipped`);
  }
  const docs = await Deno.readTextFile("docs/security.md");
  const shown = /For the push-model example that is, in `mgmt`:\n\n```yaml\n([^]*?)```/.exec(docs)?.[1];
  assert.ok(shown && (await Deno.readTextFile(SHIPPED_ROLES[0]!.file)).includes(`---\n${shown}---\n`));
});

Deno.test("plurals of kinds that nobody defines", () => {
  const kinds = ["Cluster", "Ingress", "NetworkPolicy", "Gateway", "Endpoints", "Proxy", "Switch"];
  const plurals = ["clusters", "ingresses", "networkpolicies", "gateways", "endpoints", "proxies", "switches"];
  assert.deepEqual(kinds.map(usualPlural), plurals);
});
