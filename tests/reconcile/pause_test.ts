/** What comes of paused Clusters, told from how often the script runs. */
import assert from "node:assert/strict";
import type { EventSource } from "../../src/api/event_source.ts";
import { type KubeObject, nameOf, objectKey, objectRef } from "../../src/api/object.ts";
import { aggregate } from "../../src/reconcile/aggregate.ts";
import { matchKey } from "../../src/reconcile/origin.ts";
import { findPauses } from "../../src/reconcile/pause.ts";
import type { Selection } from "../../src/reconcile/select.ts";
import type { LuaSandbox } from "../../src/sandbox/mod.ts";

type Script = (clusters: readonly KubeObject[]) => string[];

const cluster = (index: number): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "mgmt", name: `c${index}` },
  spec: { paused: true },
});
const SOURCE = { name: "s", aggregatedSelection: "a script", selectors: [] } as unknown as EventSource;

const keyOf = (name: string) => matchKey({ match: { apiVersion: "v1", kind: "Match", namespace: "n", name } });

/** A sandbox that runs a function in the script's place, and counts. */
function counting(script: Script): { sandbox: LuaSandbox; runs: () => number } {
  let runs = 0;
  const evaluate = (_: unknown, { value }: { value: unknown }) => {
    runs++;
    const resources = script(value as KubeObject[]).map((name) => ({
      apiVersion: "v1",
      kind: "Match",
      metadata: { namespace: "n", name },
    }));
    return { value: { resources }, printed: "", cost: {} };
  };
  return { sandbox: { evaluate } as unknown as LuaSandbox, runs: () => runs };
}

function pausesOf(script: Script, count: number): { found: string[][]; runs: number } {
  const objects = Array.from({ length: count }, (_, index) => cluster(index));
  const selection = { objects, selectors: [], ruleErrors: [], notes: [] } as unknown as Selection;
  const { sandbox, runs } = counting(script);
  const matches = aggregate(SOURCE, selection, sandbox);
  const { paused } = findPauses(SOURCE, selection, matches, sandbox, undefined);
  const found = objects.map((object) => [...paused.get(objectKey(objectRef(object))) ?? []].sort());
  return { found, runs: runs() - 1 };
}

const scripts: { name: string; script: Script; isInGroups: boolean }[] = [
  {
    name: "matches of its own",
    script: (all) => all.flatMap((one) => [`x-${nameOf(one)}`, `y-${nameOf(one)}`]),
    isInGroups: true,
  },
  { name: "one match for all of them", script: (all) => all.length > 0 ? ["all"] : [], isInGroups: true },
  {
    name: "matches of two, either of which is enough",
    script: (all) => [...new Set(all.map((one) => `pair-${Math.floor(Number(nameOf(one).slice(1)) / 2)}`))],
    isInGroups: true,
  },
  {
    name: "a match that takes two of them",
    script: (all) => {
      const names = all.map(nameOf);
      return [...names, ...names.includes("c3") && names.includes("c12") ? ["both"] : []];
    },
    isInGroups: false,
  },
  { name: "matches that are numbered", script: (all) => all.map((_, index) => `number-${index}`), isInGroups: false },
];

for (const { name, script, isInGroups } of scripts) {
  Deno.test(`paused Clusters: ${name}: found as by leaving out one after the other`, () => {
    const names = script(Array.from({ length: 50 }, (_, index) => cluster(index)));
    const want = Array.from({ length: 50 }, (_, left) => {
      const without = new Set(script(Array.from({ length: 50 }, (_, i) => cluster(i)).filter((_, i) => i !== left)));
      return names.filter((name) => !without.has(name)).map(keyOf).sort();
    });
    const { found, runs } = pausesOf(script, 50);
    assert.deepEqual(found, want);
    assert.ok(isInGroups ? runs === 12 : runs > 50, String(runs));
  });
}

Deno.test("paused Clusters: three hundred of them cost eighteen runs, a few cost one each", () => {
  const script: Script = (all) => all.map(nameOf);
  const many = pausesOf(script, 300);
  assert.equal(many.runs, 18);
  assert.ok(many.found.every((keys) => keys.length === 1));
  assert.equal(pausesOf(script, 8).runs, 8);
});
