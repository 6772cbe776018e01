/** templateResourceRefs and the second rendering against semantics §6.5 and §7.1: what is read, seen, shared, and told. */
import assert from "node:assert/strict";
import { readEventTrigger } from "../../src/api/event_trigger.ts";
import type { KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { readResources } from "../../src/reconcile/template_resources.ts";
import { templateData } from "../../src/template/mod.ts";
import { CLUSTER, configMap, refTo, render, secret, summarise, triggerFailure } from "../support/rendering.ts";
import { object, World } from "../support/world.ts";

const doc = (name: string) => `apiVersion: v1\nkind: X\nmetadata: {name: "${name}"}`;
const shown = (text: string) => /name: "([^"]*)"/.exec(text)![1]!;

const resource = (identifier: string, ref: JsonObject, more: JsonObject = {}): JsonObject => ({
  identifier,
  resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", ...ref },
  ...more,
});

async function texts(world: World, trigger: JsonObject): Promise<string[]> {
  const rendering = await render(world, { trigger });
  assert.deepEqual(rendering.failures.map(({ message }) => message), []);
  return rendering.texts.map(({ origin, text }) => `${origin.match?.name ?? "all"} ${shown(text)}`);
}

const SETTINGS = configMap("settings", { size: "big" });

Deno.test("template content sees the cluster and the resources, rendered for each match", async () => {
  const template = doc("{{ .MgmtResources.S.data.size }} {{ .Cluster.metadata.name }} {{ .Cluster.spec.shard }}");
  const world = new World(SETTINGS, configMap("one", { k: template }, "template"));
  const trigger = {
    templateResourceRefs: [resource("S", { name: "settings" })],
    policyRefs: [refTo("one")],
  };
  const rendering = await render(world, { trigger });
  assert.deepEqual(
    rendering.texts.map(({ origin, matchIndex, text }) => [origin.match?.name, matchIndex, shown(text)]),
    [
      ["web", 0, "big mgmt 3"],
      ["db", 1, "big mgmt 3"],
    ],
  );
  assert.deepEqual(rendering.notes, []);
  assert.deepEqual(await texts(world, { ...trigger, oneForEvent: false }), ["all big mgmt 3"]);
});

for (const value of ["ok", "false", ""]) {
  Deno.test(`template: "${value}" makes it a template`, async () => {
    const template = configMap("one", { k: doc("{{ .Cluster.kind }}") });
    template.metadata.annotations = { "projectsveltos.io/template": value };
    const world = new World(template);
    assert.deepEqual(await texts(world, { policyRefs: [refTo("one")] }), ["web SveltosCluster", "db SveltosCluster"]);
  });
}

Deno.test("both annotations: the match first, and what survives it second", async () => {
  const template = doc(
    '{{ .Resource.metadata.name }} {{ "{{ (getResource `S`).data.size }}" }} {{ `{{ .Cluster.kind }}` }}',
  );
  const world = new World(SETTINGS, configMap("one", { k: template }, "instantiate", "template"));
  const trigger = { templateResourceRefs: [resource("S", { name: "settings" })], policyRefs: [refTo("one")] };
  assert.deepEqual(await texts(world, trigger), ["web web big SveltosCluster", "db db big SveltosCluster"]);
});

Deno.test("names and namespaces are templates of the match, then of the cluster", async () => {
  const world = new World(
    configMap("web-one", { v: "w" }),
    configMap("db-one", { v: "d" }),
    configMap("one", { k: doc("{{ .MgmtResources.R.data.v }}") }, "template"),
  );
  const both = '{{ .Resource.metadata.name }}-{{ "{{ .Cluster.metadata.labels.zone }}" }}';
  for (
    const namespace of ["mgmt", "", "{{ .Cluster.metadata.namespace }}", '{{ "{{ .ClusterNamespace }}" }}', '{{ "" }}']
  ) {
    const templateResourceRefs = [resource("R", { name: both, namespace })];
    assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs: [refTo("one")] }), ["web w", "db d"]);
  }
});

Deno.test("a namespace that the cluster's rendering leaves empty is the cluster's, and never all of them", async () => {
  const elsewhere = configMap("cred", { v: "elsewhere" });
  elsewhere.metadata.namespace = "a-tenant";
  const content = configMap("one", { k: doc("{{ .MgmtResources.R.data.v }}") }, "template");
  const namespace = '{{ `{{ get .Cluster.metadata.labels "ns" }}` }}';
  const trigger = { templateResourceRefs: [resource("R", { name: "cred", namespace })], policyRefs: [refTo("one")] };
  assert.deepEqual(await texts(new World(elsewhere, configMap("cred", { v: "ours" }), content), trigger), [
    "web ours",
    "db ours",
  ]);
  const without = new World(elsewhere, content);
  const { failures } = await render(without, { trigger });
  assert.deepEqual(failures.map(({ reason }) => reason), ["ResourceNotFound", "ResourceNotFound"]);
  assert.match(failures[0]!.message, /there is no ConfigMap mgmt\/cred /);
  assert.deepEqual(without.queries.filter(({ query }) => !query.namespace), []);
});

