/**
 * `run` under the Roles that are shipped and no other right, as the ServiceAccount that they are bound to: nothing is denied,
 * and every right in them is used. The API server's audit log is the witness.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { kubeconfig, KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";
import { EXAMPLE, preparePushModel } from "../support/push_model.ts";
import { allowed, auditOf, denied, readUses, type RoleManifest, unused } from "../support/rights_used.ts";
import { SHIPPED_ROLES } from "../../k8s/base/rbac/make.ts";

const USER = "system:serviceaccount:moonferry:moonferry";
const [NARROW, WIDE] = SHIPPED_ROLES.map(({ file, args }) => ({
  file,
  /** Those that `run` has as well. */
  bounds: args.slice(args.indexOf("--source-namespaces")).filter((arg) => arg !== "--wide"),
  /** What the command is given besides the manifests. */
  flags: args.slice(args.indexOf("--source-namespaces")),
}));
const OURS = "app.kubernetes.io/name=moonferry";

const ACCOUNT = `apiVersion: v1
kind: Namespace
metadata: { name: moonferry }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: moonferry, namespace: moonferry }
`;

async function outputs(server: KubeServer): Promise<string[]> {
  const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
  return items.map(({ metadata }: { metadata: { namespace: string; name: string } }) =>
    `${metadata.namespace}/${metadata.name}`
  ).sort();
}

async function shippedRoles(server: KubeServer): Promise<RoleManifest[]> {
  return (await server.get("clusterroles,roles", "-A", "-l", OURS)).items;
}

/** Everything that can happen to the example, from the first output to the last one's withdrawal. */
async function liveThrough(server: KubeServer, proxy: FaultProxy, args: readonly string[]): Promise<void> {
  let loop = new RunningMoonferry(args);
  try {
    await eventually(async () => assert.equal((await outputs(server)).length, 6));
    await eventually(async () => {
      const reports = await server.get("configmaps", "-n", "moonferry", "-l", "moonferry.dev/report");
      assert.equal(reports.items.length, 1);
      assert.ok((await server.eventsOf("push-model")).length > 0);
    });

    // A rotation, and an output that somebody edits and then deletes.
    await server.apply(await Deno.readTextFile("tests/scenarios/push-model/rotated-secret.yaml"));
    const source = await server.get("secret", "-n", "mgmt", "lagoon-kubeconfig");
    const output = ["-n", "team-batch", "fleet-prod-lagoon-kubeconfig"];
    const isRight = async () => {
      assert.deepEqual((await server.get("secret", ...output)).data, { config: source.data.value });
    };
    await eventually(isRight);
    await server.kubectl(["patch", "secret", ...output, "--type=merge", "-p", `{"data":{"config":"eA==","x":"eA=="}}`]);
    await eventually(isRight);
    await server.kubectl(["delete", "secret", ...output]);
    await eventually(isRight);

    // Another process: what it has to say has been said before, and is counted.
    assert.equal(await loop.stop(), 0);
    loop = new RunningMoonferry(args);
    await eventually(async () => {
      assert.ok((await server.eventsOf("push-model")).some(({ count }) => count > 1));
      assert.equal((await server.get("eventtrigger", "push-model")).status.conditions[0].status, "True");
    });

    // Inputs go while nothing can be watched: whether they are gone or only not selected any more has to be asked.
    proxy.set({ matches: ({ isWatch }) => isWatch, answer: { status: 410, reason: "Expired" } });
    proxy.endAll();
    await server.kubectl(["delete", "clusters.cluster.x-k8s.io", "-n", "mgmt", "reef"]);
    await server.kubectl(["delete", "secret", "-n", "mgmt", "harbour-kubeconfig"]);
    await server.kubectl(["label", "namespace", "team-batch", "x-k8s.io/cluster-inventory-consumer-"]);
    await eventually(async () => assert.deepEqual(await outputs(server), ["team-argo/fleet-prod-lagoon-kubeconfig"]));
    proxy.set();

    await server.kubectl(["delete", "eventtrigger", "push-model"]);
    await eventually(async () => {
      assert.deepEqual(await outputs(server), []);
      const reports = await server.get("configmaps", "-n", "moonferry", "-l", "moonferry.dev/report");
      assert.deepEqual(reports.items, []);
    });
    assert.equal(await loop.stop(), 0);
  } catch (error) {
    console.error(loop.log.slice(-4000));
    throw error;
  } finally {
    proxy.set();
    await loop.stop().catch(() => {});
  }
}

