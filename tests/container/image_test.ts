/**
 * The shipped Dockerfile, built on a stand-in for its base, and its image run as a Pod would run it: as its user, on a
 * read-only root file system, with a ServiceAccount's token, in a network that leads to the API server alone.
 */
import assert from "node:assert/strict";
import { VERSION } from "../../src/cli/version.ts";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { preparePushModel } from "../support/push_model.ts";
import { Buildah } from "./buildah.ts";
import { API, ClosedNetwork, Container, type ContainerParts, runContainer } from "./container.ts";
import { relay } from "./relay.ts";
import { buildStandInBase } from "./stand_in_base.ts";

const BASE = "denoland/deno:2.9.6";
const IMAGE = "moonferry:test";
const REVISION = "0123456789abcdef0123456789abcdef01234567";
const LIMIT_ABOVE_BASE = 60_000_000;

const say = (text: string) => console.log(text);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** As kubelet lays it out: what is renewed is a link to a folder that is replaced whole. */
async function writeAccount(folder: string, token: string, authority: string): Promise<void> {
  const parts = { token, "ca.crt": authority, namespace: "moonferry" };
  await Deno.mkdir(`${folder}/..2026_01_01`, { recursive: true });
  await Deno.symlink("..2026_01_01", `${folder}/..data`);
  for (const [name, text] of Object.entries(parts)) {
    await Deno.writeTextFile(`${folder}/..2026_01_01/${name}`, text, { mode: 0o644 });
    await Deno.symlink(`..data/${name}`, `${folder}/${name}`);
  }
  await Deno.chmod(folder, 0o755);
}

/** What k8s/overlays/single makes: the Deployment as the server has it, and a token of its ServiceAccount. */
async function install(server: KubeServer) {
  await server.kubectl(["apply", "--server-side", "-k", "k8s/overlays/single"]);
  const deployment = await server.get("deployment", "-n", "moonferry", "moonferry");
  const { serviceAccountName, securityContext, containers: [container] } = deployment.spec.template.spec;
  const token = await server.kubectl(["create", "token", serviceAccountName, "-n", "moonferry"]);
  return { token: token.stdout.trim(), args: container.args as string[], pod: securityContext, container };
}

Deno.test("the image of the shipped Dockerfile", async (t) => {
  const buildah = await Buildah.open();
  try {
    await buildStandInBase(buildah, BASE, say);
    const arguments_ = ["--build-arg", `REVISION=${REVISION}`];
    const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
    if (registry) arguments_.push("--build-arg", `NPM_CONFIG_REGISTRY=${registry}`);
    const options = ["--pull=never", "--network", "host", "--format", "docker", ...arguments_];
    await buildah.run("bud", ...options, "--tag", IMAGE, ".");
    const config = await buildah.config(IMAGE);

    const { base, above } = await buildah.sizes(BASE, IMAGE);
    // In the name, since a test's own output is not shown where it passes.
    const sizes = `base ${megabytes(base)} (a stand-in), layers above it ${megabytes(above)}`;
    await t.step(`is small: ${sizes}, on ${buildah.driver}`, () => {
      assert.ok(above > 1_000_000 && above <= LIMIT_ABOVE_BASE, megabytes(above));
    });

    await t.step("says what it is, and asks for no right", () => {
      assert.equal(config.User, "65532:65532");
      assert.equal(config.Volumes === null ? 0 : Object.keys(config.Volumes).length, 0);
      assert.deepEqual(Object.keys(config.ExposedPorts), ["8080/tcp"]);
      assert.equal(config.Labels["org.opencontainers.image.version"], VERSION);
      assert.equal(config.Labels["org.opencontainers.image.revision"], REVISION);
      assert.equal(config.Labels["org.opencontainers.image.licenses"], "Apache-2.0");
      assert.equal(config.Labels["org.opencontainers.image.base.name"], BASE);
      assert.ok(config.Env.includes("DENO_USE_CGROUPS=1"));
      assert.deepEqual(config.Cmd, ["run", "--listen=:8080"]);
    });

    const root = await buildah.mount(IMAGE);
    await t.step("holds the program and nothing else of the repository", () => {
      const names = [...Deno.readDirSync(`${root}/app`)].map(({ name }) => name).toSorted();
      assert.deepEqual(names, ["LICENSE", "container", "deno.json", "deno.lock", "k8s", "lua", "main.ts", "src"]);
      assert.deepEqual([...Deno.readDirSync(`${root}/app/k8s/examples`)].map(({ name }) => name), ["push-model"]);
    });

    await runIt(t, { root, config });
  } finally {
    await buildah.close();
  }
});

