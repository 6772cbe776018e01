/** policyRefs against semantics §6.3, §6.4 and §6.7: what is referenced, how it is used, and what is lacking. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/json/json.ts";
import { configMap, matchesOf, refTo, render, secret, summarise, triggerFailure } from "../support/rendering.ts";
import { World } from "../support/world.ts";

/** Text that names what it was rendered for, as an object that can be deployed. */
const doc = (name: string) => `apiVersion: v1\nkind: X\nmetadata: {name: "${name}"}`;
const shown = (text: string) => /name: "([^"]*)"/.exec(text)![1]!;

const IMPOSSIBLE: readonly (readonly ["namespace" | "name", string, RegExp])[] = [
  ...[".", "..", "a/b", "A", "a".repeat(64)].map((bad) => ["namespace", bad, /RFC 1123|more than 63/] as const),
  ...[".", "..", "a/status", "a%2fb"].map((bad) => ["name", bad, /must not be \. or \.\., and must not hold/] as const),
];

async function texts(world: World, trigger: JsonObject, more: { collectResources?: boolean } = {}): Promise<string[]> {
  const rendering = await render(world, { trigger, ...more });
  assert.deepEqual(rendering.failures, []);
  return rendering.texts.map(({ origin, text }) => `${origin.match?.name ?? "all"} ${origin.key} ${shown(text)}`);
}

Deno.test("several references, keys sorted by byte: match by match, in the order of the spec, Local ones first", async () => {
  const one = doc("one {{ .Resource.spec.port }}"), two = doc("two {{ .Resource.spec.port }}");
  const world = new World(
    configMap("one", { z: one, "10": one, "9": one, A: one }, "instantiate"),
    configMap("two", { k: two }, "instantiate"),
    secret("three", { s: doc("three {{ .Resource.metadata.name }}") }, "instantiate"),
  );
  const policyRefs = [
    refTo("one"),
    refTo("two", { deploymentType: "Local" }),
    { ...refTo("three"), kind: "Secret", deploymentType: "Local" },
  ];
  assert.deepEqual(await texts(world, { policyRefs }), [
    ...["web k two 80", "web s three web", "web 10 one 80", "web 9 one 80", "web A one 80", "web z one 80"],
    ...["db k two 5432", "db s three db", "db 10 one 5432", "db 9 one 5432", "db A one 5432", "db z one 5432"],
  ]);
});

Deno.test("names and namespaces are templates of the match; an absent namespace is the cluster's", async () => {
  const world = new World(
    configMap("for-web", { k: doc("w") }, "instantiate"),
    configMap("for-db", { k: doc("d") }, "instantiate"),
  );
  const name = "for-{{ .Resource.metadata.name }}";
  for (const namespace of ["{{ .Cluster.metadata.namespace }}", ""]) {
    assert.deepEqual(await texts(world, { policyRefs: [refTo(name, { namespace })] }), ["web k w", "db k d"]);
  }
  const byReference = "for-{{ .MatchingResource.Name }}";
  assert.deepEqual(
    await texts(world, { policyRefs: [refTo(byReference)] }, { collectResources: false }),
    ["web k w", "db k d"],
  );
});

Deno.test("a namespace that renders to nothing is no namespace, and nothing is found there", async () => {
  const world = new World(configMap("one", { k: doc("x") }, "instantiate"));
  const failure = await triggerFailure(
    render(world, { trigger: { policyRefs: [refTo("one", { namespace: '{{ "" }}' })] } }),
  );
  assert.deepEqual([failure.stage, failure.reason], ["read", "TemplateNotFound"]);
  assert.match(failure.message, /^EventTrigger t spec\.policyRefs: there is no ConfigMap one\./);
});

