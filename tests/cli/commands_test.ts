/** The commands on a folder: their exit codes, their outputs for machines, and `run` following the files. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";

const EXAMPLE = "k8s/examples/push-model";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) await walk(`${path}/${name}`);
      else files.push(`${path}/${name}`.slice(folder.length + 1));
    }
  };
  await walk(folder).catch(() => {});
  return files.sort();
}

/** The example's pipeline and cluster, each file apart, so that a test can change one. */
async function copyExample(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const files = [
    "eventsource",
    "eventtrigger",
    "template",
    "cluster/clusters",
    "cluster/namespaces",
    "cluster/secrets",
  ];
  for (const file of files) await Deno.copyFile(`${EXAMPLE}/${file}.yaml`, `${folder}/${file.split("/").at(-1)}.yaml`);
}

Deno.test("help and version", async () => {
  const help = await moonferry(["--help"]);
  assert.equal(help.code, 0);
  for (const command of ["run", "plan", "apply", "render", "test", "demo", "version"]) {
    assert.match(help.stdout, new RegExp(`\\n  ${command} `));
  }
  const plan = await moonferry(["plan", "--help"]);
  assert.match(plan.stdout, /--output-dir DIR/);
  assert.match(plan.stdout, /Examples/);
  assert.match((await moonferry(["version"])).stdout, /^moonferry \d+\.\d+\.\d+ /);
});

Deno.test("wrong usage names the page of the command", async () => {
  const lines: [string[], string][] = [
    [["plam"], 'unknown command "plam"; did you mean plan?\nSee moonferry --help.'],
    [["help", "plam"], 'unknown command "plam"; did you mean plan?\nSee moonferry --help.'],
    [
      ["plan", "--mgmt-label", "a=b"],
      "unknown flag --mgmt-label; did you mean --mgmt-labels?\nSee moonferry plan --help.",
    ],
    [["adopt"], "adopt takes the name of one EventTrigger\nSee moonferry adopt --help."],
  ];
  for (const [args, text] of lines) {
    const { code, stdout, stderr } = await moonferry(args);
    assert.deepEqual([code, stdout, stderr], [1, "", `moonferry: ${text}\n`]);
  }
});

Deno.test("exit codes: 2 for changes, 0 when done, 0 when nothing is left", () =>
  withFolder(async (folder) => {
    const args = ["-f", EXAMPLE, "--output-dir", `${folder}/out`, ...LABELS];
    assert.equal((await moonferry(["plan", ...args])).code, 2);
    assert.deepEqual(await filesBelow(folder), []);
    assert.equal((await moonferry(["apply", ...args, "--yes"])).code, 0);
    assert.equal((await filesBelow(folder)).length, 6);
    assert.equal((await moonferry(["plan", ...args])).code, 0);
    assert.equal((await moonferry(["apply", ...args, "--yes"])).code, 0);
  }));

