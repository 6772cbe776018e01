/**
 * Canaries in Secrets, and everything that speaks is made to speak of them: plan, apply, run, status, render's errors, logs,
 * conditions, Events, reports, metrics, names of files. No canary is in any of it, in no form.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { CANARIES, findCanaries, findTestSecrets } from "../support/canaries.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";
import { CASES, FOREIGN, MANIFESTS, NAMESPACES } from "./canary_world.ts";

const OPTIONS = ["--mgmt-labels", "cluster-api=enabled", "--allowed-kinds", "Secret,ConfigMap"];

function assertSilent(texts: Readonly<Record<string, string>>): void {
  const leaks = Object.entries(texts).flatMap(([where, text]) =>
    findCanaries(text).map((found) => {
      const line = text.split("\n").find((line) => findCanaries(line).length > 0) ?? "";
      return `${where}: ${found}: ${line.slice(0, 600)}`;
    })
  );
  assert.deepEqual(leaks, []);
}

Deno.test("the search finds a canary in every form", () => {
  const word = CANARIES.token;
  const hex = [...word].map((char) => char.charCodeAt(0).toString(16)).join("");
  for (
    const text of [word, word.slice(3, 11), btoa(`a${word}`), btoa(`ab${word}`), btoa(word), hex, hex.toUpperCase()]
  ) {
    assert.equal(findCanaries(`before ${text} after`).length, 1, text);
  }
  assert.deepEqual(findTestSecrets("nothing of the kind, and nothing like it"), []);
  for (const text of ["a TOPSECRETVALUE", btoa("made up key of harbour"), CANARIES.key]) {
    assert.equal(findTestSecrets(`before ${text} after`).length, 1, text);
  }
});

Deno.test("on files: plan in all forms, apply, run, status and render say no canary", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-canary-" });
  try {
    await Deno.mkdir(`${folder}/in`);
    await Deno.mkdir(`${folder}/out/outputs/Secret`, { recursive: true });
    await Deno.writeTextFile(`${folder}/out/outputs/Secret/foreign.yaml`, FOREIGN);
    await Deno.writeTextFile(`${folder}/in/all.yaml`, [...NAMESPACES, ...MANIFESTS].join("---\n"));
    const files = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`, ...OPTIONS];
    const said: Record<string, string> = {};
    const record = (name: string, { stdout, stderr }: { stdout: string; stderr: string }) =>
      said[name] = `${stdout}\n${stderr}`;
    await t.step("plan", async () => {
      for (const form of [["-o", "table"], ["-o", "table", "--verbose"], ["-o", "json"], ["-o", "yaml"]]) {
        record(`plan ${form.join(" ")}`, await moonferry(["plan", ...files, ...form]));
      }
      for (const { name, says } of CASES) {
        const block = said["plan -o table"]!.split(/^EventTrigger /m).find((text) => text.startsWith(`${name}:`));
        assert.match(block ?? "", says, `${name} did not speak`);
      }
    });
    await t.step("render's errors", async () => {
      const { stdout, stderr } = await moonferry(["render", ...files.slice(0, 2), ...OPTIONS.slice(0, 2), "--verbose"]);
      assert.ok(stdout.includes(CANARIES.token), "documents are what render is for");
      said["render"] = stderr;
      assert.match(stderr, /error calling fail/);
    });
    await t.step("run, apply and status", async () => {
      const loop = new RunningMoonferry(["run", ...files, "--yes", "--verbose", "--log-format", "text"]);
      await loop.logs(/outputs\/delivered/, 0);
      await eventually(() => assert.ok(CASES.every(({ name }) => loop.log.includes(name))));
      await loop.stop();
      said["run"] = loop.log;
      record("apply", await moonferry(["apply", ...files, "--yes", "--verbose"]));
      record("status", await moonferry(["status", ...files]));
      record("status json", await moonferry(["status", ...files, "-o", "json"]));
    });
    await t.step("names of files", async () => {
      const names: string[] = [];
      const walk = async (path: string) => {
        for await (const entry of Deno.readDir(path)) {
          names.push(entry.name);
          if (entry.isDirectory) await walk(`${path}/${entry.name}`);
        }
      };
      await walk(`${folder}/out`);
      assert.ok(names.includes("delivered.yaml"));
      said["files"] = names.join("\n");
    });
    assertSilent(said);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("on a real API server: logs, conditions, Events, reports and metrics say no canary", async () => {
  const server = await KubeServer.start();
  let loop: RunningMoonferry | undefined;
  try {
    for (const name of ["eventsources", "eventtriggers"]) {
      await server.apply(await Deno.readTextFile(`k8s/crds/lib.projectsveltos.io_${name}.yaml`));
    }
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    await server.apply(...NAMESPACES);
    await server.apply(FOREIGN, ...MANIFESTS);
    const kube = ["--kubeconfig", server.adminKubeconfig, ...OPTIONS];
    const said: Record<string, string> = {};
    const record = (name: string, { stdout, stderr }: { stdout: string; stderr: string }) =>
      said[name] = `${stdout}\n${stderr}`;
    record("plan", await moonferry(["plan", ...kube, "-o", "json", "--verbose"]));
    record("apply", await moonferry(["apply", ...kube, "--yes", "--verbose"]));
    assert.match(said["apply"]!, /x failed .*outputs\/typed/);
    const report = ["--report-namespace", "outputs", "--listen", "127.0.0.1:0"];
    loop = new RunningMoonferry(["run", ...kube, ...report, "--yes", "--verbose", "--log-format", "json"]);
    await loop.logs(/listening on http/, 0);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(loop.log)![0];
    await eventually(async () => {
      const { items } = await server.get("configmaps", "-n", "outputs", "-l", "moonferry.dev/report");
      assert.equal(items.length, CASES.length);
      const events = (await server.get("events", "-n", "default")).items;
      assert.deepEqual(
        CASES.map(({ name }) => name).filter((name) =>
          !events.some((event: { involvedObject: { name: string } }) => event.involvedObject.name === name)
        ),
        [],
      );
    });
    for (const path of ["metrics", "healthz", "readyz"]) said[path] = await (await fetch(`${address}/${path}`)).text();
    record("status", await moonferry(["status", ...kube]));
    said["conditions"] = JSON.stringify((await server.get("eventtriggers.lib.projectsveltos.io")).items.map(
      ({ status }: { status: unknown }) => status,
    ));
    said["events"] = JSON.stringify((await server.get("events", "-A")).items);
    said["reports"] = JSON.stringify(
      (await server.get("configmaps", "-n", "outputs", "-l", "moonferry.dev/report")).items,
    );
    await loop.stop();
    said["run"] = loop.log;
    assert.match(said["run"]!, /failed: cannot .*configmaps outputs\/typed/);
    assertSilent(said);
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});
