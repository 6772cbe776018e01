/** Each row of bad input, given to the commands as a user gives it; and every row of docs/bad-input.md is shown by some test. */
import assert from "node:assert/strict";
import { runCommandLine } from "../../../src/cli/mod.ts";
import { systemClock } from "../../../src/kube/clock.ts";
import { kubeRights } from "../../../src/kube/rights_book.ts";
import { BAD_INPUT, type BadInput, PIPELINE } from "./table.ts";
import { SHOWN_ELSEWHERE } from "./shown.ts";

const ROWS = 81;
const EXAMPLE = "k8s/examples/push-model";

for (const input of BAD_INPUT) {
  Deno.test(`bad input ${input.row}: ${input.name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/empty`);
      await Deno.mkdir(`${folder}/in`);
      await Deno.writeTextFile(`${folder}/in/all.yaml`, pipelineOf(input));
      const { code, said } = await run(argumentsOf(input).map((argument) => argument.replaceAll("%", folder)));
      for (const wanted of input.wants) assert.match(said, wanted);
      assert.equal(code, input.code, said);
      assert.doesNotMatch(said, /Pl4ntedHunter2Zq|UGw0bnRlZEh1bnRlcjJacQ/, "no Secret bytes");
      assert.doesNotMatch(said, /\n\s+at .*\.ts:/, "no stack");
      await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound, "nothing is written");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function pipelineOf({ replace, more = "" }: BadInput): string {
  const [old, fresh] = replace ?? ["", ""];
  assert.ok(PIPELINE.includes(old), `the pipeline has no ${old}`);
  return PIPELINE.replace(old, () => fresh) + more;
}

function argumentsOf({ args = [] }: BadInput): readonly string[] {
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

Deno.test("every row of docs/bad-input.md is shown by a test that is there", async () => {
  const text = await Deno.readTextFile("docs/bad-input.md");
  const documented = [...text.matchAll(/^\| +(\d+) +\|/gm)].map(([, row]) => Number(row));
  const all = Array.from({ length: ROWS }, (_, index) => index + 1);
  assert.deepEqual(documented, all);
  const here = new Set(BAD_INPUT.map(({ row }) => row));
  assert.deepEqual(all.filter((row) => !here.has(row) && !SHOWN_ELSEWHERE[row]?.length), []);
  for (const [row, tests] of Object.entries(SHOWN_ELSEWHERE)) {
    for (const [file, name] of tests) {
      const source = await Deno.readTextFile(file);
      assert.ok(source.includes(`"${name}"`), `row ${row}: ${file} has no test "${name}"`);
    }
  }
});
