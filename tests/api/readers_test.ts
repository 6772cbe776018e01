/** Reading EventSource and EventTrigger: what is refused by name, what only warns, and what counts as absent (Decision 13). */
import assert from "node:assert/strict";
import { readEventSource } from "../../src/api/event_source.ts";
import { readEventTrigger } from "../../src/api/event_trigger.ts";
import { ManifestErrors } from "../../src/api/field_error.ts";
import { object } from "../support/world.ts";

const source = (spec: string) =>
  object(`{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventSource, metadata: {name: s}, spec: ${spec}}`);
const trigger = (spec: string) =>
  object(
    `{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: t}, spec: {sourceClusterSelector: {matchLabels: {a: b}}, eventSourceName: s, ${spec}}}`,
  );
const selector = (rest: string) =>
  `{resourceSelectors: [{group: "", version: v1, kind: Secret, namespace: ns${rest}}]}`;

const BAD_SOURCES: readonly { name: string; spec: string; error: RegExp }[] = [
  {
    name: "no kind",
    spec: '{resourceSelectors: [{group: "", version: v1}]}',
    error: /spec\.resourceSelectors\[0\]\.kind: required/,
  },
  {
    name: "no version",
    spec: '{resourceSelectors: [{group: "", version: "", kind: Secret}]}',
    error: /spec\.resourceSelectors\[0\]\.version: required/,
  },
  {
    name: "group core",
    spec: "{resourceSelectors: [{group: core, version: v1, kind: Secret}]}",
    error: /the core group is written ""/,
  },
  {
    name: "kind secrets",
    spec: '{resourceSelectors: [{group: "", version: v1, kind: secrets}]}',
    error: /unknown kind "secrets"; did you mean "Secret"\?/,
  },
  {
    name: "operation Exists",
    spec: selector(", labelFilters: [{key: a, operation: Exists}]"),
    error: /labelFilters\[0\]\.operation: must be Equal, Different, Has or DoesNotHave, found "Exists"/,
  },
  {
    name: "a key with a space",
    spec: selector(", labelFilters: [{key: a b, operation: Has}]"),
    error: /labelFilters\[0\]\.key: "a b"/,
  },
  {
    name: "evaluate beside the selectors",
    spec: '{resourceSelectors: [], evaluate: "x"}',
    error: /spec\.evaluate: unknown field; it belongs into spec\.resourceSelectors\[\]/,
  },
  {
    name: "a misspelt field",
    spec: "{colectResources: true}",
    error: /spec\.colectResources: unknown field; did you mean collectResources\?/,
  },
  {
    name: "a text where a list is wanted",
    spec: "{resourceSelectors: x}",
    error: /spec\.resourceSelectors: wanted a list, found the text "x"/,
  },
  {
    name: "CloudEvents",
    spec: "{messagingMatchCriteria: [{subject: x}]}",
    error: /messagingMatchCriteria: CloudEvents are not supported/,
  },
];

for (const { name, spec, error } of BAD_SOURCES) {
  Deno.test(`EventSource: ${name}`, () => assert.throws(() => readEventSource(source(spec)), error));
}

Deno.test("EventSource: all errors at once, each with its place", () => {
  const read = () =>
    readEventSource(source('{x: 1, resourceSelectors: [{group: "", version: v1}], aggregatedSelection: 5}'));
  assert.throws(read, (error) => error instanceof ManifestErrors && error.errors.length === 3);
});

const WARNINGS: readonly { name: string; spec: string; warning: RegExp }[] = [
  {
    name: "a value with Has",
    spec: selector(", labelFilters: [{key: a, operation: Has, value: x}]"),
    warning: /ignored with operation Has/,
  },
  {
    name: "two CEL rules",
    spec: selector(', evaluateCEL: [{name: a, rule: "true"}, {name: b, rule: "true"}]'),
    warning: /OR-ed/,
  },
  {
    name: "every Secret",
    spec: '{resourceSelectors: [{group: "", version: v1, kind: Secret}]}',
    warning: /every Secret of the cluster/,
  },
];

for (const { name, spec, warning } of WARNINGS) {
  Deno.test(`EventSource warns: ${name}`, () => {
    const { warnings } = readEventSource(source(spec));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!.message, warning);
  });
}

Deno.test("EventSource: no CEL rules and an empty list of them are told apart", () => {
  assert.equal(readEventSource(source(selector(""))).selectors[0]!.evaluateCEL, undefined);
  assert.deepEqual(readEventSource(source(selector(", evaluateCEL: []"))).selectors[0]!.evaluateCEL, []);
});