Deno.test("what is named in no namespace is not there, and is not looked for in all of them", async () => {
  const world = new World(configMap("cred", {}));
  const ref = (namespace: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name: "cred" });
  const [spec] = readEventTrigger(
    object(`{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: t}, spec: {
      sourceClusterSelector: {matchLabels: {a: b}}, eventSourceName: s,
      templateResourceRefs: [{identifier: R, resource: {apiVersion: v1, kind: ConfigMap, name: cred}}]}}`),
  ).templateResourceRefs;
  const requests = ["mgmt", ""].map((namespace) => ({
    subject: { data: templateData({}) },
    resources: [{ spec: spec!, ref: ref(namespace) }],
  }));
  const { failures, bySubject } = await readResources({ name: "t" }, requests, world, new AbortController().signal);
  assert.deepEqual([...bySubject.keys()], [requests[0]!.subject]);
  assert.deepEqual(failures.map(({ reason }) => reason), ["ResourceNotFound"]);
  assert.deepEqual(world.queries.map(({ query }) => query.namespace), ["mgmt"]);
});

Deno.test("what the cluster's rendering gives is escaped as HTML; an empty name is the cluster's namespace", async () => {
  const escaped = configMap("x", { v: "escaped" });
  escaped.metadata.name = "a&amp;b";
  const world = new World(
    escaped,
    configMap("mgmt", { v: "namespace" }),
    configMap("one", { k: doc("{{ .MgmtResources.R.data.v }}") }, "template"),
  );
  for (const [name, want] of [['{{ "{{ .Cluster.metadata.labels.env }}" }}', "escaped"], ["", "namespace"]] as const) {
    const templateResourceRefs = [resource("R", { name })];
    assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs: [refTo("one")] }), [
      `web ${want}`,
      `db ${want}`,
    ]);
  }
});

Deno.test("kinds of any group, and cluster-scoped ones whatever namespace is written", async () => {
  const world = new World(
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace: "shop", name: "web" }, spec: { replicas: 3 } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { team: "a" } } },
    configMap(
      "one",
      { k: doc("{{ .MgmtResources.D.spec.replicas }} {{ .MgmtResources.N.metadata.labels.team }}") },
      "template",
    ),
  );
  const templateResourceRefs = [
    resource("D", { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" }),
    resource("N", { kind: "Namespace", namespace: "ignored", name: "{{ .Resource.metadata.namespace }}" }),
  ];
  assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs: [refTo("one")] }), ["web 3 a", "db 3 a"]);
});

Deno.test("a missing resource fails the matches that name it, used or not; others go on", async () => {
  const world = new World(configMap("for-web", { v: "w" }), configMap("one", { k: doc("x") }, "instantiate"));
  const templateResourceRefs = [resource("R", { name: "for-{{ .Resource.metadata.name }}" })];
  const rendering = await render(world, { trigger: { templateResourceRefs, policyRefs: [refTo("one")] } });
  assert.deepEqual(summarise(rendering), {
    texts: [`web: ${doc("x")}`],
    failures: [
      "EventTrigger t spec.templateResourceRefs for Service shop/db: there is no ConfigMap mgmt/for-db (identifier R). " +
      "What is rendered with it stays as it is until there is one.",
    ],
  });
  assert.equal(rendering.failures[0]!.reason, "ResourceNotFound");
  assert.equal(rendering.failures[0]!.match!.name, "db");
});

Deno.test("a missing optional resource leaves its identifier out", async () => {
  const template = doc('{{ if getResource "R" }}there{{ else }}missing{{ end }} {{ len .MgmtResources }}');
  const world = new World(SETTINGS, configMap("one", { k: template }, "template"));
  const templateResourceRefs = [
    resource("R", { name: "gone" }, { optional: true }),
    resource("S", { name: "settings" }),
  ];
  const trigger = { templateResourceRefs, policyRefs: [refTo("one")] };
  assert.deepEqual(await texts(world, trigger), ["web missing 1", "db missing 1"]);
  world.put(configMap("one", { k: doc("{{ .MgmtResources.R.data.v }}") }, "template"));
  const { failures } = await render(world, { trigger });
  assert.match(failures[0]!.message, /map has no entry for key "R".*\nhint: `identifier` names it/s);
});

