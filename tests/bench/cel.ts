/**
 * What CEL rules cost: compiled once and evaluated on many objects, beside cel-go doing the same in the same run, compiled once
 * as well (Sveltos itself compiles for each object). Rounds alternate; both must have had the same answers before.
 */
import { type CelRule, compileRule } from "../../src/cel/mod.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { median } from "./median.ts";
import { digestOf, Original } from "./original.ts";

const ROUNDS = 11;
/** V8 compiles better code as it goes. */
const WARM_UP = 3;
const OBJECTS = 10_000;

const RULES: readonly { name: string; rule: string }[] = [
  {
    name: "a label, if it is there",
    rule: 'has(resource.metadata.labels.tier) && resource.metadata.labels.tier == "gold"',
  },
  { name: "a condition", rule: 'resource.status.conditions.exists(c, c.type == "Ready" && c.status == "True")' },
  {
    name: "loops within loops",
    rule: "resource.spec.containers.exists(c, c.ports.exists(p, p.containerPort == 8443))",
  },
  { name: "a pattern", rule: 'resource.metadata.name.matches("^web-[a-z]+-[0-9]+$")' },
  {
    name: "a timestamp, a number",
    rule:
      'timestamp(resource.metadata.creationTimestamp) > timestamp("2025-06-01T00:00:00Z") && resource.spec.replicas >= 2',
  },
];

/** Fails for every object: what a rule costs that was written for another kind. */
const MISSING = { name: "a field that isn't there", rule: 'resource.data.value == "x" || resource.spec.paused' };

/** Prints the figures; `oracle` is the Go program, where there is one. */
export async function benchCel(oracle: string | undefined): Promise<void> {
  const objects = Array.from({ length: OBJECTS }, (_, i) => object(i));
  await benchRules("all five rules", RULES.map(({ rule }) => rule), objects, oracle);
  for (const { name, rule } of [...RULES, MISSING]) await benchRules(name, [rule], objects, oracle);
}

async function benchRules(
  name: string,
  rules: readonly string[],
  objects: readonly JsonObject[],
  oracle: string | undefined,
): Promise<void> {
  const compiled = rules.map((rule) => compileRule(rule));
  const original = oracle === undefined
    ? undefined
    : await Original.start(oracle, "cel-bench", JSON.stringify({ rules, objects }));
  try {
    const answers = objects.flatMap((one) => compiled.map((rule) => `${rule.test(one) === true};`));
    if (original !== undefined && original.digest !== await digestOf(answers)) {
      throw new Error(`${name}: cel-go says another`);
    }
    const ours: number[] = [], theirs: number[] = [];
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const [a, b] = [measure(compiled, objects), await original?.round() ?? NaN];
      if (round >= 0) ours.push(a), theirs.push(b);
    }
    printRow(name, rules.length * objects.length, median(ours), median(theirs));
  } finally {
    await original?.end();
  }
}

function measure(rules: readonly CelRule[], objects: readonly JsonObject[]): number {
  const started = performance.now();
  let count = 0;
  for (const one of objects) for (const rule of rules) if (rule.test(one)) count++;
  const took = performance.now() - started;
  if (count > rules.length * objects.length) throw new Error("more than there are");
  return took;
}

function printRow(name: string, evaluations: number, ours: number, theirs: number): void {
  const each = (milliseconds: number) => `${(milliseconds * 1000 / evaluations).toFixed(2).padStart(6)} µs each`;
  const go = Number.isNaN(theirs)
    ? ""
    : `  cel-go ${theirs.toFixed(0).padStart(5)} ms ${each(theirs)}  ours/theirs ${(ours / theirs).toFixed(2)}`;
  const what = `${name}, ${evaluations.toLocaleString("en")} evaluations`;
  console.log(`${what.padEnd(44)} ${ours.toFixed(0).padStart(5)} ms ${each(ours)}${go}`);
}

/** A workload; rules go either way on it, and on one in twenty a field is missing. */
function object(i: number): JsonObject {
  const month = String(1 + i % 12).padStart(2, "0");
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: i % 4 === 0 ? `job-${i}` : `web-front-${i}`,
      namespace: `team-${i % 9}`,
      creationTimestamp: `2025-${month}-15T10:00:00Z`,
      generation: i % 7,
      labels: { app: "web", ...(i % 3 === 0 ? {} : { tier: i % 2 === 0 ? "gold" : "silver" }) },
      annotations: { "deployment.kubernetes.io/revision": `${i % 5}` },
    },
    spec: {
      replicas: i % 5,
      containers: [
        {
          name: "front",
          image: "nginx:1.27",
          ports: [{ containerPort: 80 }, { containerPort: i % 2 === 0 ? 443 : 8443 }],
        },
        { name: "side", image: "envoy:1.30", ports: [{ containerPort: 9901 }] },
      ],
    },
    ...(i % 20 === 0 ? {} : {
      status: {
        replicas: i % 5,
        conditions: [
          { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
          { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
          { type: "Ready", status: i % 3 === 0 ? "False" : "True" },
        ],
      },
    }),
  };
}
