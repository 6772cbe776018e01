/** Alerts and dashboard ask only for metrics and labels that there are, and none is forgotten, in docs/operations.md neither. */
import assert from "node:assert/strict";
import { makeDashboard } from "../../k8s/monitoring/make.ts";
import { ROWS } from "../../k8s/monitoring/panels.ts";
import { fieldAt, type Json, type JsonObject } from "../../src/json/json.ts";
import { Metrics } from "../../src/telemetry/metrics.ts";
import { readYaml } from "../../src/yaml/read.ts";

const DOCS = Deno.readTextFileSync("docs/operations.md");

/** Every metric as it is served, each with its labels. */
async function served(): Promise<Map<string, Set<string>>> {
  const metrics = new Metrics({
    watches: () => [{ kind: "Secret", age: 1, silence: 1, isKnown: true, objects: 1, lists: 1, watches: 1, misses: 0 }],
    queueDepth: () => 0,
    isLeader: () => true,
    memory: () => 1,
    longestBlock: () => 0,
    version: "1",
  });
  metrics.passed({
    trigger: "t",
    result: "ok",
    seconds: 1,
    waitSeconds: 1,
    delaySeconds: 1,
    writes: [{ action: "create", status: "done" }],
    held: new Map([["kinds", 1]]),
    frozen: 0,
    outputs: 1,
    failures: 0,
    wouldChange: new Map([["create", 1]]),
    celFailures: 1,
    script: { fuel: 1, milliseconds: 1 },
    firstExpiry: 1,
  });
  const text = await metrics.text();
  const found = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^(moonferry_\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name) found.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label]) => label!)));
  }
  const families = new Set([...found.keys()].map(familyOf));
  const declared = [...text.matchAll(/^# HELP (\w+)/gm)].map(([, name]) => name!);
  assert.deepEqual(declared.filter((name) => !families.has(name)), [], "the sample above has a value for every metric");
  return found;
}

/** A histogram's name for people; its series have endings. */
const familyOf = (name: string) => name.replace(/_(bucket|sum|count)$/, "");

/** Labels that Prometheus adds to whatever it scrapes. */
const OF_PROMETHEUS = ["namespace", "job", "pod"];

/** What of the query is there no metric or label for. */
function strangers(query: string, metrics: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = [...query.matchAll(/\bmoonferry_\w+/g)].map(([name]) => name);
  assert.ok(names.length > 0, query);
  const labels = [
    ...[...query.matchAll(/\{([^}]*)\}/g)].flatMap(([, matchers]) =>
      [...matchers!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!)
    ),
    ...[...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(",").map((label) => label.trim())),
  ];
  const known = new Set([...OF_PROMETHEUS, ...names.flatMap((name) => [...metrics.get(name) ?? []])]);
  return [...names.filter((name) => !metrics.has(name)), ...labels.filter((label) => !known.has(label))];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const RULE = readYaml(Deno.readTextFileSync("k8s/monitoring/prometheusrule.yaml"));
const ALERTS = (fieldAt(RULE, "spec", "groups") as JsonObject[])
  .flatMap((group) => group.rules as unknown as Alert[]);
const QUERIES = ROWS.flatMap(({ panels }) => panels).flatMap(({ queries }) => Object.keys(queries));

Deno.test("a metric or a label that is not there would be found", async () => {
  const metrics = await served();
  const query = 'max by (trigger, cluster) (moonferry_hold{gate="x", secret!="y"}) / moonferry_held';
  assert.deepEqual(strangers(query, metrics), ["moonferry_hold", "secret", "cluster"]);
});

Deno.test("every alert and every panel asks for metrics and labels that are served", async () => {
  const metrics = await served();
  assert.ok(ALERTS.length >= 15 && QUERIES.length >= 30);
  for (const query of [...ALERTS.map(({ expr }) => expr), ...QUERIES]) {
    assert.deepEqual(strangers(query, metrics), [], query);
  }
});

Deno.test("the labels that an alert's text names are those that its query leaves", () => {
  for (const { alert, expr, labels, annotations } of ALERTS) {
    assert.ok(["warning", "critical"].includes(labels.severity), alert);
    const left = new Set([...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(", ")));
    for (const text of [annotations.summary, annotations.description]) {
      assert.ok(text.length > 10, alert);
      const named = [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
      assert.deepEqual(named.filter((label) => !left.has(label)), [], `${alert}: ${text}`);
    }
  }
});

Deno.test("docs/operations.md has a row for every metric with its labels, and the dashboard asks for each", async () => {
  const metrics = await served();
  const rows = new Map<string, string[]>();
  const table = DOCS.split("## Health and metrics")[1]!;
  for (const [, names, labels] of table.matchAll(/^\| ((?:`moonferry_\w+`(?:, )?)+) +\| ([^|]*)\|/gm)) {
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      rows.set(name!, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!));
    }
  }
  const families = new Map<string, string[]>();
  for (const [name, labels] of metrics) {
    families.set(familyOf(name), [...labels].filter((label) => label !== "le"));
  }
  assert.deepEqual([...rows.keys()].sort(), [...families.keys()].sort());
  for (const [name, labels] of families) assert.deepEqual(rows.get(name)!.toSorted(), labels.toSorted(), name);
  const asked = new Set(
    QUERIES.flatMap((query) => [...query.matchAll(/\bmoonferry_\w+/g)].map(([name]) => familyOf(name))),
  );
  assert.deepEqual([...families.keys()].filter((name) => !asked.has(name)), []);
});

Deno.test("docs/operations.md says what to do about every alert", () => {
  const table = DOCS.split("### Alerts")[1]!;
  const named = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name!);
  assert.deepEqual(named.toSorted(), ALERTS.map(({ alert }) => alert).toSorted());
});

Deno.test("the dashboard is what its table gives, and no panel hides another", async () => {
  const dashboard = JSON.parse(await Deno.readTextFile("k8s/monitoring/dashboard.json"));
  assert.deepEqual(dashboard, makeDashboard(), "run deno task dashboard");
  const taken = new Map<string, string>();
  for (
    const { title, gridPos: { x, y, w, h } } of dashboard.panels as { title: string; gridPos: Record<string, number> }[]
  ) {
    assert.ok(x! + w! <= 24, title);
    for (let column = x!; column < x! + w!; column++) {
      for (let line = y!; line < y! + h!; line++) {
        const place = `${column},${line}`;
        assert.equal(taken.get(place), undefined, `${title} covers ${taken.get(place)}`);
        taken.set(place, title);
      }
    }
  }
  const ids = (dashboard.panels as { id: Json }[]).map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});