/** Outputs that come and go; in between another process plans, which lists what a running one has by watches. */
async function liveBriefly(server: KubeServer, args: readonly string[], plan: readonly string[]): Promise<void> {
  const loop = new RunningMoonferry(args);
  try {
    await eventually(async () => assert.equal((await outputs(server)).length, 6));
    const { code, stdout, stderr } = await moonferry(plan);
    assert.equal(code, 0, `${stdout}${stderr}`);
    await server.kubectl(["delete", "eventtrigger", "push-model"]);
    await eventually(async () => assert.deepEqual(await outputs(server), []));
    assert.equal(await loop.stop(), 0);
  } catch (error) {
    console.error(loop.log.slice(-4000));
    throw error;
  } finally {
    await loop.stop().catch(() => {});
  }
}

async function restore(server: KubeServer): Promise<void> {
  for (const file of ["cluster/namespaces", "cluster/clusters", "cluster/secrets", "eventtrigger"]) {
    await server.apply(await Deno.readTextFile(`${EXAMPLE}/${file}.yaml`));
  }
}

Deno.test("run under the shipped Roles and no other right", async (t) => {
  const audit = await auditOf(USER);
  const server = await KubeServer.start({ args: audit.args });
  const proxy = await FaultProxy.start(server, () => 0, "caller");
  const account = `${server.folder}/account.kubeconfig`;
  const check = (...more: string[]) =>
    moonferry(["rbac", "--check", "-f", EXAMPLE, "--kubeconfig", account, "-o", "json", ...more]);
  let proven: string[] = [];
  const run = (bounds: readonly string[]) => [
    ...["run", "--yes", "--kubeconfig", account, "--mgmt-labels", "cluster-api=enabled", "--listen", "127.0.0.1:0"],
    ...["--leader-elect", "--lease-namespace", "moonferry", "--report-namespace", "moonferry", ...bounds],
  ];
  try {
    await server.apply(await Deno.readTextFile("tests/cluster/crds/sveltoscluster.yaml"));
    await preparePushModel(server);
    await server.apply(ACCOUNT);
    const token = (await server.kubectl(["create", "token", "moonferry", "-n", "moonferry"])).stdout.trim();
    const ca = (await Deno.readFile(`${server.folder}/ca.crt`)).toBase64();
    await Deno.writeTextFile(account, kubeconfig(proxy.url, ca, `{token: ${token}}`));

    await t.step("without Roles the check names what is missing, and for whom", async () => {
      const { code, stdout, stderr } = await check(...NARROW!.flags);
      assert.equal(code, 1, stderr);
      const { identity, needed, missing, dangerous } = JSON.parse(stdout);
      assert.equal(identity, USER);
      assert.equal(missing.length, needed);
      assert.deepEqual(dangerous, []);
      const secrets = missing.find((item: Record<string, unknown>) =>
        item.verb === "list" && item.resource === "secrets" && item.namespace === "mgmt"
      );
      assert.deepEqual(secrets.for, ["EventSource push-model spec.resourceSelectors[1]"]);
    });

    await t.step("and what it tries all the same is in the audit log", async () => {
      const { code, stderr } = await moonferry(["status", "--kubeconfig", account]);
      assert.equal(code, 1);
      assert.match(stderr, /forbidden \(403\): it takes the right to list eventtriggers\.lib\.projectsveltos\.io/);
      assert.deepEqual(denied(await readUses(audit.log)), ["list eventtriggers.lib.projectsveltos.io"]);
    });

    await t.step("for the triggers of the cluster it prints what it prints for their files", async () => {
      const { code, stdout, stderr } = await moonferry([
        ...["rbac", "--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "cluster-api=enabled"],
        ...NARROW!.flags,
      ]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.equal(stdout, await Deno.readTextFile(NARROW!.file));
    });

    await t.step("with them nothing is missing, and nothing is too much", async () => {
      await server.kubectl(["apply", "-f", NARROW!.file]);
      const { code, stdout, stderr } = await check(...NARROW!.flags);
      const { missing, dangerous, incomplete } = JSON.parse(stdout);
      assert.deepEqual({ code, missing, dangerous, incomplete, stderr }, {
        code: 0,
        missing: [],
        dangerous: [],
        incomplete: [],
        stderr: "",
      });
    });

    await t.step("narrow: nothing is denied, and every right is used", async () => {
      const from = Date.now();
      await liveThrough(server, proxy, run(NARROW!.bounds));
      const uses = await readUses(audit.log, from);
      assert.deepEqual(denied(uses), []);
      const roles = await shippedRoles(server);
      assert.deepEqual(unused(roles, uses), []);
      proven = allowed(roles);
    });

    await t.step("a template that may not be read: its trigger is frozen, and nothing is withdrawn", async () => {
      await restore(server);
      const apply = [
        "apply",
        "--yes",
        "--kubeconfig",
        account,
        "--mgmt-labels",
        "cluster-api=enabled",
        ...NARROW!.bounds,
      ];
      const first = await moonferry(apply);
      assert.equal(first.code, 0, first.stderr);
      assert.equal((await outputs(server)).length, 6);
      // With the label gone, all would be withdrawn if the template counted for nothing.
      await server.kubectl(["label", "namespace", "team-argo", "x-k8s.io/cluster-inventory-consumer-"]);
      const role = await server.get("role", "moonferry", "-n", "mgmt");
      const rules = role.rules.filter(({ resources }: { resources: string[] }) => !resources.includes("configmaps"));
      assert.equal(rules.length, role.rules.length - 1);
      await server.apply(JSON.stringify({ ...role, rules }));
      const { code, stdout, stderr } = await moonferry(apply);
      assert.equal(code, 1, stdout);
      assert.match(stdout + stderr, /EventTrigger push-model.*configmaps.* mgmt\/push-model.*\(Forbidden\)/);
      assert.equal((await outputs(server)).length, 6);
      await server.kubectl(["apply", "-f", NARROW!.file]);
      // As it was before.
      await server.kubectl(["delete", "eventtrigger", "push-model"]);
      await server.kubectl(["delete", "secrets", "-A", "-l", "moonferry.dev/instance=moonferry"]);
    });

    await t.step("the check tells what is too much, and a right that was taken away", async () => {
      await server.kubectl(["apply", "-f", WIDE!.file]);
      await server.kubectl(["delete", "role", "moonferry", "-n", "moonferry"]);
      const { code, stdout } = await check(...NARROW!.flags);
      const { missing, dangerous } = JSON.parse(stdout);
      assert.equal(code, 1);
      assert.deepEqual(
        missing.map(({ verb, resource }: Record<string, string>) => `${resource} ${verb}`).sort(),
        [
          "configmaps create",
          "configmaps delete",
          "configmaps get",
          "configmaps patch",
          "leases create",
          "leases get",
          "leases patch",
        ],
      );
      const [reads, writes] = dangerous;
      assert.equal(dangerous.length, 2);
      for (const { resource, everywhere } of [reads, writes]) {
        assert.deepEqual({ resource, everywhere }, { resource: "secrets", everywhere: true });
      }
      const admin = await moonferry(["rbac", "--check", "-f", EXAMPLE, "--kubeconfig", server.adminKubeconfig]);
      assert.equal(admin.code, 1);
      assert.match(
        admin.stdout,
        /dangerous, and nothing needs it:\n {2}\* \*\.\* in all namespaces: may do everything/,
      );
    });

    await t.step("without a right to its Lease, run ends with the rule that is missing", async () => {
      const { code, stderr } = await moonferry(run(NARROW!.bounds));
      assert.equal(code, 1, stderr);
      assert.match(stderr, /get leases\S* moonferry\/\S+.*needs this rule in a Role of namespace moonferry/);
      assert.match(
        stderr,
        /apiGroups: \[coordination\.k8s\.io\]\n +resources: \[leases\]\n +verbs: \[get, create, patch\]/,
      );
    });

    await t.step("wide: nothing is denied, and what it has beside the narrow Roles is used", async () => {
      await server.kubectl(["delete", "roles,rolebindings,clusterroles,clusterrolebindings", "-A", "-l", OURS]);
      await server.kubectl(["apply", "-f", WIDE!.file]);
      await restore(server);
      const from = Date.now();
      const plan = ["plan", "--kubeconfig", account, "--mgmt-labels", "cluster-api=enabled", ...WIDE!.bounds];
      await liveBriefly(server, run(WIDE!.bounds), plan);
      const uses = await readUses(audit.log, from);
      assert.deepEqual(denied(uses), []);
      const roles = await shippedRoles(server);
      assert.deepEqual(unused(roles, uses).filter((right) => !proven.includes(right)), []);
      const beside = allowed(roles).filter((right) => !proven.includes(right));
      assert.deepEqual(beside, ["create", "delete", "get", "list", "patch", "watch"].map((verb) => `${verb} secrets`));
      assert.equal((await check(...WIDE!.flags)).code, 0);
    });
  } finally {
    await proxy.stop();
    await server.stop();
    await audit.remove();
  }
});