Deno.test("a resource that can't be read is unknown, optional or not", async () => {
  const world = new World(configMap("one", { k: doc("x") }, "instantiate"));
  world.unknown.set("Widget", { reason: "KindNotServed", message: "nobody serves it" });
  const templateResourceRefs = [
    resource("W", { apiVersion: "x.io/v1", kind: "Widget", name: "w" }, { optional: true }),
  ];
  const { failures } = await render(world, { trigger: { templateResourceRefs, policyRefs: [refTo("one")] } });
  assert.deepEqual(failures.map(({ reason, match }) => [reason, match?.name]), [
    ["KindNotServed", "web"],
    ["KindNotServed", "db"],
  ]);
  assert.match(failures[0]!.message, /cannot read Widget mgmt\/w: nobody serves it/);
});

Deno.test("without templateResourceRefs .MgmtResources is nil, with them it never is", async () => {
  const world = new World(configMap("one", { k: doc("{{ toJson .MgmtResources }}") }, "template"));
  const policyRefs = [refTo("one")];
  assert.deepEqual(await texts(world, { policyRefs }), ["web null", "db null"]);
  const templateResourceRefs = [resource("R", { name: "gone" }, { optional: true })];
  assert.deepEqual(await texts(world, { policyRefs, templateResourceRefs }), ["web {}", "db {}"]);
});

Deno.test("ignoreStatusChanges takes the status out, as in Sveltos; of two with one identifier the later counts", async () => {
  const job: KubeObject = {
    apiVersion: "v1",
    kind: "Job",
    metadata: { namespace: "mgmt", name: "j" },
    status: { done: true },
  };
  const world = new World(
    job,
    SETTINGS,
    configMap("one", { k: doc('{{ hasKey (getResource "J") "status" }} {{ (getResource "K").kind }}') }, "template"),
  );
  for (const [ignoreStatusChanges, want] of [[true, "false"], [false, "true"]] as const) {
    const templateResourceRefs = [
      resource("J", { kind: "Job", name: "j" }, { ignoreStatusChanges }),
      resource("K", { name: "settings" }),
      resource("K", { kind: "Job", name: "j" }),
    ];
    const rendered = await texts(world, { templateResourceRefs, policyRefs: [refTo("one")] });
    assert.deepEqual(rendered, [`web ${want} Job`, `db ${want} Job`]);
  }
  assert.deepEqual(world.get("Job mgmt/j")!.status, { done: true });
});

Deno.test("numbers are int64 where they are whole, as the API has them", async () => {
  const template = doc(
    '{{ .MgmtResources.R.spec.n }} {{ eq .MgmtResources.R.spec.n 1000000 }} {{ printf "%T" .MgmtResources.R.spec.f }}',
  );
  const world = new World(
    { apiVersion: "v1", kind: "R", metadata: { namespace: "mgmt", name: "r" }, spec: { n: 1000000, f: 1.5 } },
    configMap("one", { k: template }, "template"),
  );
  const templateResourceRefs = [resource("R", { kind: "R", name: "r" })];
  assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs: [refTo("one")] }), [
    "web 1000000 true float64",
    "db 1000000 true float64",
  ]);
});

Deno.test("what a template changes in a resource is seen by the contents after it of the same match, and of no other", async () => {
  const world = new World(
    SETTINGS,
    configMap(
      "a",
      { k: doc('{{ $x := setField "S" "data.size" "small" }}{{ .MgmtResources.S.data.size }}') },
      "template",
    ),
    configMap("b", { k: doc("{{ .MgmtResources.S.data.size }}") }, "template"),
  );
  const templateResourceRefs = [resource("S", { name: "settings" })];
  const policyRefs = [refTo("b"), refTo("a", { deploymentType: "Local" })];
  assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs }), [
    "web small",
    "web small",
    "db small",
    "db small",
  ]);
  const inOrder = [refTo("b"), refTo("a")];
  assert.deepEqual(await texts(world, { templateResourceRefs, policyRefs: inOrder }), [
    "web big",
    "web small",
    "db big",
    "db small",
  ]);
  assert.deepEqual(world.get("ConfigMap mgmt/settings")!.data, { size: "big" });
});

Deno.test(".Cluster is new for each object, and shared by its keys", async () => {
  const change = '{{ $x := chainSetField .Cluster "metadata.name" "changed" }}';
  const world = new World(
    configMap(
      "a",
      { a: doc(`${change}{{ .Cluster.metadata.name }}`), b: doc("{{ .Cluster.metadata.name }}") },
      "template",
    ),
    configMap("b", { k: doc("{{ .Cluster.metadata.name }}") }, "template"),
  );
  assert.deepEqual((await texts(world, { policyRefs: [refTo("a"), refTo("b")] })).slice(0, 3), [
    "web changed",
    "web changed",
    "web mgmt",
  ]);
  assert.equal(CLUSTER.metadata.name, "mgmt");
});

