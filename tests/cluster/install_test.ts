/**
 * Moonferry as it is shipped, on a fresh API server: installed by kubectl, run as the container's command with the
 * Deployment's ServiceAccount, beside Sveltos by an overlay as docs/install.md has it, and taken away without a trace.
 */
import assert from "node:assert/strict";
import { readArgs } from "../../src/cli/args.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { splitManifest } from "../../src/yaml/documents.ts";
import { writeYaml } from "../../src/yaml/write.ts";
import { eventually } from "../support/eventually.ts";
import { argsOf, complaintsOf, type Deployment, InstalledMoonferry } from "../support/installed.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry } from "../support/moonferry.ts";
import { objectsOf, shippedYaml } from "../support/shipped_yaml.ts";

const EXAMPLE = "k8s/examples/push-model";
const PROFILES = "k8s/examples/clusterprofile";
const DOCS = Deno.readTextFileSync("docs/install.md");
const CRDS = ["eventsources", "eventtriggers"].map((plural) => `${plural}.lib.projectsveltos.io`);

/** The lines of the `sh` block that holds the text. */
function documented(text: string): string[] {
  const block = [...DOCS.matchAll(/```sh\n([^]*?)```/g)].map(([, lines]) => lines!).find((lines) =>
    lines.includes(text)
  );
  assert.ok(block, `docs/install.md has no command "${text}"`);
  return block.trim().split("\n");
}

const OWN_OVERLAY =
  shippedYaml().find(({ where, text }) => where.startsWith("docs/install.md") && /^images:/m.test(text))!.text;

/** Triggers of somebody else: three that Sveltos handles, two that nobody does; all would be Moonferry's by their clusters. */
const FOREIGN = ["a", "b", "c", "d", "e"].map((name, index) => ({
  apiVersion: "lib.projectsveltos.io/v1beta1",
  kind: "EventTrigger",
  metadata: {
    name: `foreign-${name}`,
    labels: { team: "platform" },
    ...(index < 3 ? { finalizers: ["eventtrigger.lib.projectsveltos.io"] } : {}),
  },
  spec: {
    sourceClusterSelector: { matchLabels: { "cluster-api": "enabled" } },
    eventSourceName: index % 2 === 0 ? "push-model" : "not-there",
    oneForEvent: index % 2 === 0,
    policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "push-model" }],
  },
}));

interface KubeItem {
  readonly kind: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly annotations?: Record<string, string>;
  };
}

const foreignTriggers = async (server: KubeServer) =>
  (await server.get("eventtriggers", "--show-managed-fields", "-l", "team=platform")).items;
const crds = (server: KubeServer) => server.get("crd", ...CRDS, "--show-managed-fields");

const outputs = async (server: KubeServer): Promise<string[]> =>
  (await server.get("secrets", "-A", "-l", "moonferry.dev/instance")).items
    .map(({ metadata }: KubeItem) => `${metadata.namespace}/${metadata.name}`);

const profiles = async (server: KubeServer): Promise<{ status?: { accessProviders: { name: string }[] } }[]> =>
  (await server.get("clusterprofiles.multicluster.x-k8s.io", "-A")).items;

