/** Each row of bad input, given to the commands as a user gives it: what is said, the exit code, and that nothing is written. */
import assert from "node:assert/strict";
import { runCommandLine } from "../../../src/cli/mod.ts";
import { systemClock } from "../../../src/kube/clock.ts";
import { kubeRights } from "../../../src/kube/rights_book.ts";
import { BAD_INPUT, type BadInput, PIPELINE } from "./table.ts";

const EXAMPLE = "k8s/examples/push-model";

for (const input of BAD_INPUT) {
  Deno.test(`bad input ${input.row}: ${input.name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/empty`);
      await Deno.mkdir(`${folder}/in`);
      if (input.applied) {
        await Deno.writeTextFile(`${folder}/in/all.yaml`, pipelineOf({ replace: input.applied }));
        const [, ...rest] = argumentsOf({}).map((argument) => argument.replaceAll("%", folder));
        assert.equal((await run(["apply", "--yes", ...rest])).code, 0);
      }
      if (input.foreign !== undefined) {
        await Deno.mkdir(`${folder}/out/team/Secret`, { recursive: true });
        await Deno.writeTextFile(`${folder}/out/team/Secret/out-one.yaml`, input.foreign);
      }
      const before = await filesOf(`${folder}/out`);
      await Deno.writeTextFile(`${folder}/in/all.yaml`, pipelineOf(input));
      const { code, said } = await run(argumentsOf(input).map((argument) => argument.replaceAll("%", folder)));
      for (const wanted of input.wants) assert.match(said, wanted);
      assert.equal(code, input.code, said);
      assert.doesNotMatch(said, /Pl4ntedHunter2Zq|UGw0bnRlZEh1bnRlcjJacQ/, "no Secret bytes");
      assert.doesNotMatch(said, /\n\s+at .*\.ts:/, "no stack");
      assert.deepEqual(await filesOf(`${folder}/out`), before, "plan writes nothing");
      if (input.args?.[0] !== undefined && !input.args[0].startsWith("-") || input.code === 2) return;
      const [, ...rest] = argumentsOf(input).map((argument) => argument.replaceAll("%", folder));
      const applied = await run(["apply", "--yes", ...rest]);
      assert.equal(applied.code, input.code, applied.said);
      assert.deepEqual(await filesOf(`${folder}/out`), before, "and what is wrong is not written by apply either");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** The files below a folder, with their content; none where it is not there. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) Object.assign(files, await filesOf(path));
      else files[path] = await Deno.readTextFile(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

function pipelineOf({ replace, more = "" }: Pick<BadInput, "replace" | "more">): string {
  const [old, fresh] = replace ?? ["", ""];
  assert.ok(PIPELINE.includes(old), `the pipeline has no ${old}`);
  return PIPELINE.replace(old, () => fresh) + more;
}

function argumentsOf({ args = [] }: Pick<BadInput, "args">): readonly string[] {
  if (args[0] !== undefined && !args[0].startsWith("-")) return args;
  return ["plan", "-f", "%/in", "--output-dir", "%/out", "--mgmt-labels", "a=b", ...args];
}

/** The commands of the program, in this process, with all that they say. */
async function run(args: readonly string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const say = (text: string) => void (said += text);
  const code = await runCommandLine(args, {
    terminal: {
      out: say,
      err: say,
      outIsTerminal: false,
      errIsTerminal: false,
      canAsk: false,
      ask: () => Promise.resolve(false),
      readStdin: () => Promise.resolve(""),
    },
    world: { now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
    openCluster: () => Promise.reject(new Error("there is no cluster in this test")),
    rights: kubeRights,
    clock: systemClock,
    identity: "test",
    signal: new AbortController().signal,
    makeScratchFolder: () => Deno.makeTempDir(),
    isUserError: (error): error is Error => error === undefined,
  });
  return { code, said };
}

Deno.test("bad input 53: a Cluster whose ClusterProfile name is empty", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const clusters = await Deno.readTextFile(`${EXAMPLE}/cluster/clusters.yaml`);
    assert.ok(clusters.includes("clusterprofile-name: harbour"));
    await Deno.writeTextFile(
      `${folder}/clusters.yaml`,
      clusters.replace("clusterprofile-name: harbour", 'clusterprofile-name: ""'),
    );
    const files = [
      "eventsource",
      "eventtrigger",
      "template",
      "cluster/secrets",
      "cluster/namespaces",
      "cluster/bootstrap",
    ];
    const inputs = files.flatMap((file) => ["-f", `${EXAMPLE}/${file}.yaml`]);
    const labels = ["--mgmt-labels", "cluster-api=enabled", "-v"];
    const { code, said } = await run(["render", ...inputs, "-f", `${folder}/clusters.yaml`, ...labels]);
    assert.equal(code, 0);
    assert.match(said, /message of the script: no kubeconfig or no ClusterProfile name yet: harbour/);
    assert.doesNotMatch(said, /--kubeconfig\b|harbour-kubeconfig/);
    assert.match(said, /lagoon-kubeconfig/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bad input 62: two EventTriggers that want one object", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const second = PIPELINE.split("---\n").slice(1, 3).join("---\n")
      .replace("name: t}", "name: u}").replace("name: c}", "name: d}").replace("name: c,", "name: d,").replace(
        "{v:",
        "{w:",
      );
    await Deno.writeTextFile(`${folder}/all.yaml`, `${PIPELINE}---\n${second}`);
    const args = ["-f", `${folder}/all.yaml`, "--output-dir", `${folder}/out`, "--mgmt-labels", "a=b"];
    // Before anything is there, and so before anybody owns it.
    for (const command of [["plan"], ["apply", "--yes"]]) {
      const first = await run([...command, ...args]);
      assert.match(first.said, /EventTrigger t: .*1 to create/);
      assert.match(first.said, /EventTrigger u: .*1 held/);
      assert.match(first.said, /ownership: EventTrigger t is to create it as well, and comes first/);
      assert.match(first.said, /to let it pass: let only one of the two EventTriggers give it/);
      assert.doesNotMatch(first.said, /conflict/);
      assert.equal(first.code, 3);
    }
    const planned = await run(["plan", ...args]);
    assert.match(planned.said, /EventTrigger t: .*1 as wanted/);
    assert.match(planned.said, /ownership: it exists and is not ours: EventTrigger t owns it/);
    assert.match(planned.said, /to let it pass: let only one of the two EventTriggers give it/);
    assert.equal(planned.code, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