const REFUSED = [
  "tier: 50",
  "continueOnConflict: true",
  "reloader: true",
  "dependsOn: [x]",
  "policyRefs: [{kind: GitRepository, name: x}]",
  "policyRefs: [{remoteURL: {url: x}}]",
  "helmCharts: [{}]",
  "kustomizationRefs: [{}]",
  "preDeployChecks: [{}]",
  "validateHealths: [{}]",
  "preDeleteChecks: [{}]",
  "postDeleteChecks: [{}]",
  "patchesFrom: [{}]",
  "driftExclusions: [{paths: [spec/replicas]}]",
  "cloudEventAction: Delete",
];

for (const field of REFUSED) {
  const name = field.split(":")[0]!;
  Deno.test(`EventTrigger refuses by name: ${field}`, () => {
    assert.throws(() => readEventTrigger(trigger(field)), (error) => {
      assert.ok(error instanceof ManifestErrors);
      assert.match(error.errors[0]!.field, new RegExp(`^spec\\.${name}`));
      assert.ok(error.errors[0]!.problem.length > 20, "one sentence on what to do");
      return true;
    });
  });
}

Deno.test("EventTrigger: what the API server fills in counts as absent", () => {
  const filled =
    "tier: 100, reloader: false, syncMode: Continuous, cloudEventAction: Create, continueOnConflict: false, " +
    "stopMatchingBehavior: WithdrawPolicies, helmCharts: [], clusterSetRefs: [], destinationClusterSelector: {}, " +
    "policyRefs: [{kind: ConfigMap, name: x, deploymentType: Remote, optional: false, tier: 100, force: false, skipNamespaceCreation: false}]";
  assert.deepEqual(readEventTrigger(trigger(filled)).warnings, []);
});

Deno.test("EventTrigger: what Sveltos drops as well only warns", () => {
  const { warnings } = readEventTrigger(
    trigger(
      "profileNameFormat: x, maxUpdate: 30%, policyRefs: [{kind: Secret, name: x, path: p, tier: 5, force: true, skipNamespaceCreation: true}], " +
        "templateResourceRefs: [{resource: {apiVersion: v1, kind: Secret, name: x}, identifier: x, watchFields: [data]}]",
    ),
  );
  assert.equal(warnings.length, 7);
});

for (
  const [field, path] of [
    ["configMapGenerator: [{name: a}]", "configMapGenerator[0].nameFormat"],
    ["secretGenerator: [{name: a, nameFormat: ''}]", "secretGenerator[0].nameFormat"],
    [
      "templateResourceRefs: [{resource: {apiVersion: v1, name: x}, identifier: x}]",
      "templateResourceRefs[0].resource.kind",
    ],
    ["templateResourceRefs: [{resource: {apiVersion: v1, kind: Secret}}]", "templateResourceRefs[0].identifier"],
    ["templateResourceRefs: [{identifier: x}]", "templateResourceRefs[0].resource"],
  ] as const
) {
  Deno.test(`EventTrigger wants ${path}`, () => {
    assert.throws(() => readEventTrigger(trigger(field)), (error) => {
      assert.ok(error instanceof ManifestErrors);
      assert.deepEqual(error.errors.map((one) => one.field), [`spec.${path}`]);
      assert.match(error.errors[0]!.problem, /^required/);
      return true;
    });
  });
}

Deno.test("EventTrigger: generators and templateResourceRefs, Secrets' generators first", () => {
  const { generators, templateResourceRefs } = readEventTrigger(trigger(
    "configMapGenerator: [{name: a, nameFormat: b}], secretGenerator: [{namespace: ns, name: c, nameFormat: d, optional: true}], " +
      "templateResourceRefs: [{resource: {apiVersion: apps/v1, kind: Deployment, namespace: ns, name: x}, identifier: X, ignoreStatusChanges: true}]",
  ));
  assert.deepEqual(generators, [
    { kind: "Secret", namespace: "ns", name: "c", nameFormat: "d", optional: true },
    { kind: "ConfigMap", namespace: "", name: "a", nameFormat: "b", optional: false },
  ]);
  assert.deepEqual(templateResourceRefs, [{
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "ns",
    name: "x",
    identifier: "X",
    optional: false,
    ignoreStatusChanges: true,
  }]);
});

Deno.test("EventTrigger: the management cluster may be named as destination", () => {
  readEventTrigger(
    trigger(
      "destinationCluster: {kind: SveltosCluster, apiVersion: lib.projectsveltos.io/v1beta1, namespace: mgmt, name: mgmt}",
    ),
  );
});

Deno.test("EventTrigger: required fields, unless lenient", () => {
  const bare = object(
    "{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: t}, spec: {oneForEvent: true}}",
  );
  assert.throws(
    () => readEventTrigger(bare),
    /spec\.sourceClusterSelector: required\n.*spec\.eventSourceName: required/,
  );
  assert.equal(readEventTrigger(bare, { lenient: true }).oneForEvent, true);
});
