/** The CRDs: made from the table of fields, accepted by a real API server, and objects read back through their defaults. */
import assert from "node:assert/strict";
import { makeDefinitions } from "../../k8s/crds/make.ts";
import { readEventSource } from "../../src/api/event_source.ts";
import { readEventTrigger } from "../../src/api/event_trigger.ts";
import { equalJson } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry } from "../support/moonferry.ts";

const EXAMPLES = ["push-model", "push-model-v1beta2"].map((name) => `k8s/examples/${name}`);
const PAGE = Deno.env.get("MOONFERRY_PAGE") ?? "../shared/push-model";

Deno.test("the files are what the table of fields gives", async () => {
  for (const [file, text] of makeDefinitions()) {
    const checkedIn = readYaml(await Deno.readTextFile(`k8s/crds/${file}`));
    assert.ok(equalJson(checkedIn, readYaml(text)), `${file}: run deno task crds`);
  }
});

Deno.test("CRDs and credentials on a real API server", async (t) => {
  const server = await KubeServer.start();
  try {
    await server.apply(
      ...(await Promise.all([...makeDefinitions().keys()].map((file) => Deno.readTextFile(`k8s/crds/${file}`)))),
    );
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);

    for (const folder of EXAMPLES) {
      await t.step(`${folder} is accepted, and reads back without a refusal or a warning`, async () => {
        await server.apply(
          await Deno.readTextFile(`${folder}/eventsource.yaml`),
          await Deno.readTextFile(`${folder}/eventtrigger.yaml`),
        );
        const source = readEventSource(await server.get("eventsource", "push-model"));
        const trigger = readEventTrigger(await server.get("eventtrigger", "push-model"));
        assert.deepEqual([...source.warnings, ...trigger.warnings], []);
        assert.equal(trigger.oneForEvent, true);
      });
    }

    await t.step("what the API server fills in counts as absent", async () => {
      const { spec } = await server.get("eventtrigger", "push-model");
      const filled = {
        tier: 100,
        reloader: false,
        syncMode: "Continuous",
        cloudEventAction: "Create",
        continueOnConflict: false,
      };
      for (const [name, value] of Object.entries(filled)) assert.equal(spec[name], value, name);
      assert.equal(spec.policyRefs[0].deploymentType, "Remote");
    });

    await t.step("the page's own objects are accepted and read back", async () => {
      const isThere = await Deno.stat(PAGE).then(() => true, () => false);
      if (!isThere) return console.warn(`!! ${PAGE} is not there: the page's own objects were NOT tested`);
      for (const file of ["eventsource-push-model-from-capi", "eventtrigger-push-model-from-capi"]) {
        await server.apply(await Deno.readTextFile(`${PAGE}/${file}.yaml`));
      }
      const name = "cluster-inventory-consumer-credentials-from-capi";
      readEventSource(await server.get("eventsource", name));
      readEventTrigger(await server.get("eventtrigger", name));
    });

    await t.step("the server refuses what the types refuse", async () => {
      const refused = async (file: string, change: (text: string) => string, error: RegExp) => {
        const text = change(await Deno.readTextFile(`${EXAMPLES[0]}/${file}.yaml`));
        const { code, stderr } = await server.kubectl(["apply", "--server-side", "-f", "-"], text, true);
        assert.notEqual(code, 0);
        assert.match(stderr, error);
      };
      await refused(
        "eventsource",
        (text) => text.replace("operation: Has", "operation: Exists"),
        /Unsupported value: "Exists"/,
      );
      await refused(
        "eventtrigger",
        (text) => text.replace("oneForEvent: true", "oneForEvent: false"),
        /oneForEvent can't be changed/,
      );
      await refused(
        "eventtrigger",
        (text) => text.replace("kind: ConfigMap", "path: x"),
        /exactly one of remoteURL and kind/,
      );
    });

    await t.step("a wrong CA is one clear message", async () => {
      const result = await moonferry(["apply", "--kubeconfig", `${server.folder}/wrong-ca.kubeconfig`, "--yes"]);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /signed by an unknown authority/);
    });

    await t.step("a user without rights is told which right is missing", async () => {
      const result = await moonferry(["plan", "--kubeconfig", server.readerKubeconfig]);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /forbidden \(403\): it takes the right to list eventtriggers/);
    });

    await t.step("an API server that is down is one clear message", async () => {
      await server.killApi();
      const result = await moonferry(["apply", "--kubeconfig", server.adminKubeconfig, "--yes"]);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /127\.0\.0\.1:\d+: connection refused/);
    });
  } finally {
    await server.stop();
  }
});
