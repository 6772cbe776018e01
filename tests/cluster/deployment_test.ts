/**
 * Where the API server itself matters for what a trigger can say: conditions to wait for, Events and reports; subresources,
 * namespaces and drift that is let be under server-side apply; and how all this is beside Sveltos.
 */
import assert from "node:assert/strict";
import { fieldAt, type Json, type JsonObject } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { writeYaml } from "../../src/yaml/write.ts";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";

const CRDS = ["eventsources", "eventtriggers"].map((name) => `k8s/crds/lib.projectsveltos.io_${name}.yaml`);

const WIDGETS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

const SOURCE = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: inputs }
spec:
  collectResources: true
  resourceSelectors:
    - { group: "", version: v1, kind: ConfigMap, namespace: inputs }
`;

function trigger(spec: string, name = "widgets"): string {
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: ${name} }
spec:
  sourceClusterSelector: { matchLabels: { a: b } }
  eventSourceName: inputs
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: templates, name: widget }]
${spec}`;
}

const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  namespace: templates
  name: widget
  annotations: { projectsveltos.io/instantiate: ok, projectsveltos.io/subresources: status }
data:
  widget.yaml: |
    apiVersion: example.com/v1
    kind: Widget
    metadata: { namespace: "{{ .Resource.data.team }}", name: w }
    spec: { size: {{ .Resource.data.size }}, replicas: 1 }
    status: { phase: "{{ .Resource.data.phase }}" }
`;

function inputs(size: number, phase: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: { namespace: inputs, name: a }
data: { team: team-new, size: "${size}", phase: ${phase} }
`;
}

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

async function conditionOf(server: KubeServer, type: string, name = "widgets"): Promise<Condition | undefined> {
  const { status } = await server.get("eventtrigger", name);
  return (status?.conditions as Condition[] | undefined)?.find((condition) => condition.type === type);
}

