/** Generated objects and second-stage content as outputs: gates, freezing, withdrawal, and that errors hold no Secret bytes. */
import assert from "node:assert/strict";
import { formatRef } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { compute } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { configMap, refTo, secret, TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, pipeline, World } from "../support/world.ts";

const parts = { sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
const signal = new AbortController().signal;

const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`).sort();
const held = (plan: Plan) => plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`).sort();

const GENERATED = {
  configMapGenerator: [{ namespace: "mgmt", name: "source", nameFormat: "made-{{ .Resource.metadata.name }}" }],
  templateResourceRefs: [{
    identifier: "M",
    resource: {
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: "projectsveltos",
      name: "made-{{ .Resource.metadata.name }}",
    },
  }],
  policyRefs: [refTo("content")],
};
const CONTENT = `apiVersion: v1
kind: Secret
metadata: {namespace: out, name: "{{ .MgmtResources.M.data.name }}"}
stringData: {v: "{{ .MgmtResources.M.data.v }}"}
`;
/** A trigger that generates a ConfigMap for each input and renders a Secret from it. */
const generating = (trigger: JsonObject = GENERATED) => [
  ...pipeline({ trigger }).slice(0, 2),
  configMap("source", { name: "{{ .Resource.metadata.name }}", v: "{{ .Resource.spec.v }}" }),
  configMap("content", { "secret.yaml": CONTENT }, "template"),
];

Deno.test("one pass makes what is generated and what is rendered from it; a second has nothing to do", async () => {
  const world = new World(...generating(), input("a", "1"), input("b", "2"));
  const step = session(world, optionsFor("Secret", "ConfigMap"));
  assert.deepEqual(done(await step()), [
    "create ConfigMap projectsveltos/made-a",
    "create ConfigMap projectsveltos/made-b",
    "create Secret out/a",
    "create Secret out/b",
  ]);
  assert.deepEqual(world.get("Secret out/b")!.data, { v: btoa("2") });
  assert.deepEqual(done(await step()), []);
  world.put(input("a", "new"));
  assert.deepEqual(done(await step()), ["update ConfigMap projectsveltos/made-a", "update Secret out/a"]);
  world.remove("Input in/a");
  assert.deepEqual(done(await step()), ["delete ConfigMap projectsveltos/made-a", "delete Secret out/a"]);
});

Deno.test("a generated object is held like any other output: by kind, by ownership, by collision", async () => {
  const world = new World(...generating(), input("a", "1"));
  assert.deepEqual(held(await session(world, optionsFor("Secret"))()), ["kinds ConfigMap projectsveltos/made-a"]);
  assert.deepEqual(
    world.get("Secret out/a")!.data,
    { v: btoa("1") },
    "what is rendered from it is delivered all the same",
  );

  const foreign = configMap("made-a", { name: "theirs", v: "theirs" });
  foreign.metadata.namespace = "projectsveltos";
  const owned = new World(...generating(), input("a", "1"), foreign);
  assert.deepEqual(held(await session(owned, optionsFor("Secret", "ConfigMap"))()), [
    "ownership ConfigMap projectsveltos/made-a",
  ]);

  // Two sources for one name, in one match. What two matches make under one name is not even rendered.
  const [first] = GENERATED.configMapGenerator;
  const configMapGenerator = [first!, { ...first!, name: "other" }];
  const other = configMap("other", { v: "other" });
  const both = new World(...generating({ configMapGenerator, policyRefs: [] }), other, input("a", "1"));
  assert.deepEqual(held(await session(both, optionsFor("Secret", "ConfigMap"))()), [
    "collision ConfigMap projectsveltos/made-a",
    "collision ConfigMap projectsveltos/made-a",
  ]);
});

Deno.test("a name that is none fails the match, and the message names the source", async () => {
  const configMapGenerator = [{
    ...GENERATED.configMapGenerator[0]!,
    nameFormat: "Made {{ .Resource.metadata.name }}",
  }];
  const world = new World(...generating({ configMapGenerator, policyRefs: [] }), input("a", "1"));
  const plan = await session(world, optionsFor("ConfigMap"))();
  assert.deepEqual(plan.failures.map(({ message }) => message), [
    'ConfigMap mgmt/source for Input in/a: ConfigMap: metadata.name "Made a": must be lower-case letters, digits, - and ., ' +
    "and begin and end with a letter or digit (RFC 1123)",
  ]);
});

