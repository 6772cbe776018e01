/**
 * What the Lua sandbox costs, as medians of rounds in one process, beside gopher-lua doing the same work in the same run where
 * Go is there; and how near their limits hostile scripts end.
 */
import { median } from "./median.ts";
import { pushModelScript } from "./push_model.ts";
import { createLuaSandbox, type LuaSandbox } from "../../src/sandbox/mod.ts";
import type { Json, JsonObject } from "../../src/json/json.ts";
import { HOSTILE } from "../sandbox/hostile.ts";

const ROUNDS = 7;

function measure(rounds: number, work: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Clusters with their kubeconfig Secrets, half and half, and two consumers: what the push model selects. It makes as many results. */
function resources(count: number): JsonObject[] {
  const value = "QUJD".repeat(1375);
  const list: JsonObject[] = [];
  for (let i = 0; i < count / 2; i++) {
    const name = `cluster-${i}`;
    const labels = { "cluster.x-k8s.io/cluster-name": name, tier: i % 3 === 0 ? "gold" : "silver" };
    list.push({
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata: { name, namespace: "fleet", labels, uid: `uid-${i}`, generation: 3 },
      spec: {
        clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/16"] } },
        controlPlaneEndpoint: { host: "h", port: 6443 },
      },
      status: { phase: "Provisioned", conditions: [{ type: "Ready", status: "True", reason: "Up" }] },
    }, {
      apiVersion: "v1",
      kind: "Secret",
      type: "cluster.x-k8s.io/secret",
      metadata: { name: `${name}-kubeconfig`, namespace: "fleet", labels },
      data: { value },
    });
  }
  for (let i = 0; i < 2; i++) {
    list.push({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: `team-${i}`, labels: { "x-k8s.io/cluster-inventory-consumer": "true" } },
    });
  }
  return list;
}

/** Prints the figures; `oracle` is the Go program, where there is one. */
export async function benchLua(oracle: string | undefined): Promise<void> {
  const script = pushModelScript();
  const folder = await Deno.makeTempDir({ prefix: "moonferry-bench-" });

  /** Median milliseconds of gopher-lua, NaN without Go. */
  async function gopher(list: Json | undefined, rounds: number): Promise<number> {
    if (!oracle) return NaN;
    await Deno.writeTextFile(`${folder}/script.lua`, script);
    if (list) await Deno.writeTextFile(`${folder}/resources.json`, JSON.stringify(list));
    const { stdout, success, stderr } = await new Deno.Command(oracle, {
      args: ["lua-bench", `${folder}/script.lua`, list ? `${folder}/resources.json` : "-", String(rounds)],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return Number(new TextDecoder().decode(stdout)) * 1000;
  }

  try {
    const sandbox = createLuaSandbox({ milliseconds: 60_000, bytes: 1024 * 1024 * 1024 });
    const evaluateEmpty = () => void sandbox.evaluate(EMPTY, { global: "resources", value: [] });
    measure(20, evaluateEmpty);
    row("fresh state, runtime, an empty evaluation", measure(101, evaluateEmpty), await gopher(undefined, 101));
    for (const count of [1_000, 10_000]) {
      const value = resources(count);
      const run = () => void sandbox.evaluate({ text: script, name: "bench" }, { global: "resources", value });
      // The engine compiles better code after some rounds, as it does in a service.
      for (let i = 0; i < 5; i++) run();
      const ours = measure(ROUNDS, run);
      row(`push-model script, ${count} resources`, ours, await gopher(value, ROUNDS));
    }
    benchHostile();
    benchMemory(sandbox);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const EMPTY = { text: "function evaluate() return {} end", name: "bench" };

function row(what: string, ours: number, theirs: number): void {
  const ratio = Number.isNaN(theirs)
    ? ""
    : `  gopher-lua ${theirs.toFixed(2).padStart(9)} ms  ours/theirs ${(ours / theirs).toFixed(2)}`;
  console.log(`${what.padEnd(44)} ${ours.toFixed(2).padStart(9)} ms${ratio}`);
}

function benchHostile(): void {
  console.log("\nhostile scripts: milliseconds beyond a limit of 300 ms (or ended by another limit)");
  const bounded = createLuaSandbox({ milliseconds: 300, bytes: 64 * 1024 * 1024 });
  let worst = 0;
  for (const { name, body } of HOSTILE) {
    const started = performance.now();
    let how = "returned";
    try {
      bounded.evaluate({ text: `function evaluate()\n${body}\nend`, name: "hostile" }, {
        global: "resources",
        value: [],
      });
    } catch (error) {
      how = (error as Error).message.split("\n")[0]!.slice(0, 60);
    }
    const over = performance.now() - started - 300;
    worst = Math.max(worst, over);
    console.log(`${name.padEnd(34)} ${over > 0 ? `+${over.toFixed(0)}` : over.toFixed(0)} ms  ${how}`);
  }
  console.log(`the largest overrun is ${worst.toFixed(0)} ms`);
}

function benchMemory(sandbox: LuaSandbox): void {
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 2_000; i++) sandbox.evaluate(EMPTY, { global: "resources", value: [] });
  const after = Deno.memoryUsage().rss;
  console.log(`\nresident memory before and after 2,000 evaluations: ${mebibytes(before)} and ${mebibytes(after)} MiB`);
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