Deno.test("what a trigger can say, on a real API server", async (t) => {
  const server = await KubeServer.start();
  const flags = [
    ...["run", "--yes", "--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "a=b", "--create-namespaces"],
    ...["--allowed-kinds", "Widget.example.com", "--report-namespace", "reports"],
  ];
  let loop: RunningMoonferry | undefined;
  const widget = () => server.get("widget", "-n", "team-new", "w");
  try {
    await server.apply(...await Promise.all(CRDS.map((file) => Deno.readTextFile(file))), WIDGETS);
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    await server.apply(...["inputs", "templates", "reports"].map(namespace));
    await server.apply(SOURCE, TEMPLATE, inputs(1, "Up"), trigger("  helmCharts: [{ chartName: x }]\n"));
    loop = new RunningMoonferry(flags);

    await t.step(
      "a field that is refused is a condition, an Event and a report, and kubectl can wait for it",
      async () => {
        await eventually(async () => assert.equal((await conditionOf(server, "Ready"))?.reason, "InvalidManifest"));
        const ready = (await conditionOf(server, "Ready"))!;
        assert.equal(ready.status, "False");
        assert.match(ready.message, /spec\.helmCharts: Helm charts are not supported/);
        await server.kubectl(["wait", "--for=condition=Ready=False", "eventtrigger/widgets", "--timeout=5s"]);
        await eventually(async () => {
          const [event] = await server.eventsOf("widgets");
          assert.deepEqual([event?.type, event?.reason], ["Warning", "InvalidManifest"]);
          const reports = await server.get("configmaps", "-n", "reports", "-l", "moonferry.dev/report");
          assert.equal(reports.items[0].metadata.annotations["moonferry.dev/trigger"], "widgets");
          assert.equal(JSON.parse(reports.items[0].data["report.json"]).failures.total, 1);
        });
      },
    );

    await t.step("put right, it is delivered: namespace, object and status, and Ready", async () => {
      await server.apply(trigger("  driftExclusions: [{ paths: [/spec/replicas] }]\n"));
      await server.kubectl(["wait", "--for=condition=Ready", "eventtrigger/widgets", "--timeout=60s"]);
      const { spec, status } = await widget();
      assert.deepEqual([spec, status], [{ size: 1, replicas: 1 }, { phase: "Up" }]);
      const made = await server.get("namespace", "team-new");
      assert.deepEqual(Object.keys(made.metadata.labels), ["kubernetes.io/metadata.name"]);
      assert.equal(made.metadata.annotations, undefined);
      await eventually(async () => {
        assert.ok(
          (await server.eventsOf("widgets")).some(({ type, reason }) => type === "Normal" && reason === "Delivered"),
        );
      });
    });

    await t.step("a changed status is written, a status that somebody edits is put right", async () => {
      await server.apply(inputs(1, "Down"));
      await eventually(async () => assert.deepEqual((await widget()).status, { phase: "Down" }));
      await server.kubectl([
        ...["patch", "widget", "-n", "team-new", "w", "--subresource=status", "--type=merge"],
        ...["-p", `{"status":{"phase":"Edited"}}`],
      ]);
      await eventually(async () => assert.deepEqual((await widget()).status, { phase: "Down" }));
    });

    await t.step("an excluded path stays as somebody sets it, also when the rest is written anew", async () => {
      const patch = `{"spec":{"replicas":7,"size":99}}`;
      await server.kubectl(["patch", "widget", "-n", "team-new", "w", "--type=merge", "-p", patch]);
      await eventually(async () => assert.deepEqual((await widget()).spec, { replicas: 7, size: 1 }));
      await server.apply(inputs(2, "Down"));
      await eventually(async () => assert.deepEqual((await widget()).spec, { replicas: 7, size: 2 }));
    });

    await t.step("nothing is written while nothing changes", async () => {
      const { metadata: { resourceVersion } } = await widget();
      const from = loop!.log.length;
      await server.kubectl(["annotate", "eventtrigger", "widgets", "example.com/note=look"]);
      await server.apply(inputs(2, "Down").replace("name: a }", "name: b }").replace("team-new", "other"));
      await loop!.logs(/created.*Widget other\/w/, from);
      assert.equal((await widget()).metadata.resourceVersion, resourceVersion);
    });

    await t.step("what a gate holds is said by conditions and an Event", async () => {
      await server.apply(namespace("taken"), FOREIGN);
      await server.apply(inputs(2, "Up").replace("name: a }", "name: c }").replace("team-new", "taken"));
      await eventually(async () => {
        assert.deepEqual((await conditionOf(server, "Held"))?.reason, "Ownership");
        assert.deepEqual((await conditionOf(server, "Ready"))?.reason, "Held");
        assert.ok(
          (await server.eventsOf("widgets")).some(({ reason, message }) =>
            reason === "Held" && /Widget taken\/w/.test(message)
          ),
        );
      });
      assert.deepEqual((await server.get("widget", "-n", "taken", "w")).spec, { theirs: true });
    });

    await t.step(
      "status tells it from the cluster alone, and withdraw refuses while the trigger would come back",
      async () => {
        const kube = ["--kubeconfig", server.adminKubeconfig, "--allowed-kinds", "Widget.example.com"];
        const status = await moonferry(["status", ...kube, "-o", "json"]);
        assert.equal(status.code, 3, status.stderr);
        const [entry] = JSON.parse(status.stdout).triggers;
        assert.deepEqual([entry.name, entry.exists, entry.held.count], ["widgets", true, 1]);
        assert.match(entry.held.since, /^20\d\d-/);
        const names = entry.outputs.map(({ object }: { object: { namespace: string } }) => object.namespace).sort();
        assert.deepEqual(names, ["other", "team-new"]);
        const withdraw = await moonferry(["withdraw", ...kube, "--consumer", "team-new", "--yes"]);
        assert.equal(withdraw.code, 1);
        assert.match(withdraw.stderr, /EventTrigger widgets is there and not suspended/);
      },
    );

    await t.step("a trigger that Sveltos handles gets no status of ours, but Events and a report", async () => {
      const spec = trigger("", "beside").replace("policyRefs:", "stopMatchingBehavior: LeavePolicies\n  policyRefs:");
      await server.apply(
        spec.replace("{ name: beside }", "{ name: beside, finalizers: [eventtrigger.projectsveltos.io/f] }"),
      );
      await eventually(async () => assert.ok((await server.eventsOf("beside")).length > 0));
      await eventually(async () => {
        const { items } = await server.get("configmaps", "-n", "reports", "-l", "moonferry.dev/report");
        assert.ok(
          items.some((item: { metadata: { annotations: Record<string, string> } }) =>
            item.metadata.annotations["moonferry.dev/trigger"] === "beside"
          ),
        );
      });
      assert.equal((await server.get("eventtrigger", "beside")).status, undefined);
      // What the report knows of times is all that there is.
      const kube = ["--kubeconfig", server.adminKubeconfig, "--allowed-kinds", "Widget.example.com"];
      const { stdout } = await moonferry(["status", ...kube, "--trigger", "beside", "-o", "json"]);
      const { ready } = JSON.parse(stdout).triggers[0];
      assert.equal(ready.reason, "BesideSveltos");
      assert.match(ready.since, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      // As long as nobody has said which triggers are whose, the others are let be as well.
      await server.apply(inputs(3, "Up"));
      await eventually(async () => assert.equal((await conditionOf(server, "Ready"))?.reason, "BesideSveltos"));
      assert.match(
        (await conditionOf(server, "Ready"))!.message,
        /Sveltos handles EventTrigger beside.*--trigger-selector/,
      );
      assert.equal((await widget()).spec.size, 2);
      const patch = `{"metadata":{"finalizers":null}}`;
      await server.kubectl(["patch", "eventtrigger", "beside", "--type=merge", "-p", patch]);
      await server.kubectl(["delete", "eventtrigger", "beside"]);
      await eventually(async () => assert.equal((await widget()).spec.size, 3));
    });

    await t.step("a deleted trigger withdraws, and takes its report along; the namespace stays", async () => {
      await server.kubectl(["delete", "eventtrigger", "widgets"]);
      await eventually(async () => {
        const { items } = await server.get("widgets", "-A", "-l", "moonferry.dev/instance");
        assert.deepEqual(items, []);
        assert.deepEqual((await server.get("configmaps", "-n", "reports", "-l", "moonferry.dev/report")).items, []);
      });
      assert.equal((await server.get("namespace", "team-new")).status.phase, "Active");
    });
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});

Deno.test("under a definition without conditions, as Sveltos's is, nothing of ours is in a status", async () => {
  const server = await KubeServer.start();
  let loop: RunningMoonferry | undefined;
  try {
    const [sources, triggers] = await Promise.all(CRDS.map((file) => Deno.readTextFile(file)));
    const theirs = readYaml(triggers!) as JsonObject;
    const version = (fieldAt(theirs, "spec", "versions") as Json[])[0]!;
    const status = fieldAt(version, "schema", "openAPIV3Schema", "properties", "status", "properties") as JsonObject;
    assert.ok("conditions" in status);
    delete status.conditions;
    await server.apply(sources!, writeYaml(theirs), WIDGETS);
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    await server.apply(...["inputs", "templates", "team-new"].map(namespace));
    await server.apply(SOURCE, TEMPLATE, inputs(1, "Up"), trigger(""));
    const kube = ["--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "a=b"];
    loop = new RunningMoonferry(["run", "--yes", ...kube, "--allowed-kinds", "Widget.example.com"]);
    await eventually(async () =>
      assert.ok((await server.eventsOf("widgets")).some(({ reason }) => reason === "Delivered"))
    );
    const stored = await server.get("eventtrigger", "widgets", "--show-managed-fields");
    assert.equal(stored.status, undefined);
    const managers = stored.metadata.managedFields.map(({ manager }: { manager: string }) => manager);
    assert.ok(!managers.includes("moonferry"), managers.join());
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});

const FOREIGN = `apiVersion: example.com/v1
kind: Widget
metadata: { namespace: taken, name: w }
spec: { theirs: true }
`;