Deno.test("plan -o json and -o yaml say the same, and no value of a Secret", async () => {
  const args = ["plan", "-f", EXAMPLE, ...LABELS];
  const json = JSON.parse((await moonferry([...args, "-o", "json"])).stdout);
  assert.equal(json.changes.length, 6);
  const change = json.changes[0];
  assert.equal(change.action, "create");
  assert.deepEqual(Object.keys(change.object).sort(), ["apiVersion", "kind", "name", "namespace"]);
  assert.match(change.manifest.data.config, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(change.origin.trigger, "push-model");
  assert.deepEqual(change.origin.template, {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "mgmt",
    name: "push-model",
  });
  assert.equal(change.origin.key, "secret.yaml");
  assert.equal(change.origin.match.kind, "InventoryTarget");
  assert.match(json.hash, /^[0-9a-f]{16}$/);
  const yaml = await moonferry([...args, "-o", "yaml"]);
  assert.match(yaml.stdout, new RegExp(`hash: "?${json.hash}`));
  for (const text of [JSON.stringify(json), yaml.stdout]) assert.doesNotMatch(text, /YXBpVmVyc2lvbjog/);
});

Deno.test("render prints documents and nothing else on stdout", async () => {
  const { stdout, stderr } = await moonferry(["render", "-f", EXAMPLE, ...LABELS]);
  assert.equal(stdout.split("---\n").length - 1, 6);
  assert.doesNotMatch(stdout, /moonferry\.dev|note:/);
  assert.equal(stderr, "");
});

Deno.test("a mass change waits for its hash, by flag and by annotation", () =>
  withFolder(async (folder) => {
    await copyExample(`${folder}/in`);
    const args = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`, ...LABELS];
    assert.equal((await moonferry(["apply", ...args, "--yes"])).code, 0);
    await Deno.writeTextFile(`${folder}/in/clusters.yaml`, "# none\n");
    const held = await moonferry(["apply", ...args, "--yes"]);
    assert.equal(held.code, 3);
    assert.match(held.stdout, /mass-change: 6 of 6 matches with outputs are gone at once/);
    assert.equal((await filesBelow(`${folder}/out`)).length, 6);
    const hash = /--confirm ([0-9a-f]{16})/.exec(held.stdout)![1]!;
    assert.equal(held.stdout.match(/mass-change: /g)?.length, 1, "the reason is said once");
    const stale = await moonferry(["apply", ...args, "--yes", "--confirm", "0123456789abcdef"]);
    assert.equal(stale.code, 3);
    assert.match(stale.stderr, /^--confirm 0123456789abcdef: no plan has this hash/m);
    assert.equal((await moonferry(["apply", ...args, "--yes", "--confirm", hash])).code, 0);
    assert.deepEqual(await filesBelow(`${folder}/out`), []);
  }));

Deno.test("run follows the files of a folder", () =>
  withFolder(async (folder) => {
    await copyExample(`${folder}/in`);
    const loop = new RunningMoonferry([
      "run",
      "-f",
      `${folder}/in`,
      "--output-dir",
      `${folder}/out`,
      "--yes",
      ...LABELS,
    ]);
    try {
      await eventually(async () => assert.equal((await filesBelow(`${folder}/out`)).length, 6));
      await Deno.copyFile("tests/scenarios/push-model/new-consumer.yaml", `${folder}/in/new-consumer.yaml`);
      await eventually(async () => assert.equal((await filesBelow(`${folder}/out/team-kueue`)).length, 3));
      await Deno.writeTextFile(`${folder}/in/broken.yaml`, "a: b\n  c: d\n");
      await loop.logs(/broken\.yaml:2:4/, 0);
      assert.equal((await filesBelow(`${folder}/out`)).length, 9);
      await Deno.remove(`${folder}/in/broken.yaml`);
      await Deno.remove(`${folder}/in/new-consumer.yaml`);
      await eventually(async () => assert.equal((await filesBelow(`${folder}/out`)).length, 6));
    } finally {
      assert.equal(await loop.stop(), 0);
    }
  }));

const AWAY: { name: string; take: (file: string) => Promise<void>; says: RegExp }[] = [
  {
    name: "moved away",
    take: (file) => Deno.rename(file, `${file}.bak`),
    says: /EventTrigger push-model is gone, but files do not say whether somebody deleted it/,
  },
  {
    name: "emptied",
    take: (file) => Deno.writeTextFile(file, ""),
    says: /cannot read the files: .*eventtrigger\.yaml: empty; put its objects in, or remove the file/,
  },
  {
    name: "cut after a document",
    take: (file) => Deno.writeTextFile(file, "# half of a file\n---\n"),
    says: /EventTrigger push-model is gone, but files do not say whether somebody deleted it/,
  },
];

for (const { name, take, says } of AWAY) {
  Deno.test(`run withdraws nothing while the file of its trigger is ${name}`, () =>
    withFolder(async (folder) => {
      await copyExample(`${folder}/in`);
      const file = `${folder}/in/eventtrigger.yaml`;
      const text = await Deno.readTextFile(file);
      const args = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`, "--yes", ...LABELS];
      const loop = new RunningMoonferry(["run", ...args]);
      try {
        await eventually(async () => assert.equal((await filesBelow(`${folder}/out`)).length, 6));
        const before = await timesOf(`${folder}/out`);
        const from = loop.log.length;
        await take(file);
        await loop.logs(says, from);
        await Deno.writeTextFile(file, text);
        // A pass after it is back: this one is made.
        await Deno.copyFile("tests/scenarios/push-model/new-consumer.yaml", `${folder}/in/new-consumer.yaml`);
        await eventually(async () => assert.equal((await filesBelow(`${folder}/out/team-kueue`)).length, 3));
        const after = await timesOf(`${folder}/out`);
        assert.deepEqual(after.filter(([path]) => !path.startsWith("team-kueue/")), before);
      } finally {
        assert.equal(await loop.stop(), 0);
      }
    }));
}

