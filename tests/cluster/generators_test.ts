/** Generators and templateResourceRefs against a real API server: what is made, and that what they read is watched. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { RunningMoonferry } from "../support/moonferry.ts";

const SCENARIO = "tests/scenarios/generators-configmap";

Deno.test("a generated ConfigMap and what is rendered from it, on a real API server", async (t) => {
  const server = await KubeServer.start();
  let loop: RunningMoonferry | undefined;
  const password = async (namespace: string) =>
    atob((await server.get("secret", "-n", namespace, "login-credentials")).data.password);
  try {
    for (const kind of ["eventsources", "eventtriggers"]) {
      await server.apply(await Deno.readTextFile(`k8s/crds/lib.projectsveltos.io_${kind}.yaml`));
    }
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    await server.apply(await Deno.readTextFile(`${SCENARIO}/pipeline.yaml`));

    const kube = ["--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "env=production"];
    loop = new RunningMoonferry(["run", ...kube, "--allowed-kinds=ConfigMap,Secret", "--create-namespaces", "--yes"]);

    await t.step("both are made in one pass, the namespace of the generated one too", async () => {
      await eventually(async () => {
        const made = await server.get("configmap", "-n", "projectsveltos", "mgmt-mgmt-namespaces");
        assert.deepEqual(made.data, { namespaces: '\n  eng: "ok"\n  ops: "ok"\n' });
        assert.equal(made.metadata.annotations["example.com/note"], "copied");
        for (const namespace of ["eng", "ops"]) assert.equal(await password(namespace), "secret");
      });
    });

    await t.step("a changed resource renders again", async () => {
      const patch = JSON.stringify({ stringData: { password: "rotated" } });
      await server.kubectl(["patch", "secret", "-n", "default", "login-credentials", "--type=merge", "-p", patch]);
      await eventually(async () => assert.equal(await password("eng"), "rotated"));
    });

    await t.step("a match more is in the generated list, and gets its own", async () => {
      await server.apply(await Deno.readTextFile(`${SCENARIO}/hr.yaml`));
      await eventually(async () => assert.equal(await password("hr"), "rotated"));
      const made = await server.get("configmap", "-n", "projectsveltos", "mgmt-mgmt-namespaces");
      assert.deepEqual(made.data, { namespaces: '\n  eng: "ok"\n  hr: "ok"\n  ops: "ok"\n' });
    });

    await t.step("a resource that goes freezes, one that comes back goes on", async () => {
      const secret = await server.get("secret", "-n", "default", "login-credentials");
      await server.kubectl(["delete", "secret", "-n", "default", "login-credentials"]);
      await loop!.logs(/there is no Secret default\/login-credentials \(identifier Credentials\)/, 0);
      assert.equal(await password("ops"), "rotated");
      const { metadata: { name, namespace }, ...rest } = secret;
      const back = { ...rest, metadata: { name, namespace }, data: { ...rest.data, password: btoa("back") } };
      await server.apply(JSON.stringify(back));
      await eventually(async () => assert.equal(await password("ops"), "back"));
    });

    await t.step("a source that changes makes another object of the same name", async () => {
      const patch = JSON.stringify({
        data: { namespaces: '{{ range .MatchingResources }}{{ .Name }}: "yes"\n{{ end }}' },
      });
      await server.kubectl(["patch", "configmap", "-n", "default", "namespaces", "--type=merge", "-p", patch]);
      await eventually(async () => {
        const made = await server.get("configmap", "-n", "projectsveltos", "mgmt-mgmt-namespaces");
        assert.deepEqual(made.data, { namespaces: 'eng: "yes"\nhr: "yes"\nops: "yes"\n' });
      });
    });
  } finally {
    await loop?.stop();
    await server.stop();
  }
});
