/** Scripts, templates and rules that do their worst, beside a trigger that has nothing to do with them. */
import { sampleOf } from "./process_samples.ts";
import type { Rig } from "./rig.ts";
import { changes, type FaultRow, pause } from "./rows.ts";

const VALUE = btoa("good");
const INPUT = "/api/v1/namespaces/mgmt/configmaps/hostile";
const SOURCE = "/apis/lib.projectsveltos.io/v1beta1/eventsources/hostile";
/** A rule that looks at every four of these is stopped long before it is done. */
const KEYS = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, "v"]));

interface Program {
  /** Added to the EventSource's selector, and to its spec. */
  readonly selector?: string;
  readonly spec?: string;
  /** Put into the template. */
  readonly template?: string;
  /** The `aggregatedSelection` in `spec`. */
  readonly script?: string;
}

/** One input, one output; with the good program it is there, with any other it stays. */
function pipeline({ selector = "", spec = "", template = "" }: Program): string {
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: hostile }
spec:
  collectResources: true
  resourceSelectors:
    - group: ""
      version: v1
      kind: ConfigMap
      namespace: mgmt
      name: hostile
${selector}
${spec}
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: hostile }
spec:
  sourceClusterSelector: { matchLabels: { cluster-api: enabled } }
  eventSourceName: hostile
  oneForEvent: true
  policyRefs: [{ kind: ConfigMap, namespace: mgmt, name: hostile-template }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: hostile-template, namespace: mgmt, annotations: { projectsveltos.io/instantiate: ok } }
data:
  secret.yaml: |
    ${template}
    apiVersion: v1
    kind: Secret
    metadata: { name: "{{ .MatchingResource.Name }}", namespace: team-a }
    data: { config: ${VALUE}, x: "{{ if eq .Resource.kind "X" }}{{ .Resource.spec.x }}{{ end }}" }
`;
}

const lua = (script: string): Program => ({
  spec: `  aggregatedSelection: |\n    ${script.replaceAll("\n", "\n    ")}`,
  script,
});

interface Rounds {
  /** After the first. */
  readonly count: number;
  /** Each time another script: one that was stopped often is left alone until it is another. */
  readonly isAnother: boolean;
}

const FEW: Rounds = { count: 3, isAnother: false };
/** Often enough that what each run of a script leaves behind is seen. */
const OFTEN: Rounds = { count: 15, isAnother: true };

function hostile(program: Program, told: RegExp, { count, isAnother } = FEW): FaultRow["inject"] {
  return async (rig) => {
    await rig.kill();
    rig.start("--lua-memory", "64Mi");
    await rig.logs(/listening on/, 0);
    await rig.api.put("/api/v1/namespaces/mgmt/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "hostile", namespace: "mgmt" },
      data: KEYS,
    });
    await rig.server.apply(pipeline({}));
    rig.world.kept.set("team-a/hostile", VALUE);
    await rig.converge();

    await longestBlock(rig);
    const memory = [await rss(rig)];
    const before = await passesOf(rig);
    const position = rig.position;
    await rig.server.apply(pipeline(program));
    await rig.logs(told, position);
    await changes(rig);
    // Each change of its input makes it run once more.
    for (let round = 0; round < count; round++) {
      await rig.api.merge(INPUT, { data: { k0: `v${round}` } });
      if (isAnother) {
        await rig.api.merge(SOURCE, { spec: { aggregatedSelection: `${program.script}\n-- ${round}` } });
      }
      await pause(700);
      for (let waited = 0; await passesOf(rig) - before <= round && waited < 100; waited++) await pause(200);
      if (round % 3 === 2) memory.push(await rss(rig));
    }
    const others = await rig.converge();
    rig.expect(others < 6_000, `all others waited ${others} ms`);
    const passes = await passesOf(rig) - before;
    rig.expect(passes >= count, `its input changed ${count} times, and it had ${passes} passes`);
    rig.notes.push(`${passes} passes; RSS in MiB: ${[...memory, await rss(rig)].map(Math.round).join(", ")}`);
    rig.notes.push(`longest block of the event loop: ${(1000 * await longestBlock(rig)).toFixed(0)} ms`);
  };
}

/** Resident memory in MiB. */
async function rss(rig: Rig): Promise<number> {
  return (await sampleOf(rig.pid!, 0)).rss;
}

/** How often the hostile trigger was planned. */
async function passesOf(rig: Rig): Promise<number> {
  const text = await rig.metrics();
  return [...text.matchAll(/^moonferry_reconcile_total\{[^}]*trigger="hostile"[^}]*\} (\S+)$/gm)]
    .reduce((sum, [, count]) => sum + Number(count), 0);
}

/** In seconds, since the last question. */
async function longestBlock(rig: Rig): Promise<number> {
  const text = await rig.metrics();
  const value = /^moonferry_event_loop_block_seconds (\S+)$/m.exec(text)?.[1];
  if (value === undefined) throw new Error("the metrics have no moonferry_event_loop_block_seconds");
  return Number(value);
}

async function removeHostile(rig: Rig): Promise<void> {
  rig.mayGo.add("team-a/hostile");
  rig.world.kept.clear();
  await rig.server.kubectl(["delete", "eventtrigger,eventsource", "hostile"]);
  await rig.api.delete(INPUT);
  await rig.converge();
}

const row = (name: string, title: string, inject: FaultRow["inject"]): FaultRow => ({
  id: `F16/${name}`,
  title,
  wait: 6_000,
  inject,
  after: removeHostile,
});

export const PROGRAM_ROWS: readonly FaultRow[] = [
  row(
    "memory",
    "a script that takes all memory beside it",
    hostile(
      lua('function evaluate()\n  local t = {}\n  while true do t[#t + 1] = string.rep("x", 1048576) .. #t end\nend'),
      /memory|stopped after/i,
      OFTEN,
    ),
  ),
  row(
    "flaky",
    "a script that fails every other second beside it",
    hostile(
      lua(
        'function evaluate()\n  if os.time() % 2 == 0 then error("every other second") end\n  return { resources = resources }\nend',
      ),
      /selected|every other second/,
      { count: 12, isAnother: false },
    ),
  ),
  row(
    "large",
    "a script that gives 32 MiB beside it",
    hostile(
      lua(`function evaluate()
  local all = { resources[1] }
  for i = 1, 27 do
    all[i + 1] = {
      apiVersion = "v1", kind = "X", metadata = { name = "large-" .. i, namespace = "team-a" },
      spec = { x = string.rep("YWJj", 314573) },
    }
  end
  return { resources = all }
end`),
      /limit|more than|Mi|bytes|too large/i,
      OFTEN,
    ),
  ),
  row(
    "template",
    "a template that never ends beside it",
    hostile({ template: "{{ range until 1000000000 }}x{{ end }}" }, /limit|budget|more than|steps/i),
  ),
  row(
    "repeat",
    "a template that gives a gigabyte beside it",
    hostile({ template: '# {{ repeat 1000000000 "x" }}' }, /limit|budget|more than|bytes/i),
  ),
  row(
    "cel",
    "a rule over every four of many beside it",
    hostile(
      {
        selector:
          '      evaluateCEL: [{ name: r, rule: "resource.data.all(a, resource.data.all(b, resource.data.all(c, ' +
          "resource.data.all(d, a + b != c + d + 'z'))))\" }]",
      },
      /cost|limit/i,
    ),
  ),
];