for (const [field, bad, wanted] of IMPOSSIBLE) {
  Deno.test(`a ${field} that can't be (${bad}) fails the match whose it is, alone, and is asked of nobody`, async () => {
    const match = (name: string, to: string) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "shop", name, annotations: { to } },
    });
    const template = "{{ .Resource.metadata.annotations.to }}";
    const ref = field === "namespace" ? refTo("one", { namespace: template }) : refTo(template);
    const good = match("web", field === "namespace" ? "mgmt" : "one"), evil = match("db", bad);
    // Optional or not, and with no other match either.
    for (const optional of [false, true]) {
      for (const all of [[good, evil], [evil]]) {
        const world = new World(configMap("one", { k: doc("x") }, "instantiate"));
        const policyRefs = [{ ...ref, optional }];
        const { texts, failures } = await render(world, { trigger: { policyRefs }, matches: matchesOf(...all) });
        assert.equal(texts.length, all.length - 1);
        assert.deepEqual(failures.map(({ stage, reason, match }) => [stage, reason, match?.name]), [
          ["read", "BadRequest", "db"],
        ]);
        const named = field === "namespace" ? `${bad}/one: namespace` : `mgmt/${bad}: name`;
        const message = `EventTrigger t spec.policyRefs for Service shop/db: cannot read ConfigMap ${named} "${bad}": `;
        assert.equal(failures[0]!.message.startsWith(message), true, failures[0]!.message);
        assert.match(failures[0]!.message, wanted);
        assert.deepEqual(world.queries.filter(({ query }) => query.namespace === bad || query.name === bad), []);
      }
    }
  });

  Deno.test(`a ${field} that can't be (${bad}) of a template resource fails the match whose it is`, async () => {
    const world = new World(configMap("one", { k: doc("x") }, "instantiate"), configMap("cred", {}));
    const part = `{{ if eq .Resource.metadata.name "db" }}${bad}{{ else }}${
      field === "name" ? "cred" : "mgmt"
    }{{ end }}`;
    const resource = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "cred", [field]: part };
    const templateResourceRefs = [{ identifier: "R", optional: true, resource }];
    const { texts, failures } = await render(world, { trigger: { templateResourceRefs, policyRefs: [refTo("one")] } });
    assert.deepEqual(texts.map(({ origin }) => origin.match?.name), ["web"]);
    assert.deepEqual(failures.map(({ stage, reason, match }) => [stage, reason, match?.name]), [
      ["read", "BadRequest", "db"],
    ]);
    assert.match(failures[0]!.message, /^EventTrigger t spec\.templateResourceRefs for Service shop\/db: cannot read /);
    assert.match(failures[0]!.message, wanted);
    assert.deepEqual(world.queries.filter(({ query }) => query.namespace === bad || query.name === bad), []);
  });
}

Deno.test("names are not escaped, contrary to eventSourceName", async () => {
  const world = new World(configMap("a&b", { k: doc("x") }, "instantiate"));
  assert.deepEqual(
    await texts(world, { policyRefs: [refTo("{{ .Cluster.metadata.labels.env }}")] }),
    ["web k x", "db k x"],
  );
});

Deno.test("several references to one object are one", async () => {
  const world = new World(configMap("one", { k: doc("x") }, "instantiate"), configMap("plain", { k: doc("p") }));
  const policyRefs = [
    refTo("one"),
    refTo('{{ "one" }}', { namespace: "" }),
    refTo("one", { deploymentType: "Local", path: "p" }),
    refTo("plain"),
    refTo("plain", { deploymentType: "Local" }),
  ];
  assert.deepEqual(await texts(world, { policyRefs }), ["web k x", "db k x", "all k p"]);
});

for (const value of ["ok", "true", "false", ""]) {
  Deno.test(`instantiate: "${value}" instantiates`, async () => {
    const template = configMap("one", { k: doc("{{ .Resource.metadata.name }}") });
    template.metadata.annotations = { "projectsveltos.io/instantiate": value };
    assert.deepEqual(await texts(new World(template), { policyRefs: [refTo("one")] }), ["web k web", "db k db"]);
  });
}

Deno.test("what is not annotated is used as it is, once, after everything else, and a note tells of braces in it", async () => {
  const world = new World(
    configMap("plain", { a: doc("as it is {{ .Resource }}"), b: doc("b") }),
    configMap("one", { k: doc("x") }, "instantiate"),
  );
  const rendering = await render(world, { trigger: { policyRefs: [refTo("plain"), refTo("one")] } });
  assert.deepEqual(
    rendering.texts.map(({ origin, matchIndex, text }) => `${matchIndex} ${origin.match?.name} ${shown(text)}`),
    ["0 web x", "1 db x", "-1 undefined as it is {{ .Resource }}", "-1 undefined b"],
  );
  assert.deepEqual(rendering.notes.map(({ reason }) => reason), ["NotInstantiated"]);
  assert.match(rendering.notes[0]!.message, /ConfigMap mgmt\/plain key "a" holds "\{\{"/);
});

