/**
 * Makes the Grafana dashboard of this folder from its table of panels: `deno task dashboard`. Queries are of
 * `docs/operations.md`'s metrics; `tests/docs/monitoring_test.ts` compares both.
 */
import type { Json, JsonObject } from "../../src/json/json.ts";
import { OF_NAMESPACE, type Panel, ROWS } from "./panels.ts";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

function thresholds({ redFrom, redBelow }: Panel): JsonObject {
  const steps: JsonObject[] = redBelow !== undefined
    ? [{ color: "red", value: null }, { color: "green", value: redBelow }]
    : redFrom !== undefined
    ? [{ color: "green", value: null }, { color: "red", value: redFrom }]
    : [{ color: "text", value: null }];
  return { mode: "absolute", steps };
}

function panelOf(panel: Panel, id: number, gridPos: JsonObject): JsonObject {
  const { type } = panel;
  const isTable = type === "table", isStat = type === "stat";
  return {
    id,
    type,
    title: panel.title,
    description: panel.description,
    gridPos,
    datasource: DATASOURCE,
    targets: Object.entries(panel.queries).map(([expr, legendFormat], index) => ({
      refId: "ABCDEFGH"[index]!,
      datasource: DATASOURCE,
      expr,
      legendFormat,
      // A table and a single value show what is now.
      ...(isTable ? { format: "table", instant: true } : isStat ? { instant: true } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit ?? "short",
        ...(isStat || isTable ? { thresholds: thresholds(panel), color: { mode: "thresholds" } } : { min: 0 }),
        ...(isTable ? { custom: { cellOptions: { type: "color-text" } } } : {}),
      },
      overrides: [],
    },
    options: isStat
      ? { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false }, colorMode: "value", graphMode: "none" }
      : isTable
      ? { showHeader: true }
      : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
    ...(isTable
      ? { transformations: [{ id: "organize", options: { excludeByName: { Time: true }, renameByName: {} } }] }
      : {}),
  };
}

function variable(name: string, label: string, query: string): JsonObject {
  return {
    name,
    label,
    type: "query",
    datasource: DATASOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    includeAll: true,
    multi: true,
    sort: 1,
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
}

/** The dashboard as Grafana reads it. */
export function makeDashboard(): JsonObject {
  const panels: Json[] = [];
  let y = 0;
  for (const { title, height, panels: inRow } of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y++;
    let x = 0;
    for (const panel of inRow) {
      if (x + panel.width > 24) {
        x = 0;
        y += height;
      }
      panels.push(panelOf(panel, panels.length + 1, { x, y, w: panel.width, h: height }));
      x += panel.width;
    }
    y += height;
  }
  return {
    uid: "moonferry",
    title: "Moonferry",
    description: "Event pipelines: what is published, what is held back, and whether anything is in the way.",
    tags: ["moonferry"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "datasource", label: "Data source", type: "datasource", query: "prometheus", refresh: 1 },
        variable("namespace", "Namespace", "label_values(moonferry_build_info, namespace)"),
        variable("trigger", "EventTrigger", `label_values(moonferry_outputs{${OF_NAMESPACE}}, trigger)`),
      ],
    },
    annotations: { list: [] },
    panels,
  };
}

if (import.meta.main) {
  await Deno.writeTextFile("k8s/monitoring/dashboard.json", `${JSON.stringify(makeDashboard(), undefined, 2)}\n`);
}
