/** Generators against semantics §6.9: what is made of which source, where it is seen, and what fails. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/json/json.ts";
import { configMap, matchesOf, namesOf, refTo, render, secret, triggerFailure } from "../support/rendering.ts";
import { World } from "../support/world.ts";

const doc = (name: string) => `apiVersion: v1\nkind: X\nmetadata: {name: "${name}"}`;
const shown = (text: string) => /name: "([^"]*)"/.exec(text)![1]!;

const generator = (name: string, nameFormat: string, more: JsonObject = {}): JsonObject => ({
  namespace: "mgmt",
  name,
  nameFormat,
  ...more,
});

Deno.test("a ConfigMap for each match: every key rendered, annotated or not, in Sveltos's namespace", async () => {
  const source = configMap("source", { a: "{{ .Resource.spec.port }}", b: "plain" });
  const world = new World({ ...source, binaryData: { c: "eA==" } });
  const trigger = { configMapGenerator: [generator("source", "made-{{ .Resource.metadata.name }}")] };
  const { desired, failures, texts } = await render(world, { trigger });
  assert.deepEqual(failures, []);
  assert.deepEqual(texts, []);
  const made = (name: string, a: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "projectsveltos" },
    data: { a, b: "plain" },
  });
  assert.deepEqual(desired.map(({ object }) => object), [made("made-web", "80"), made("made-db", "5432")]);
  assert.deepEqual(
    desired.map(({ origin, matchIndex, subresources }) => [origin, matchIndex, subresources]),
    [0, 1].map((index) => [
      {
        trigger: "t",
        match: { apiVersion: "v1", kind: "Service", namespace: "shop", name: ["web", "db"][index] },
        template: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "source" },
        key: "",
      },
      index,
      [],
    ]),
  );
  const elsewhere = await render(world, { trigger, sveltosNamespace: "sveltos-system" });
  assert.ok(elsewhere.desired.every(({ object }) => (object.metadata as JsonObject).namespace === "sveltos-system"));
});

Deno.test("a Secret keeps every byte, and has the type of content", async () => {
  const bytes = Uint8Array.of(0, 255, 128, 10, 0xc3, 0x28);
  const source = secret("source", { port: "{{ .Resource.spec.port }} ü" });
  source.data = { port: btoa("{{ .Resource.spec.port }}"), keystore: bytes.toBase64() };
  const trigger = { secretGenerator: [generator("source", "made-{{ .Resource.metadata.name }}")] };
  const { desired } = await render(new World(source), { trigger });
  assert.deepEqual(desired.map(({ object }) => object)[0], {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "made-web", namespace: "projectsveltos" },
    type: "addons.projectsveltos.io/cluster-profile",
    data: { port: btoa("80"), keystore: bytes.toBase64() },
  });
});

Deno.test("all matches together make one, with the plural fields; what nothing matches makes none", async () => {
  const world = new World(configMap("source", { names: "{{ range .MatchingResources }}{{ .Name }} {{ end }}" }));
  const trigger = {
    oneForEvent: false,
    configMapGenerator: [generator("source", "{{ .Cluster.metadata.name }}-names")],
  };
  const { desired } = await render(world, { trigger, collectResources: false });
  assert.deepEqual(desired.map(({ object }) => object.data), [{ names: "web db " }]);
  assert.deepEqual([desired[0]!.matchIndex, desired[0]!.origin.match], [-1, undefined]);
  const none = await render(world, { trigger, matches: { matches: [], message: "", printed: "" } });
  assert.deepEqual(none.desired, []);
});

Deno.test("annotations are copied, but for those that speak of the source alone; labels are not", async () => {
  const source = configMap("source", {}, "instantiate", "template", "subresources");
  source.metadata.labels = { app: "x" };
  source.metadata.annotations = {
    ...source.metadata.annotations as JsonObject,
    "example.org/note": "kept",
    "kubectl.kubernetes.io/last-applied-configuration": "{}",
    "moonferry.dev/suspend": "true",
    "moonferry.dev/adopt": "true",
    "moonferry.dev/origin": "{}",
    "projectsveltos.io/owner-kind": "ClusterProfile",
    "projectsveltos.io/owner-name": "x",
  };
  const { desired } = await render(new World(source), {
    trigger: { configMapGenerator: [generator("source", "made")] },
  });
  assert.deepEqual(desired[0]!.object, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "made",
      namespace: "projectsveltos",
      annotations: {
        "projectsveltos.io/instantiate": "ok",
        "projectsveltos.io/template": "ok",
        "projectsveltos.io/subresources": "ok",
        "example.org/note": "kept",
      },
    },
  });
});

Deno.test("names and namespaces of sources are templates of the match; an absent namespace is the cluster's", async () => {
  const world = new World(configMap("for-web", { k: "w" }), configMap("for-db", { k: "d" }));
  for (const namespace of ["", "{{ .Cluster.metadata.namespace }}"]) {
    const trigger = {
      configMapGenerator: [
        generator("for-{{ .Resource.metadata.name }}", "m-{{ .Resource.metadata.name }}", { namespace }),
      ],
    };
    const { desired } = await render(world, { trigger });
    assert.deepEqual(desired.map(({ object }) => object.data), [{ k: "w" }, { k: "d" }]);
  }
});

Deno.test("Secrets' generators come first, and a match's generated objects before what it renders", async () => {
  const world = new World(
    configMap("source", { k: "x" }),
    secret("source", { k: "x" }),
    configMap("one", { k: doc("{{ .Resource.metadata.name }}") }, "instantiate"),
    configMap("plain", { k: doc("plain") }),
  );
  const trigger = {
    configMapGenerator: [
      generator("source", "c1-{{ .Resource.metadata.name }}"),
      generator("source", "c2-{{ .Resource.metadata.name }}"),
    ],
    secretGenerator: [generator("source", "s-{{ .Resource.metadata.name }}")],
    policyRefs: [refTo("plain"), refTo("one")],
  };
  const { desired } = await render(world, { trigger });
  assert.deepEqual(namesOf(desired), [
    ...["Secret s-web", "ConfigMap c1-web", "ConfigMap c2-web", "X web"],
    ...["Secret s-db", "ConfigMap c1-db", "ConfigMap c2-db", "X db"],
    "X plain",
  ]);
});

Deno.test("what is generated is seen in the same pass: as resource and as content, instead of what was there", async () => {
  const old = configMap("made-web", { size: "old" });
  old.metadata.namespace = "projectsveltos";
  const content = configMap("content", { k: doc("{{ .Resource.metadata.name }}") }, "instantiate");
  const world = new World(
    old,
    configMap("source", { size: "port {{ .Resource.spec.port }}" }),
    content,
    configMap("one", { k: doc("{{ (getResource `M`).data.size }}") }, "template"),
  );
  const trigger = {
    configMapGenerator: [
      generator("source", "made-{{ .Resource.metadata.name }}"),
      generator("content", "content-{{ .Resource.metadata.name }}"),
    ],
    templateResourceRefs: [{
      identifier: "M",
      resource: {
        apiVersion: "v1",
        kind: "ConfigMap",
        namespace: "projectsveltos",
        name: "made-{{ .Resource.metadata.name }}",
      },
    }],
    policyRefs: [refTo("one"), refTo("content-{{ .Resource.metadata.name }}", { namespace: "projectsveltos" })],
  };
  const { texts, failures } = await render(world, { trigger });
  assert.deepEqual(failures, []);
  assert.deepEqual(texts.map(({ origin, text }) => [origin.template.name, shown(text)]), [
    ["one", "port 80"],
    ["content-web", "web"],
    ["one", "port 5432"],
    ["content-db", "db"],
  ]);
});

Deno.test("of two matches that make one name, none gives anything, and each is told whom it clashes with", async () => {
  const world = new World(
    configMap("source", { who: "{{ .Resource.metadata.name }}" }),
    configMap("one", { k: doc("{{ .MgmtResources.M.data.who }}") }, "template"),
  );
  const trigger = {
    configMapGenerator: [generator("source", "made")],
    templateResourceRefs: [{
      identifier: "M",
      resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "projectsveltos", name: "made" },
    }],
    policyRefs: [refTo("one")],
  };
  const { desired, failures } = await render(world, { trigger });
  assert.deepEqual(desired, []);
  assert.deepEqual(failures.map(({ stage, match, reason }) => [stage, match!.name, reason]), [
    ["render", "web", "GeneratedNameNotUnique"],
    ["render", "db", "GeneratedNameNotUnique"],
  ]);
  assert.equal(
    failures[0]!.message,
    "EventTrigger t spec.configMapGenerator for Service shop/web: 2 matches generate ConfigMap projectsveltos/made, and " +
      "not all with the same content: Service shop/db, Service shop/web. Their outputs stay as they are. Make nameFormat " +
      "differ by match, for example with {{ .MatchingResource.Namespace }}-{{ .MatchingResource.Name }}",
  );
});

Deno.test("of many matches that clash a message names five", async () => {
  const world = new World(configMap("source", { who: "{{ .Resource.metadata.name }}" }));
  const names = ["g", "f", "e", "d", "c", "b", "a"];
  const matches = matchesOf(
    ...names.map((name) => ({ apiVersion: "v1", kind: "Service", metadata: { namespace: "shop", name } })),
  );
  const { failures } = await render(world, {
    trigger: { configMapGenerator: [generator("source", "made")] },
    matches,
  });
  assert.equal(failures.length, 7);
  const five = ["a", "b", "c", "d", "e"].map((name) => `Service shop/${name}`).join(", ");
  assert.ok(failures.every(({ message }) => message.includes(`content: ${five} and 2 more. `)));
});

Deno.test("one name for two kinds, or of one match, is no clash of matches; of one match the later is seen", async () => {
  const world = new World(
    secret("source", { who: "s {{ .Resource.metadata.name }}" }),
    configMap("source", { who: "{{ .Resource.metadata.name }}" }),
    configMap("other", { who: "other {{ .Resource.metadata.name }}" }),
    configMap("one", { k: doc("{{ .MgmtResources.M.data.who }}") }, "template"),
  );
  const name = "made-{{ .Resource.metadata.name }}";
  const { texts, failures } = await render(world, {
    trigger: {
      secretGenerator: [generator("source", name)],
      configMapGenerator: [generator("source", name), generator("other", name)],
      templateResourceRefs: [{
        identifier: "M",
        resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "projectsveltos", name },
      }],
      policyRefs: [refTo("one")],
    },
  });
  assert.deepEqual(failures, []);
  assert.deepEqual(texts.map(({ text }) => shown(text)), ["other web", "other db"]);
});

Deno.test("what a generator changes in its data is not seen by what the match renders", async () => {
  const world = new World(
    configMap("source", {
      k: '{{ $x := chainSetField .Resource "metadata.name" "changed" }}{{ .Resource.metadata.name }}',
    }),
    configMap("one", { k: doc("{{ .Resource.metadata.name }}") }, "instantiate"),
  );
  const trigger = {
    configMapGenerator: [
      generator("source", "made-{{ .MatchingResource.Name }}"),
      generator("source", "late-{{ .Resource.metadata.name }}"),
    ],
    policyRefs: [refTo("one")],
  };
  const { desired } = await render(world, { trigger });
  assert.deepEqual(namesOf(desired), [
    ...["ConfigMap made-web", "ConfigMap late-changed", "X web"],
    ...["ConfigMap made-db", "ConfigMap late-changed", "X db"],
  ]);
});

Deno.test("a missing source fails the trigger where all name it, its match where one does; optional makes nothing, with a note", async () => {
  const world = new World(configMap("for-web", { k: "w" }), configMap("one", { k: doc("x") }, "instantiate"));
  const policyRefs = [refTo("one")];
  const gone = { configMapGenerator: [generator("gone", "made")], policyRefs };
  const failure = await triggerFailure(render(world, { trigger: gone }));
  assert.deepEqual([failure.stage, failure.reason], ["read", "TemplateNotFound"]);
  assert.match(failure.message, /^EventTrigger t spec\.configMapGenerator\[0\]: there is no ConfigMap mgmt\/gone\./);

  const each = "for-{{ .Resource.metadata.name }}";
  const one = await render(world, { trigger: { configMapGenerator: [generator(each, each)], policyRefs } });
  assert.deepEqual(namesOf(one.desired), ["ConfigMap for-web", "X x"]);
  assert.deepEqual(one.failures.map(({ match, reason }) => [match!.name, reason]), [["db", "TemplateNotFound"]]);
  assert.match(
    one.failures[0]!.message,
    /spec\.configMapGenerator\[0\] for Service shop\/db: there is no ConfigMap mgmt\/for-db/,
  );

  const optional = await render(world, {
    trigger: { configMapGenerator: [generator("gone", "made", { optional: true })], policyRefs },
  });
  assert.deepEqual(namesOf(optional.desired), ["X x", "X x"]);
  assert.deepEqual(optional.notes, [{
    reason: "GeneratorSkipped",
    message:
      "EventTrigger t spec.configMapGenerator[0]: there is no ConfigMap mgmt/gone, which is optional: nothing is " +
      "generated from it",
  }]);
});

Deno.test("a Secret of another type is no source, optional or not", async () => {
  const world = new World({ ...secret("source", { k: "x" }), type: "Opaque" });
  for (const optional of [true, false]) {
    const trigger = { secretGenerator: [generator("source", "made", { optional })] };
    const failure = await triggerFailure(render(world, { trigger }));
    assert.match(failure.message, /spec\.secretGenerator\[0\]: Secret mgmt\/source must have type addons\./);
  }
});

for (
  const [what, fields, message] of [
    [
      "namespace",
      { namespace: "{{ .Resource.nope }}" },
      /configMapGenerator\[0\]\.namespace for Service shop\/web: 1:12: map has/,
    ],
    ["name", { name: "{{ .Resource.nope }}" }, /configMapGenerator\[0\]\.name for Service shop\/web: 1:12: map has/],
    [
      "nameFormat",
      { nameFormat: "{{ .Resource.nope }}" },
      /configMapGenerator\[0\]\.nameFormat for Service shop\/web: 1:12/,
    ],
    [
      "a key",
      { name: "broken" },
      /^Cannot render ConfigMap mgmt\/broken key "k" at 1:12 for Service shop\/web: map has/,
    ],
  ] as const
) {
  Deno.test(`a match whose generator can't render ${what} gives nothing at all`, async () => {
    const world = new World(
      configMap("source", { k: "x" }),
      configMap("broken", { k: "{{ .Resource.nope }}" }),
      configMap("one", { k: doc("x") }, "instantiate"),
    );
    const trigger = { configMapGenerator: [{ ...generator("source", "made"), ...fields }], policyRefs: [refTo("one")] };
    const { desired, failures } = await render(world, { trigger });
    assert.deepEqual(desired, []);
    assert.deepEqual(failures.map(({ match, stage }) => [match!.name, stage]), [["web", "render"], ["db", "render"]]);
    assert.match(failures[0]!.message, message);
  });
}

Deno.test("a source that is no template, or a field, fails the trigger", async () => {
  const world = new World(configMap("source", { k: "{{ .Resource" }), configMap("good", { k: "x" }));
  const source = await triggerFailure(
    render(world, { trigger: { configMapGenerator: [generator("source", "made")] } }),
  );
  assert.match(source.message, /^Cannot use ConfigMap mgmt\/source key "k" as template: 1:\d+: unclosed action/);
  for (const field of ["namespace", "name", "nameFormat"]) {
    const trigger = {
      configMapGenerator: [generator("good", "made"), { ...generator("good", "x"), [field]: "{{ nope }}" }],
    };
    const failure = await triggerFailure(render(world, { trigger }));
    assert.match(
      failure.message,
      new RegExp(`^EventTrigger t spec\\.configMapGenerator\\[1\\]\\.${field}: 1:\\d+: function "nope"`),
    );
  }
});
