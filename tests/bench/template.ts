/**
 * What rendering costs: templates parsed once and rendered for many matches, each time with data made anew, beside Go's
 * text/template with sprig doing the same in the same run. Rounds alternate; both must have written the same bytes before.
 */
import type { JsonObject } from "../../src/json/json.ts";
import { parseTemplate, type Template, templateData, valueFromJson } from "../../src/template/mod.ts";
import { median } from "./median.ts";
import { digestOf, Original } from "./original.ts";
import { pushModelMatches, pushModelTemplate, templateIn } from "./push_model.ts";

const ROUNDS = 11;
/** Both engines get faster as they go: V8 compiles better code, Go's collector finds its pace. */
const WARM_UP = 3;

interface Bench {
  readonly name: string;
  readonly template: string;
  readonly cluster: JsonObject;
  readonly matches: readonly JsonObject[];
}

/** Prints the figures; `oracle` is the Go program, where there is one. */
export async function benchTemplates(oracle: string | undefined): Promise<void> {
  for (const bench of benches()) {
    const template = parseTemplate("bench", bench.template);
    const original = oracle === undefined ? undefined : await startOriginal(oracle, bench);
    try {
      const digest = await digestOf(bench.matches.map((match) => renderMatch(template, match, bench.cluster)));
      if (original !== undefined && original.digest !== digest) {
        throw new Error(`${bench.name}: Go renders another text`);
      }
      const ours: number[] = [], theirs: number[] = [];
      for (let round = -WARM_UP; round < ROUNDS; round++) {
        const [a, b] = [measure(template, bench), await original?.round() ?? NaN];
        if (round >= 0) ours.push(a), theirs.push(b);
      }
      printRow(bench, median(ours), median(theirs));
    } finally {
      await original?.end();
    }
  }
}

function startOriginal(path: string, { template, cluster, matches }: Bench): Promise<Original> {
  return Original.start(path, "template-bench", JSON.stringify({ template, cluster, matches }));
}

function renderMatch(template: Template, match: JsonObject, cluster: JsonObject): string {
  const { namespace, name } = match.metadata as { namespace: string; name: string };
  const data = templateData({
    Resource: valueFromJson(match, "float64"),
    MatchingResource: { apiVersion: match.apiVersion as string, kind: match.kind as string, namespace, name },
    Cluster: valueFromJson(cluster, "int64"),
  });
  return template.render(data);
}

function measure(template: Template, { matches, cluster }: Bench): number {
  const started = performance.now();
  let length = 0;
  for (const match of matches) length += renderMatch(template, match, cluster).length;
  if (length === 0) throw new Error("nothing was rendered");
  return performance.now() - started;
}

function printRow({ name, matches }: Bench, ours: number, theirs: number): void {
  const each = (milliseconds: number) => `${(milliseconds * 1000 / matches.length).toFixed(1).padStart(6)} µs each`;
  const go = Number.isNaN(theirs)
    ? ""
    : `  Go ${theirs.toFixed(0).padStart(5)} ms ${each(theirs)}  ours/theirs ${(ours / theirs).toFixed(2)}`;
  console.log(`${name.padEnd(40)} ${ours.toFixed(0).padStart(5)} ms ${each(ours)}${go}`);
}

function benches(): Bench[] {
  const cluster = {
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "SveltosCluster",
    metadata: { namespace: "mgmt", name: "mgmt", labels: { "cluster-api": "enabled" } },
    spec: {},
    status: { ready: true },
  };
  const inventory = Deno.readTextFileSync(new URL("inventory.tmpl", import.meta.url));
  const matches = pushModelMatches(10_000);
  const page = pageTemplate();
  return [
    { name: "push model, 10,000 matches", template: pushModelTemplate(), cluster, matches },
    ...(page === undefined
      ? []
      : [{ name: "push model of the page, 10,000 matches", template: page, cluster, matches }]),
    { name: "inventory (a large one), 2,000 matches", template: inventory, cluster, matches: inventoryMatches(2_000) },
  ];
}

/** The page's template is not kept here: see `tests/cli/page_test.ts`. */
function pageTemplate(): string | undefined {
  const path = `${Deno.env.get("MOONFERRY_PAGE") ?? "../shared/push-model"}/cm-push-model-template.yaml`;
  try {
    return templateIn(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`${path} is not there: the page's own template is not measured (set MOONFERRY_PAGE)`);
    return undefined;
  }
}

/** Clusters with pools, labels, conditions: half of the branches of the template go each way. */
function inventoryMatches(count: number): JsonObject[] {
  const taints = (pool: number) => [
    { key: "dedicated", value: `t${pool}`, effect: "NoSchedule" },
    { key: "gpu", value: "", effect: "NoExecute" },
  ];
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: {
      namespace: `fleet-${i % 5}`,
      name: `cluster-${i}`,
      generation: i,
      labels: { tier: i % 3 === 0 ? "silver" : "gold", env: "prod", "topology.kubernetes.io/region": `r-${i % 4}` },
      ...(i % 2 === 0 ? {} : { annotations: { owner: `team-${i % 9}@example.com`, note: "Zürich <b> & 'c'" } }),
    },
    spec: {
      ...(i % 4 === 0 ? {} : { region: `eu-${i % 4}` }),
      controlPlaneEndpoint: { host: `api.cluster-${i}.example.com`, port: 6443 },
      clusterNetwork: {
        pods: { cidrBlocks: ["10.0.0.0/16", "fd00::/48"] },
        services: { cidrBlocks: ["10.96.0.0/12"] },
        serviceDomain: "cluster.local",
        apiServerPort: 6443,
      },
      pools: Array.from({ length: 6 }, (_, pool) => ({
        name: `pool-${pool}`,
        enabled: pool !== 3,
        replicas: (i + pool) % 5,
        zones: ["a", "b", "c"].slice(pool % 3),
        taints: pool % 2 === 0 ? taints(pool) : [],
      })),
    },
    status: {
      phase: "Provisioned",
      conditions: [
        { type: "Ready", status: i % 2 === 0 ? "False" : "True", reason: "Waiting" },
        { type: "ControlPlaneReady", status: "True", reason: "Up" },
        { type: "InfrastructureReady", status: "Unknown", reason: "NotYet" },
      ],
    },
  }));
}