Deno.test("Secrets need the type of content; their data is text in base64, other fields are ignored", async () => {
  const good = secret("s", { k: doc("{{ .Resource.metadata.name }} ü") }, "instantiate");
  good.data = { k: btoa(String.fromCharCode(...new TextEncoder().encode(doc("{{ .Resource.metadata.name }} ü")))) };
  const policyRefs = [{ ...refTo("s"), kind: "Secret" }];
  assert.deepEqual(await texts(new World({ ...good, binaryData: { z: "eA==" } }), { policyRefs }), [
    "web k web ü",
    "db k db ü",
  ]);
  for (const type of ["Opaque", undefined]) {
    const { type: _type, ...rest } = good;
    const bad = type === undefined ? rest : { ...rest, type };
    const world = new World(bad as typeof good);
    // Sveltos: not being the right kind of Secret is an error for an optional reference, too.
    for (const optional of [false, true]) {
      const trigger = { policyRefs: [{ ...policyRefs[0], optional }] };
      const failure = await triggerFailure(render(world, { trigger }));
      assert.equal(failure.reason, "InvalidTemplate");
      assert.match(failure.message, /Secret mgmt\/s must have type addons\.projectsveltos\.io\/cluster-profile/);
    }
  }
});

Deno.test("binaryData is ignored", async () => {
  const template = { ...configMap("one", { k: doc("x") }, "instantiate"), binaryData: { b: "eA==" } };
  assert.deepEqual(await texts(new World(template), { policyRefs: [refTo("one")] }), ["web k x", "db k x"]);
});

Deno.test("a missing object that every match names fails the trigger, unless each reference to it is optional", async () => {
  const world = new World(configMap("one", { k: doc("x") }, "instantiate"));
  const failure = await triggerFailure(render(world, { trigger: { policyRefs: [refTo("one"), refTo("gone")] } }));
  assert.deepEqual(failure, {
    stage: "read",
    reason: "TemplateNotFound",
    message: "EventTrigger t spec.policyRefs: there is no ConfigMap mgmt/gone. What it gives stays as it is until " +
      "there is one.",
  });
  const optional = [refTo("one"), refTo("gone", { optional: true })];
  assert.deepEqual(await texts(world, { policyRefs: optional }), ["web k x", "db k x"]);
  const both = [refTo("gone", { optional: true }), refTo("gone")];
  assert.equal((await triggerFailure(render(world, { trigger: { policyRefs: both } }))).reason, "TemplateNotFound");
});

Deno.test("a missing object that one match names fails that match", async () => {
  const world = new World(configMap("for-web", { k: doc("x") }, "instantiate"));
  const rendering = await render(world, { trigger: { policyRefs: [refTo("for-{{ .Resource.metadata.name }}")] } });
  const { texts, failures } = summarise(rendering);
  assert.equal(texts.length, 1);
  assert.deepEqual(failures, [
    "EventTrigger t spec.policyRefs for Service shop/db: there is no ConfigMap mgmt/for-db. What it gives stays as it is " +
    "until there is one.",
  ]);
  assert.deepEqual(rendering.failures[0]!.match?.name, "db");
});

Deno.test("what can't be read is neither there nor missing", async () => {
  const world = new World();
  world.unknown.set("ConfigMap", { reason: "Forbidden", message: "no" });
  const trigger = { policyRefs: [refTo("one", { optional: true })] };
  const failure = await triggerFailure(render(world, { trigger }));
  assert.deepEqual([failure.stage, failure.reason], ["read", "Forbidden"]);
});