/** Everything that the API server has and that is ours by its name, marks, labels or field managers. */
async function ours(server: KubeServer): Promise<string[]> {
  const names = (await server.kubectl(["api-resources", "--verbs=list", "-o", "name"])).stdout.trim().split("\n");
  const { items } = await server.get(names.join(","), "-A", "--show-managed-fields");
  assert.ok(items.length > 100, "it lists what there is");
  const found = (items as KubeItem[]).filter(({ metadata }) => {
    // What kubectl notes of an EventSource holds its script.
    const { "kubectl.kubernetes.io/last-applied-configuration": _, ...annotations } = metadata.annotations ?? {};
    return JSON.stringify({ ...metadata, annotations }).includes("moonferry");
  });
  return [...new Set(found.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`))].sort();
}

/** Does what the controllers of a cluster would: empties a Namespace that is deleted, and lets it go. */
async function finishNamespace(server: KubeServer, name: string): Promise<void> {
  for (const kind of ["leases.coordination.k8s.io", "configmaps"]) {
    await server.kubectl(["delete", kind, "-n", name, "--all"]);
  }
  const namespace = await server.get("namespace", name);
  assert.ok(namespace.metadata.deletionTimestamp);
  namespace.spec.finalizers = [];
  await server.kubectl(
    ["replace", "--raw", `/api/v1/namespaces/${name}/finalize`, "-f", "-"],
    JSON.stringify(namespace),
  );
}

/** A Pod as the Deployment makes them. */
function podOf({ spec: { template } }: Deployment): JsonObject {
  const metadata = { ...template.metadata, name: "moonferry-0", namespace: "moonferry" };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec } as unknown as JsonObject;
}

Deno.test("installed, run, upgraded to an overlay of one's own, and removed", async (t) => {
  const server = await KubeServer.start();
  const folder = await Deno.makeTempDir({ prefix: "moonferry-install-" });
  let running: InstalledMoonferry | undefined;
  const apply = async (path: string) => {
    const { stderr } = await server.kubectl(["apply", "-k", path]);
    // Also what Pod Security has to say.
    assert.equal(stderr, "", `kubectl apply -k ${path} warns`);
  };
  const stop = async () => {
    const { code, log } = await running!.stop();
    running = undefined;
    assert.equal(code, 0, log);
    // No right was missing, neither Deno's nor the cluster's.
    assert.deepEqual(complaintsOf(log), []);
  };
  try {
    await t.step("the two kinds, by themselves", async () => {
      assert.deepEqual(documented("k8s/crds"), ["kubectl apply -k k8s/crds"]);
      await apply("k8s/crds");
      await server.kubectl(["wait", "--for=condition=Established", "crd", ...CRDS, "--timeout=60s"]);
      const { items } = await server.get("crd");
      assert.deepEqual(items.map(({ metadata }: KubeItem) => metadata.name).sort(), CRDS);
    });

    await t.step("single, as documented; its Pods are restricted ones", async () => {
      await server.kubectl(["apply", "-f", "tests/cluster/crds"]);
      await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
      await server.kubectl(["apply", "-f", `${EXAMPLE}/cluster/namespaces.yaml`, "-f", `${EXAMPLE}/cluster`]);
      assert.equal(documented("overlays/single")[0], "kubectl apply -k k8s/overlays/single");
      await apply("k8s/overlays/single");
      const deployment: Deployment = await server.get("deployment", "-n", "moonferry", "moonferry");
      const create = (pod: JsonObject) =>
        server.kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(pod), true);
      assert.equal((await create(podOf(deployment))).stderr, "");
      const loose = structuredClone(podOf(deployment));
      delete (loose.spec as { containers: JsonObject[] }).containers[0]!.securityContext;
      assert.match((await create(loose)).stderr, /violates PodSecurity "restricted:latest"/);
    });

    await t.step("the example is delivered; probes and metrics answer where they are asked", async () => {
      const untouched = await crds(server);
      running = await InstalledMoonferry.start(server, "moonferry", folder);
      assert.ok(documented("overlays/single").includes(`kubectl apply -f ${EXAMPLE}`));
      await server.kubectl(["apply", "-f", EXAMPLE]);
      await server.kubectl(["wait", "--for=condition=Ready", "eventtrigger/push-model", "--timeout=60s"]);
      const delivered = await outputs(server);
      assert.equal(delivered.length, 6);
      assert.ok(delivered.includes("team-argo/fleet-prod-lagoon-kubeconfig"), delivered.join());
      for (const path of ["/healthz", "/readyz"]) {
        assert.deepEqual(await running.ask(path), { status: 200, text: "ok\n" });
      }
      assert.match((await running.ask("/metrics")).text, /^moonferry_leader 1$/m);
      const { spec } = await server.get("lease", "-n", "moonferry", "moonferry");
      assert.match(spec.holderIdentity, /^moonferry-0\//);
      await stop();
      assert.deepEqual(await crds(server), untouched);
    });

    let foreign: KubeItem[] = [];
    let definitions: unknown;
    await t.step("an overlay of one's own, beside Sveltos: only what the selector names is handled", async () => {
      await server.apply(...FOREIGN.map((trigger) => writeYaml(trigger)));
      for (const { metadata: { name } } of FOREIGN.slice(0, 3)) {
        const status = JSON.stringify({ status: { clusterInfo: [] } });
        await server.kubectl(["patch", "eventtrigger", name, "--subresource=status", "--type=merge", "-p", status]);
      }
      [foreign, definitions] = [await foreignTriggers(server), await crds(server)];
      assert.equal(foreign.length, 5);
      await installOwnOverlay(server, folder, apply);
      const policy = (await server.get("networkpolicy", "-n", "moonferry", "moonferry")).spec;
      assert.deepEqual(policy.policyTypes, ["Ingress", "Egress"]);
      assert.deepEqual(policy.ingress, [{ ports: [{ port: "http", protocol: "TCP" }] }]);
      // No way out without an address, or but by DNS.
      for (const { to, ports } of policy.egress) assert.ok(to?.length > 0 && ports.length === 2, JSON.stringify(to));
      await server.kubectl(["apply", "-f", PROFILES]);
      await server.kubectl(["label", "eventtrigger", "push-model", "clusterprofile", "run-by=moonferry"]);
      running = await InstalledMoonferry.start(server, "moonferry", folder);
      await eventually(async () => {
        const providers = (await profiles(server)).map(({ status }) => status?.accessProviders[0]?.name);
        assert.deepEqual(providers, new Array(6).fill("kubeconfig-secretreader"));
      });
      assert.equal((await outputs(server)).length, 12);
      await server.kubectl(["label", "namespace", "team-batch", "x-k8s.io/cluster-inventory-consumer-"]);
      await eventually(async () => assert.equal((await outputs(server)).length, 6));
      assert.ok((await outputs(server)).every((name) => name.startsWith("team-argo/")));
      // The other way to leave: without its trigger, what came of it is withdrawn.
      await server.kubectl(["delete", "eventtrigger", "clusterprofile", "--timeout=30s"]);
      await eventually(async () => assert.equal((await outputs(server)).length, 3));
      assert.deepEqual(await profiles(server), []);
      await stop();
    });

    await t.step("removed as documented, it leaves nothing", async () => {
      for (const line of documented("moonferry withdraw")) {
        const [program, ...words] = line.replace("k8s/overlays/single", `${folder}/moonferry`).split(" ")
          .map((word) => word.replace(/^'(.*)'$/, "$1"));
        if (program === "moonferry") {
          const { code, stderr } = await moonferry([...words, "--yes", "--kubeconfig", server.adminKubeconfig]);
          assert.equal(code, 0, stderr);
          assert.deepEqual(await outputs(server), []);
        } else {
          assert.equal(program, "kubectl");
          // Nobody here would finish the Namespace while kubectl waits.
          await server.kubectl(line.includes("delete") ? [...words, "--wait=false"] : words);
        }
      }
      await finishNamespace(server, "moonferry");
      // The label by which the overlay of one's own selects is its user's.
      await server.kubectl(["label", "eventtrigger", "push-model", "run-by-"]);
      assert.deepEqual(await ours(server), []);
      // No finalizer of ours keeps what is gone from going.
      await server.kubectl(["delete", "-f", EXAMPLE, "-f", PROFILES, "--ignore-not-found", "--timeout=30s"]);
    });

    await t.step("five foreign triggers and the CRDs are as they were, to the last byte", async () => {
      assert.deepEqual(await foreignTriggers(server), foreign);
      assert.deepEqual(await crds(server), definitions);
    });

    await t.step("the other overlays would be accepted, and their flags are flags", async () => {
      const names = ["moonferry", "moonferry-team-a", "moonferry-team-b", "mgmt-a", "mgmt-b", "team-a", "team-b"];
      await server.apply(...names.map((name) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`));
      for (const overlay of ["single", "ha", "tenants"]) {
        const built = (await server.kubectl(["kustomize", `k8s/overlays/${overlay}`])).stdout;
        const objects = splitManifest(built).map(({ value }) => value as JsonObject);
        const kinds = new Set(objects.map(({ kind }) => kind));
        assert.deepEqual(
          ["CustomResourceDefinition", "EventTrigger", "EventSource"].filter((kind) => kinds.has(kind)),
          [],
        );
        for (const { kind, metadata } of objects) {
          const { name, labels } = metadata as { name: string; labels?: JsonObject };
          for (const label of ["name", "instance", "component", "part-of", "managed-by"]) {
            assert.ok(labels?.[`app.kubernetes.io/${label}`], `${overlay}: ${kind} ${name} has no label ${label}`);
          }
        }
        const deployments = objects.filter(({ kind }) => kind === "Deployment") as unknown as Deployment[];
        for (const deployment of deployments) {
          const { listen, sourceNamespaces, targetNamespaces } = readArgs(argsOf(deployment));
          assert.deepEqual(listen, { hostname: "0.0.0.0", port: 8080 });
          assert.ok(sourceNamespaces && targetNamespaces, "both are bounded");
        }
        assert.equal(deployments.length, overlay === "tenants" ? 2 : 1);
        await server.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], built);
      }
      for (
        const { where } of shippedYaml().filter(({ where, text }) =>
          where.startsWith("k8s/") && /^kind: Kustomization$/m.test(text)
        )
      ) {
        const built = (await server.kubectl(["kustomize", where.replace(/\/[^/]*$/, "")])).stdout;
        assert.ok(splitManifest(built).length > 0, where);
      }
      const again = readArgs(["run", "--source-namespaces=a", "--source-namespaces=b"]);
      assert.deepEqual(again.sourceNamespaces, ["b"], "a flag that is given again replaces what was said before");
    });

    await t.step("every object in k8s/ and in the docs would be accepted", async () => {
      const objects = shippedYaml().flatMap((yaml) => objectsOf(yaml).map((object) => ({ where: yaml.where, object })));
      const namespaces = new Set(objects.map(({ object }) => (object.metadata as JsonObject).namespace ?? "default"));
      await server.apply(
        ...[...namespaces].map((name) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`),
      );
      const stream = objects.map(({ where, object }) => `# ${where}\n${writeYaml(object)}`).join("---\n");
      await server.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], stream);
      assert.ok(objects.length > 60, String(objects.length));
    });
  } finally {
    // Only where a step has failed.
    if (running) console.error((await running.stop()).log);
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

/**
 * As a user does it who wants ClusterProfiles besides: the block of docs/install.md in a folder beside `k8s`, on the base, with
 * rights of its own that `moonferry rbac` prints for the flags that are added.
 */
async function installOwnOverlay(server: KubeServer, folder: string, apply: (path: string) => Promise<void>) {
  const { success } = await new Deno.Command("cp", { args: ["-r", "k8s", folder] }).output();
  assert.ok(success);
  await Deno.mkdir(`${folder}/moonferry`);
  const file = `${folder}/moonferry/kustomization.yaml`;
  await Deno.writeTextFile(file, OWN_OVERLAY);
  const asDocumented = (await server.kubectl(["kustomize", `${folder}/moonferry`])).stdout;
  await server.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], asDocumented);

  const flags = [
    ...["--mgmt-labels=cluster-api=enabled", "--source-namespaces=mgmt", "--target-namespaces=team-argo,team-batch"],
    "--allowed-kinds=Secret,ClusterProfile.multicluster.x-k8s.io",
  ];
  // Without the example's `cluster/`.
  const pipeline = ["eventsource", "eventtrigger", "template"].map((name) => `${PROFILES}/${name}.yaml`);
  const { code, stdout, stderr } = await moonferry([
    "rbac",
    "-f",
    EXAMPLE,
    ...pipeline.flatMap((path) => ["-f", path]),
    ...flags,
  ]);
  assert.deepEqual([code, stderr], [0, ""]);
  await Deno.writeTextFile(`${folder}/moonferry/rbac.yaml`, stdout);
  const more = flags.map((flag) =>
    `      - { op: add, path: /spec/template/spec/containers/0/args/-, value: "${flag}" }\n`
  ).join("");
  const ofDeployment = "  - target: { kind: Deployment, name: moonferry }\n    patch: |\n";
  const text = OWN_OVERLAY.replace("  - ../k8s/overlays/single\n", "  - ../k8s/base\n  - rbac.yaml\n")
    .replace(ofDeployment, `${ofDeployment}${more}`);
  await Deno.writeTextFile(file, text);
  await apply(`${folder}/moonferry`);
  const { spec } = await server.get("deployment", "-n", "moonferry", "moonferry");
  const [container] = spec.template.spec.containers;
  assert.equal(container.image, "registry.example.com/moonferry:0.1.0");
  assert.deepEqual(container.args, ["run", "--listen=:8080", ...flags, "--trigger-selector=run-by=moonferry"]);
  const dashboard = await server.get("configmap", "-n", "moonferry", "moonferry-dashboard");
  assert.equal(JSON.parse(dashboard.data["moonferry.json"]).uid, "moonferry");
  assert.equal(dashboard.metadata.labels.grafana_dashboard, "1");
}
