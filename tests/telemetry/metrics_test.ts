/** Metrics as Prometheus reads them, and the three answers of the server. */
import assert from "node:assert/strict";
import { Metrics, type PassSample, type WatchSample } from "../../src/telemetry/metrics.ts";
import { serveTelemetry } from "../../src/telemetry/server.ts";

const WATCH: WatchSample = {
  kind: "Secret",
  age: 1500,
  silence: 500,
  isKnown: true,
  objects: 3,
  lists: 1,
  watches: 2,
  misses: 0,
};
const PASS: PassSample = {
  trigger: "push-model",
  result: "held",
  seconds: 0.2,
  waitSeconds: 0.01,
  delaySeconds: 0.3,
  writes: [{ action: "create", status: "done" }, { action: "create", status: "done" }],
  held: new Map([["payload", 2]]),
  frozen: 0,
  outputs: 5,
  failures: 0,
  celFailures: 0,
  script: { fuel: 1000, milliseconds: 20 },
  firstExpiry: 1_800_000_000,
};

function metricsOf(watches: readonly WatchSample[] = [WATCH]): Metrics {
  return new Metrics({
    watches: () => watches,
    queueDepth: () => 4,
    isLeader: () => true,
    memory: () => 1024,
    longestBlock: () => 0.25,
    version: "1.2.3",
  });
}

/** The value of a series. */
async function valueOf(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split("\n").find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

Deno.test("metrics: a pass is counted, timed, and its holds stand by gate", async () => {
  const metrics = metricsOf();
  metrics.passed(PASS);
  const series: Record<string, number> = {
    'moonferry_reconcile_total{trigger="push-model",result="held"}': 1,
    "moonferry_reconcile_seconds_count": 1,
    "moonferry_propagation_seconds_sum": 0.3,
    'moonferry_writes_total{action="create",status="done"}': 2,
    'moonferry_held{trigger="push-model",gate="payload"}': 2,
    'moonferry_outputs{trigger="push-model"}': 5,
    'moonferry_kubeconfig_first_expiry_timestamp_seconds{trigger="push-model"}': 1_800_000_000,
    'moonferry_script_fuel_total{trigger="push-model"}': 1000,
    "moonferry_script_seconds_sum": 0.02,
    "moonferry_queue_depth": 4,
    "moonferry_leader": 1,
    'moonferry_build_info{version="1.2.3"}': 1,
  };
  for (const [name, value] of Object.entries(series)) assert.equal(await valueOf(metrics, name), value, name);
});

Deno.test("metrics: what is held no more is 0, so that an alert ends", async () => {
  const metrics = metricsOf();
  metrics.passed(PASS);
  metrics.passed({ ...PASS, held: new Map(), result: "ok" });
  assert.equal(await valueOf(metrics, 'moonferry_held{trigger="push-model",gate="payload"}'), 0);
  metrics.forget("push-model");
  assert.doesNotMatch(await metrics.text(), /push-model/);
});

Deno.test("metrics: of several watches of a kind the worst shows, and what they all have done", async () => {
  const other = { ...WATCH, age: 90_000, isKnown: false, objects: 2, lists: 4, watches: 1, misses: 2 };
  const metrics = metricsOf([WATCH, other, { ...WATCH, kind: "Namespace", age: 10 }]);
  const rows = [
    { name: "watch_age_seconds", secret: 90, namespace: 0.01 },
    { name: "watch_known", secret: 0, namespace: 1 },
    { name: "watch_objects", secret: 3, namespace: 3 },
    { name: "watch_lists", secret: 5, namespace: 1 },
    { name: "watch_starts", secret: 3, namespace: 2 },
    { name: "relist_misses", secret: 2, namespace: 0 },
  ];
  for (const { name, secret, namespace } of rows) {
    assert.equal(await valueOf(metrics, `moonferry_${name}{kind="Secret"}`), secret, name);
    assert.equal(await valueOf(metrics, `moonferry_${name}{kind="Namespace"}`), namespace, name);
  }
});

Deno.test("the server answers three questions, and GET alone", async () => {
  let problems: string[] = [];
  const server = serveTelemetry("127.0.0.1", 0, {
    metrics: metricsOf(),
    health: () => problems,
    readiness: () => ["what the API server has of Secret is not known"],
  });
  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [response.status, await response.text()] as const;
  };
  try {
    assert.deepEqual(await ask("/healthz"), [200, "ok\n"]);
    problems = ["the watch of Secret has heard nothing for 700 s"];
    assert.deepEqual(await ask("/healthz"), [503, `${problems[0]}\n`]);
    assert.deepEqual(await ask("/readyz"), [503, "what the API server has of Secret is not known\n"]);
    assert.match((await ask("/metrics"))[1], /^# HELP moonferry_/m);
    assert.equal((await ask("/debug/pprof"))[0], 404);
    assert.equal((await ask("/metrics", "POST"))[0], 405);
  } finally {
    await server.close();
  }
});

Deno.test("every metric is explained in docs/operations.md, and no other", async () => {
  const metrics = metricsOf();
  metrics.passed({ ...PASS, wouldChange: new Map([["create", 1]]), celFailures: 1 });
  const there = [...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const table = Deno.readTextFileSync("docs/operations.md").split("| metric ")[1]!.split("\n\n")[0]!;
  const explained = [...table.matchAll(/`(moonferry_\w+)`/g)].map(([, name]) => name!);
  assert.deepEqual([...explained].sort(), [...there].sort());
});