Deno.test("a path means nothing on a ConfigMap, but one that can't be rendered fails as in Sveltos", async () => {
  const world = new World(configMap("one", { k: doc("x") }, "instantiate"));
  const good = [refTo("one", { path: "{{ .Resource.metadata.name }}/x" })];
  assert.deepEqual(await texts(world, { policyRefs: good }), ["web k x", "db k x"]);
  const { failures } = await render(world, {
    trigger: { policyRefs: [refTo("one", { path: "{{ .Resource.nope }}" })] },
  });
  assert.deepEqual(failures.map(({ match, reason }) => [match?.name, reason]), [
    ["web", "TemplateError"],
    ["db", "TemplateError"],
  ]);
  assert.match(
    failures[0]!.message,
    /^EventTrigger t spec\.policyRefs\[0\]\.path for Service shop\/web: 1:12: map has no entry/,
  );
  const broken = { policyRefs: [refTo("one", { path: "{{ .Resource" })] };
  assert.match(
    (await triggerFailure(render(world, { trigger: broken }))).message,
    /spec\.policyRefs\[0\]\.path: 1:\d+: unclosed/,
  );
});

Deno.test("oneForEvent: false renders once, with the plural fields", async () => {
  const world = new World(
    configMap("ports", { k: doc("{{ range .Resources }}{{ .spec.port }} {{ end }}") }, "instantiate"),
    configMap("plain", { k: doc("p") }),
  );
  const trigger = {
    oneForEvent: false,
    policyRefs: [refTo("plain"), refTo("{{ if eq (len .MatchingResources) 2 }}ports{{ end }}", { path: "x" })],
  };
  const rendering = await render(world, { trigger });
  assert.deepEqual(rendering.texts.map(({ matchIndex, text }) => [matchIndex, shown(text)]), [[-1, "80 5432 "], [
    -1,
    "p",
  ]]);
  const collected = await render(world, { trigger, collectResources: false });
  assert.deepEqual(collected.texts.map(({ text }) => shown(text)), ["", "p"]);
  const names = configMap(
    "ports",
    { k: doc("{{ range .MatchingResources }}{{ .Kind }}/{{ .Name }} {{ end }}") },
    "instantiate",
  );
  world.put(names);
  const referenced = await render(world, { trigger, collectResources: false });
  assert.deepEqual(referenced.texts.map(({ text }) => shown(text)), ["Service/web Service/db ", "p"]);
});

Deno.test("oneForEvent: false: a failure is the trigger's", async () => {
  const world = new World(configMap("one", { k: "{{ .Resource }}" }, "instantiate"));
  const { failures } = await render(world, { trigger: { oneForEvent: false, policyRefs: [refTo("one")] } });
  assert.equal(failures.length, 1);
  assert.equal(failures[0]!.match, undefined);
  assert.match(failures[0]!.message, /can't evaluate field Resource in type \*controllers\.currentObjects/);
});

Deno.test("collectResources: false leaves .Resource nil and .MatchingResource there", async () => {
  const world = new World(
    configMap(
      "one",
      { k: doc("{{ .MatchingResource.Namespace }}/{{ .MatchingResource.Name }} {{ .Resource }}") },
      "instantiate",
    ),
  );
  assert.deepEqual(
    await texts(world, { policyRefs: [refTo("one")] }, { collectResources: false }),
    ["web k shop/web map[]", "db k shop/db map[]"],
  );
});

Deno.test("content written in Lua is refused by name, unless it is a template as well", async () => {
  const policyRefs = [refTo("one")];
  const lua = new World(configMap("one", { k: "function evaluate() end" }, "lua"));
  const failure = await triggerFailure(render(lua, { trigger: { policyRefs } }));
  assert.equal(failure.reason, "InvalidTemplate");
  assert.match(failure.message, /ConfigMap mgmt\/one has annotation projectsveltos\.io\/lua: content written in Lua/);
  const both = new World(configMap("one", { k: doc("{{ .Cluster.spec.shard }}") }, "lua", "template"));
  assert.deepEqual(await texts(both, { policyRefs }), ["web k 3", "db k 3"]);
});

Deno.test("a match without anything but a kind is rendered too", async () => {
  const world = new World(
    configMap("one", { k: doc("{{ .Resource.kind }} {{ .MatchingResource.Name }}.") }, "instantiate"),
  );
  const rendering = await render(world, {
    trigger: { policyRefs: [refTo("one")] },
    matches: matchesOf({ kind: "Made" }),
  });
  assert.deepEqual(rendering.texts.map(({ text }) => shown(text)), ["Made ."]);
});