Deno.test("a resource that goes missing freezes what its match had, and withdraws nothing", async () => {
  const templateResourceRefs = [{
    identifier: "M",
    resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "for-{{ .Resource.metadata.name }}" },
  }];
  const resource = (name: string, v: string) => configMap(`for-${name}`, { name, v });
  const world = new World(
    ...generating({ templateResourceRefs, policyRefs: [refTo("content")] }),
    ...[input("a", "1"), input("b", "2"), resource("a", "1"), resource("b", "2")],
  );
  const step = session(world, optionsFor("Secret"));
  await step();
  world.remove("ConfigMap mgmt/for-a");
  world.put(resource("b", "new"));
  const plan = await step();
  assert.deepEqual([done(plan), plan.counts.frozen], [["update Secret out/b"], 1]);
  assert.deepEqual(plan.failures.map(({ reason, match }) => [reason, match?.name]), [["ResourceNotFound", "a"]]);
  // The match itself is withdrawn, resource or not.
  world.remove("Input in/a");
  assert.deepEqual(done(await step()), ["delete Secret out/a"]);
});

const SECRET = "c0rrect-horse-battery";

for (
  const [what, annotations, template] of [
    ["`fail` of the second stage", ["template"], '{{ fail (printf "no %s" (getField "S" "data.password" | b64dec)) }}'],
    ["`fail` with the base64", ["template"], '{{ fail (getResource "S").data.password }}'],
    [
      "a template that the first stage made of a Secret",
      ["instantiate", "template"],
      'password: {{ .Resource.data.password | b64dec }} {{ "{{ .Nope " }}{{ .Resource.data.password | b64dec | quote }}{{ " }}" }}',
    ],
    [
      "one that can't even be parsed",
      ["instantiate", "template"],
      '{{ "{{" }} nope {{ .Resource.data.password | b64dec | quote }} {{ "}}" }}',
    ],
    [
      "a field of a text",
      ["template"],
      '{{ (index (getResource "S").data "password" | b64dec).x }}',
    ],
  ] as const
) {
  Deno.test(`no error holds what a Secret says: ${what}`, async () => {
    const login = { ...secret("login", { password: SECRET }), type: "Opaque" };
    const source = { resourceSelectors: [{ group: "", version: "v1", kind: "Secret", name: "login" }] };
    const templateResourceRefs = [{
      identifier: "S",
      resource: { apiVersion: "v1", kind: "Secret", namespace: "mgmt", name: "login" },
    }];
    const trigger = { templateResourceRefs, policyRefs: [refTo("content")] };
    const world = new World(
      ...pipeline({ trigger, source }).slice(0, 2),
      login,
      configMap("content", { k: template }, ...annotations),
    );
    const { failures } = await compute({ trigger: "t" }, { ...parts, reader: world }, optionsFor("Secret"), signal);
    assert.equal(failures.length, 1);
    assert.match(failures[0]!.message, /in its second stage/);
    for (const bytes of [SECRET, btoa(SECRET), SECRET.slice(0, 12)]) assert.ok(!failures[0]!.message.includes(bytes));
  });
}

Deno.test("no error holds what a resource says that no selector selects", async () => {
  const templateResourceRefs = [{
    identifier: "S",
    resource: { apiVersion: "v1", kind: "Secret", namespace: "mgmt", name: "login" },
  }];
  const world = new World(
    ...pipeline({ trigger: { templateResourceRefs, policyRefs: [refTo("content")] } }).slice(0, 2),
    input("a", "1"),
    { ...secret("login", { password: SECRET }), type: "Opaque" },
    configMap("content", { k: '{{ fail (printf "it is %s." (getField "S" "data.password" | b64dec)) }}' }, "template"),
  );
  const { failures } = await compute({ trigger: "t" }, { ...parts, reader: world }, optionsFor("Secret"), signal);
  assert.match(failures[0]!.message, /error calling fail: it is \[redacted\]/);
});