Deno.test("run and plan hold the outputs of a trigger that is in none of the files, until somebody confirms", () =>
  withFolder(async (folder) => {
    await copyExample(`${folder}/in`);
    const args = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`, ...LABELS];
    assert.equal((await moonferry(["apply", ...args, "--yes"])).code, 0);
    await Deno.rename(`${folder}/in/eventtrigger.yaml`, `${folder}/eventtrigger.yaml`);
    const loop = new RunningMoonferry(["run", ...args, "--yes"]);
    await loop.logs(/EventTrigger push-model is gone, but files do not say/, 0);
    assert.equal(await loop.stop(), 0);
    assert.equal((await filesBelow(`${folder}/out`)).length, 6);
    // Another trigger makes no difference.
    const other = (await Deno.readTextFile(`${folder}/eventtrigger.yaml`)).replace("name: push-model", "name: other")
      .replace(/eventSourceName: .*/, "eventSourceName: none");
    await Deno.writeTextFile(`${folder}/in/other.yaml`, other);
    const { code, stdout } = await moonferry(["plan", ...args, "--trigger", "push-model"]);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /6 held/);
    const hash = /--confirm ([0-9a-f]{16})/.exec(stdout)![1]!;
    await moonferry(["apply", ...args, "--yes", "--trigger", "push-model", "--confirm", hash]);
    assert.deepEqual(await filesBelow(`${folder}/out`), []);
  }));

/** Each file below, and when it was last written. */
async function timesOf(folder: string): Promise<[string, number][]> {
  const files = await filesBelow(folder);
  return await Promise.all(files.map(async (file): Promise<[string, number]> => {
    const { mtime, ino } = await Deno.stat(`${folder}/${file}`);
    return [file, mtime!.getTime() + (ino ?? 0)];
  }));
}

Deno.test("render shows what generators make, in the namespace of the flag", async () => {
  const scenario = [
    "-f",
    "tests/scenarios/generators-secret/pipeline.yaml",
    "--mgmt-labels",
    "environment=landing-zone",
  ];
  const { code, stdout, stderr } = await moonferry(["render", ...scenario, "--sveltos-namespace", "sveltos-system"]);
  // What the trigger reads is still looked for in projectsveltos, where its templateResourceRef says that it is.
  assert.equal(code, 1, stderr);
  assert.match(stderr, /there is no Secret projectsveltos\/mgmt-infra-details \(identifier InfrastructureDetails\)/);
  assert.match(stdout, / name: mgmt-infra-details\n +namespace: sveltos-system\n/);
});

Deno.test("a folder's outputs are looked for where they are, and nothing is made by looking", () =>
  withFolder(async (folder) => {
    await copyExample(`${folder}/in`);
    const input = ["-f", `${folder}/in`, ...LABELS];
    const out = ["--output-dir", `${folder}/out`];
    const status = ["status", "-f", `${folder}/in`];
    const { code, stderr } = await moonferry(status);
    assert.equal(code, 1);
    assert.match(stderr, /status -f needs --output-dir DIR/);
    assert.match(
      (await moonferry([...status, ...out])).stderr,
      /--output-dir .*out: no such folder; apply and run make/,
    );
    for (const args of [[], out]) {
      const loop = new RunningMoonferry(["run", "--dry-run", ...input, ...args]);
      await loop.logs(/6 to create/, 0);
      // It follows the files all the same.
      const from = loop.log.length;
      await Deno.copyFile("tests/scenarios/push-model/new-consumer.yaml", `${folder}/in/new-consumer.yaml`);
      await loop.logs(/9 to create/, from);
      assert.equal(await loop.stop(), 0);
      await Deno.remove(`${folder}/in/new-consumer.yaml`);
    }
    await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound);
    assert.equal((await moonferry(["apply", ...input, ...out, "--yes"])).code, 0);
    const wrong = await moonferry([...status, ...out, "--trigger", "push-modle"]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /there is no EventTrigger push-modle; there are: push-model/);
    const nothing = await moonferry(["withdraw", "-f", `${folder}/in`, ...out, "--trigger", "push-modle", "--yes"]);
    assert.equal(nothing.code, 0);
    assert.match(
      nothing.stdout,
      /^nothing of Moonferry's there of EventTrigger push-modle; there are outputs of push-mo/,
    );
  }));

Deno.test("withdraw leaves an output that is annotated to stay, and says so", () =>
  withFolder(async (folder) => {
    await copyExample(`${folder}/in`);
    const out = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`];
    assert.equal((await moonferry(["apply", ...out, ...LABELS, "--yes"])).code, 0);
    await Deno.remove(`${folder}/in/eventtrigger.yaml`);
    const kept = (await filesBelow(`${folder}/out`))[0]!;
    const text = await Deno.readTextFile(`${folder}/out/${kept}`);
    await Deno.writeTextFile(
      `${folder}/out/${kept}`,
      text.replace("  annotations:\n", "  annotations:\n    moonferry.dev/suspend: all\n"),
    );
    const { code, stderr } = await moonferry(["withdraw", ...out, "--trigger", "push-model", "--yes"]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^Secret .* stays: it is annotated moonferry\.dev\/suspend=all\. Take that off first\.$/m);
    assert.deepEqual(await filesBelow(`${folder}/out`), [kept]);
  }));