async function runIt(t: Deno.TestContext, image: Pick<ContainerParts, "root" | "config">): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-pod-" });
  await Deno.chmod(folder, 0o755);
  const server = await KubeServer.start();
  const apiSocket = `${folder}/api.sock`;
  using _way = relay(`unix:${apiSocket}`, `tcp:127.0.0.1:${server.port}`);
  let network: ClosedNetwork | undefined;
  try {
    network = await ClosedNetwork.open(folder, apiSocket);
    await preparePushModel(server);
    const account = `${folder}/account`;
    const installed = await install(server);
    await writeAccount(account, installed.token, await Deno.readTextFile(`${server.folder}/ca.crt`));
    const env = { KUBERNETES_SERVICE_HOST: API.host, KUBERNETES_SERVICE_PORT: API.port, HOSTNAME: "moonferry-0" };
    const parts: ContainerParts = { ...image, account, network, env };
    const outputs = async () => (await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry")).items;

    await t.step("is what the Deployment takes it for", () => {
      assert.equal(image.config.User, `${installed.pod.runAsUser}:${installed.pod.runAsGroup}`);
      assert.equal(installed.container.securityContext.readOnlyRootFilesystem, true);
      assert.deepEqual(installed.container.securityContext.capabilities, { drop: ["ALL"] });
      assert.equal(installed.container.command, undefined);
      assert.equal(installed.container.ports[0].containerPort, 8080);
    });

    await t.step("the stand-in for a runtime is as strict as it says", async () => {
      const inside = async (script: string) => await runContainer(parts, { command: ["/bin/bash", "-c", script] });
      assert.equal((await inside("id -u; id -g; id -G; pwd")).stdout, "65532\n65532\n65532\n/app\n");
      // Whatever is a file or folder and may be written to; devices aside.
      const writable = await inside(`find / -path /proc -prune -o -path /dev -prune -o -type d -print0 |
        while IFS= read -r -d "" folder; do (: >"$folder/.moonferry-probe") 2>/dev/null && echo "$folder"; done; true`);
      assert.deepEqual([writable.code, writable.stdout], [0, ""]);
      const reach = (port: string) => inside(`exec 3<>/dev/tcp/${port}`);
      assert.equal((await reach(`${API.host}/${API.port}`)).code, 0);
      assert.equal((await reach(`127.0.0.1/${server.etcdPort}`)).code, 1);
      assert.equal((await reach(`127.0.0.1/${server.port}`)).code, 1);
    });

    await t.step("version", async () => {
      const ended = await runContainer(parts, { args: ["version"] });
      assert.equal(ended.code, 0, ended.stderr);
      assert.match(ended.stdout, new RegExp(`^moonferry ${VERSION.replaceAll(".", "\\.")} `));
      assert.equal(ended.stderr, "");
      const document = JSON.parse((await runContainer(parts, { args: ["version", "-o", "json"] })).stdout);
      assert.equal(document.revision, REVISION);
    });

    await t.step("run delivers, is ready and well, and ends at SIGTERM", async () => {
      const container = new Container(parts, { args: installed.args });
      const client = Deno.createHttpClient({ proxy: { transport: "unix", path: network!.probeSocket } });
      try {
        await eventually(async () => assert.equal((await outputs()).length, 6));
        await eventually(async () => {
          const answer = await fetch("http://127.0.0.1:8080/readyz", { client });
          assert.deepEqual([answer.status, await answer.text()], [200, "ok\n"]);
        });
        const [, ...check] = image.config.Healthcheck.Test;
        const health = await runContainer(parts, { command: check });
        assert.deepEqual(health, { code: 0, stdout: "", stderr: "" });
        const status = await container.processStatus();
        assert.equal(status.get("Uid"), "65532\t65532\t65532\t65532");
        assert.equal(status.get("CapEff"), "0000000000000000");
        assert.equal(status.get("NoNewPrivs"), "1");
        const lease = await server.get("lease", "-n", "moonferry", "moonferry");
        assert.match(lease.spec.holderIdentity, /^moonferry-0\//);
      } finally {
        client.close();
        await container.kill("SIGTERM");
      }
      const { code } = await container.status;
      const { stderr } = await container.output;
      assert.equal(code, 0, stderr);
      // No right was missing: neither Deno's nor the cluster's; the plan worker reads its source.
      assert.doesNotMatch(stderr, /"level":"(warn|error)"|forbidden|NotCapable|Requires|Read-only/);
      const [, ...check] = image.config.Healthcheck.Test;
      assert.equal((await runContainer(parts, { command: check })).code, 1, "nobody is there any more");
    });

    await t.step("plan, status, rbac and withdraw", async () => {
      const bounds = installed.args.filter((word) => /^--(mgmt-labels|(source|target)-namespaces)=/.test(word));
      const targets = bounds.filter((word) => word.startsWith("--target-namespaces="));
      assert.deepEqual([bounds.length, targets.length], [3, 1]);
      const planned = await runContainer(parts, { args: ["plan", ...bounds] });
      assert.equal(planned.code, 0, planned.stderr);
      assert.match(planned.stdout, /6 as wanted/);
      const status = await runContainer(parts, { args: ["status", ...targets] });
      assert.equal(status.code, 0, status.stderr);
      const rights = await runContainer(parts, { args: ["rbac", "--check", ...bounds] });
      assert.equal(rights.code, 0, rights.stdout + rights.stderr);
      await server.kubectl(["delete", "eventtriggers.lib.projectsveltos.io", "push-model"]);
      const withdrawn = await runContainer(parts, {
        args: ["withdraw", "--trigger", "push-model", "--yes", ...targets],
      });
      assert.equal(withdrawn.code, 0, withdrawn.stderr);
      assert.deepEqual(await outputs(), []);
    });
  } finally {
    await network?.close();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