Deno.test("an error names stage, object, key, place and match, and says how to reach the match's fields", async () => {
  const world = new World(configMap("one", { k: `a: b\n${doc("{{ .Resource.metadata.name }}")}` }, "template"));
  const { failures } = await render(world, { trigger: { policyRefs: [refTo("one")] } });
  assert.equal(
    failures[0]!.message,
    'Cannot render ConfigMap mgmt/one key "k" in its second stage at 4:30 for Service shop/web: can\'t evaluate field ' +
      "Resource in type *controllers.currentClusterObjects\n" +
      'metadata: {name: "{{ .Resource.metadata.name }}"}\n' +
      "                      ^\n" +
      "hint: matches are known to the first rendering only: annotate the object `projectsveltos.io/instantiate: ok` as " +
      'well, and let what is meant for the second one survive the first: {{ "{{ .MgmtResources.x }}" }}',
  );
  assert.deepEqual(failures.map(({ match, reason }) => [match!.name, reason]), [
    ["web", "TemplateError"],
    ["db", "TemplateError"],
  ]);
});

Deno.test("content that is no template fails the trigger; what the first rendering makes of one fails its match", async () => {
  const broken = new World(configMap("one", { k: "{{ .Cluster" }, "template"));
  const failure = await triggerFailure(render(broken, { trigger: { policyRefs: [refTo("one")] } }));
  assert.match(
    failure.message,
    /Cannot use ConfigMap mgmt\/one key "k" as template of the second stage: 1:\d+: unclosed action/,
  );
  const one = '{{ if eq .Resource.metadata.name "db" }}{{ "{{ .Cluster" }}{{ else }}' + doc("x") + "{{ end }}";
  const world = new World(configMap("one", { k: one }, "instantiate", "template"));
  const rendering = await render(world, { trigger: { policyRefs: [refTo("one")] } });
  assert.equal(rendering.texts.length, 1);
  assert.deepEqual(rendering.failures.map(({ match }) => match!.name), ["db"]);
  assert.match(rendering.failures[0]!.message, /in its second stage at 1:\d+ for Service shop\/db: unclosed action/);
});

Deno.test("of rendered text, and of a Secret's, an error shows the actions alone", async () => {
  const both = 'password: {{ "pass" }}{{ "word-1" }} {{ "{{ .Nope }}" }} # pass{{ "word-2" }}';
  const rendered = new World(configMap("one", { k: both }, "instantiate", "template"));
  const own = new World(secret("one", { k: "password: password-1 {{ .Nope }} # password-2" }, "template"));
  for (const [world, kind] of [[rendered, "ConfigMap"], [own, "Secret"]] as const) {
    const { failures } = await render(world, { trigger: { policyRefs: [{ ...refTo("one"), kind }] } });
    assert.match(failures[0]!.message, /\n·{9} ·{10} \{\{ \.Nope \}\} · ·{10}\n {25}\^/);
    assert.doesNotMatch(failures[0]!.message, /password-/);
  }
});

Deno.test("more than sixteen resources of a namespace are read with one query, which counts as a dependency", async () => {
  const matches = Array.from({ length: 20 }, (_, i) => ({ kind: "Made", metadata: { name: `m${i}` } }));
  const world = new World(
    ...matches.map(({ metadata: { name } }) => configMap(`for-${name}`, { v: name })),
    configMap("one", { k: doc("{{ .MgmtResources.R.data.v }}") }, "template"),
  );
  const templateResourceRefs = [resource("R", { name: "for-{{ .Resource.metadata.name }}" })];
  const trigger = { templateResourceRefs, policyRefs: [refTo("one")] };
  for (const [count, queries] of [[16, 16], [17, 1]] as const) {
    world.queries.length = 0;
    const chosen = matches.slice(0, count).map((object, index) => ({
      index,
      object,
      ref: { apiVersion: "", kind: "Made", namespace: "", name: object.metadata.name },
    }));
    const rendering = await render(world, { trigger, matches: { matches: chosen, message: "", printed: "" } });
    assert.deepEqual(rendering.texts.map(({ text }) => shown(text)), chosen.map(({ ref }) => ref.name));
    const asked = world.queries.filter(({ query }) => query.name !== "one");
    assert.equal(asked.length, queries);
    assert.ok(asked.every(({ options }) => !options.once && !options.fresh));
  }
});
