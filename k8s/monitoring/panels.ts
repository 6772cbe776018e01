/** What the Grafana dashboard shows: rows of panels, one for each question that the metrics answer. */

export interface Panel {
  readonly title: string;
  /** What it tells, and what to do about it. */
  readonly description: string;
  readonly type: "stat" | "timeseries" | "table";
  /** Of 24 columns. */
  readonly width: number;
  readonly unit?: string;
  /** PromQL → the legend's text. */
  readonly queries: Readonly<Record<string, string>>;
  /** From this value on it is red. */
  readonly redFrom?: number;
  /** Below this value it is red. */
  readonly redBelow?: number;
}

export interface Row {
  readonly title: string;
  /** Of all its panels. */
  readonly height: number;
  readonly panels: readonly Panel[];
}

/** What the dashboard's choice of namespaces selects. */
export const OF_NAMESPACE = `namespace=~"$namespace"`;
const OF_TRIGGER = `${OF_NAMESPACE}, trigger=~"$trigger"`;
const quantile = (share: number, name: string) =>
  `histogram_quantile(${share}, sum by (le) (rate(moonferry_${name}_bucket{${OF_NAMESPACE}}[$__rate_interval])))`;

/** Half the replicas and all of the past can hold a trigger's values: the highest of them is what counts. */
const highest = (by: string, name: string, matchers = OF_TRIGGER) => `max by (${by}) (moonferry_${name}{${matchers}})`;

export const ROWS: readonly Row[] = [
  {
    title: "Is all well?",
    height: 4,
    panels: [
      {
        title: "Leaders",
        description: "1 for each Deployment: 0 writes nothing, 2 is a mistake.",
        type: "stat",
        width: 4,
        redBelow: 1,
        queries: { [`sum by (namespace) (moonferry_leader{${OF_NAMESPACE}})`]: "{{namespace}}" },
      },
      {
        title: "Outputs",
        description: "Outputs that are as wanted, or are written now.",
        type: "stat",
        width: 4,
        queries: { [`sum(${highest("namespace, trigger", "outputs")})`]: "outputs" },
      },
      {
        title: "Held back",
        description: "Changes that a gate holds. `moonferry plan` says why, and what would let them pass.",
        type: "stat",
        width: 4,
        redFrom: 1,
        queries: { [`sum(${highest("namespace, trigger, gate", "held")})`]: "held" },
      },
      {
        title: "Frozen",
        description: "Outputs that stay as they are, since their input is incomplete.",
        type: "stat",
        width: 4,
        redFrom: 1,
        queries: { [`sum(${highest("namespace, trigger", "frozen_outputs")})`]: "frozen" },
      },
      {
        title: "Failures",
        description: "Failures of triggers and their matches: `kubectl describe eventtrigger NAME`.",
        type: "stat",
        width: 4,
        redFrom: 1,
        queries: { [`sum(${highest("namespace, trigger", "failures")})`]: "failures" },
      },
      {
        title: "First credential expires in",
        description: "The first client certificate in the outputs.",
        type: "stat",
        width: 4,
        unit: "s",
        redBelow: 7 * 86400,
        queries: { [`min(moonferry_kubeconfig_first_expiry_timestamp_seconds{${OF_TRIGGER}}) - time()`]: "expires in" },
      },
    ],
  },
  {
    title: "Triggers",
    height: 8,
    panels: [
      {
        title: "Outputs by trigger",
        description: "A sudden fall is what gate mass-change is for.",
        type: "timeseries",
        width: 8,
        queries: { [highest("trigger", "outputs")]: "{{trigger}}" },
      },
      {
        title: "Held by gate",
        description: "ownership and collision: a conflict; mass-change: many inputs vanished at once.",
        type: "timeseries",
        width: 8,
        queries: { [highest("trigger, gate", "held")]: "{{trigger}} {{gate}}" },
      },
      {
        title: "Frozen and failing",
        description: "Frozen outputs are neither rotated nor revoked.",
        type: "timeseries",
        width: 8,
        queries: {
          [highest("trigger", "frozen_outputs")]: "{{trigger}} frozen",
          [highest("trigger", "failures")]: "{{trigger}} failures",
        },
      },
      {
        title: "Credentials: first expiry",
        description: "By trigger; `moonferry status` names the outputs.",
        type: "table",
        width: 8,
        unit: "s",
        redBelow: 7 * 86400,
        queries: {
          [`min by (namespace, trigger) (moonferry_kubeconfig_first_expiry_timestamp_seconds{${OF_TRIGGER}}) - time()`]:
            "",
        },
      },
      {
        title: "CEL rules that failed",
        description: "Evaluations on an object that failed count as no match.",
        type: "timeseries",
        width: 8,
        queries: {
          [`sum by (trigger) (rate(moonferry_cel_failures_total{${OF_TRIGGER}}[$__rate_interval]))`]: "{{trigger}}",
        },
      },
      {
        title: "What --dry-run would change",
        description: "Only of replicas that run with --dry-run.",
        type: "timeseries",
        width: 8,
        queries: { [highest("trigger, action", "would_change")]: "{{trigger}} {{action}}" },
      },
    ],
  },
  {
    title: "Work",
    height: 8,
    panels: [
      {
        title: "Passes",
        description: "By what came of them.",
        type: "timeseries",
        width: 8,
        unit: "ops",
        queries: {
          [`sum by (result) (rate(moonferry_reconcile_total{${OF_TRIGGER}}[$__rate_interval]))`]: "{{result}}",
        },
      },
      {
        title: "Writes",
        description: "By action, and what came of it.",
        type: "timeseries",
        width: 8,
        unit: "ops",
        queries: {
          [`sum by (action, status) (rate(moonferry_writes_total{${OF_NAMESPACE}}[$__rate_interval]))`]:
            "{{action}} {{status}}",
        },
      },
      {
        title: "From change to write",
        description: "From a change that was seen to the last write on its account.",
        type: "timeseries",
        width: 8,
        unit: "s",
        queries: { [quantile(0.5, "propagation_seconds")]: "half", [quantile(0.99, "propagation_seconds")]: "99 %" },
      },
      {
        title: "How long a pass takes",
        description: "Reading, scripts, templates and gates of one trigger.",
        type: "timeseries",
        width: 8,
        unit: "s",
        queries: { [quantile(0.5, "reconcile_seconds")]: "half", [quantile(0.99, "reconcile_seconds")]: "99 %" },
      },
      {
        title: "How long a trigger waits",
        description: "In the queue, for its pass.",
        type: "timeseries",
        width: 8,
        unit: "s",
        queries: { [quantile(0.5, "queue_wait_seconds")]: "half", [quantile(0.99, "queue_wait_seconds")]: "99 %" },
      },
      {
        title: "Triggers that wait",
        description: "A queue that never gets empty is more work than one writer can do.",
        type: "timeseries",
        width: 8,
        queries: { [`max by (pod) (moonferry_queue_depth{${OF_NAMESPACE}})`]: "{{pod}}" },
      },
      {
        title: "Processor time of scripts",
        description: "Of an aggregatedSelection; `--lua-time` is its limit.",
        type: "timeseries",
        width: 12,
        unit: "s",
        queries: { [quantile(0.5, "script_seconds")]: "half", [quantile(0.99, "script_seconds")]: "99 %" },
      },
      {
        title: "Work of scripts",
        description: "Rounds of the Lua VM's loops, a measure that no busy machine changes: which trigger costs most.",
        type: "timeseries",
        width: 12,
        queries: {
          [`sum by (trigger) (rate(moonferry_script_fuel_total{${OF_TRIGGER}}[$__rate_interval]))`]: "{{trigger}}",
        },
      },
    ],
  },
  {
    title: "Watches",
    height: 8,
    panels: [
      {
        title: "Known",
        description: "1 while what is kept is what the server has; at 0, what needs the kind is frozen.",
        type: "timeseries",
        width: 8,
        queries: { [`min by (kind) (moonferry_watch_known{${OF_NAMESPACE}})`]: "{{kind}}" },
      },
      {
        title: "Since the watch last went on",
        description: "It says something each minute; a watch that is silent for 90 s is replaced.",
        type: "timeseries",
        width: 8,
        unit: "s",
        queries: { [`max by (kind) (moonferry_watch_age_seconds{${OF_NAMESPACE}})`]: "{{kind}}" },
      },
      {
        title: "Objects kept",
        description: "By kind; they are what takes the memory.",
        type: "timeseries",
        width: 8,
        queries: { [`max by (kind) (moonferry_watch_objects{${OF_NAMESPACE}})`]: "{{kind}}" },
      },
      {
        title: "Lists and watches opened",
        description: "Many of them: the connection to the API server is cut again and again.",
        type: "timeseries",
        width: 12,
        queries: {
          [`sum by (kind) (increase(moonferry_watch_lists{${OF_NAMESPACE}}[$__rate_interval]))`]: "{{kind}} lists",
          [`sum by (kind) (increase(moonferry_watch_starts{${OF_NAMESPACE}}[$__rate_interval]))`]: "{{kind}} watches",
        },
      },
      {
        title: "Changes that a watch had not told",
        description: "Should stay 0.",
        type: "timeseries",
        width: 12,
        queries: { [`sum by (kind) (moonferry_relist_misses{${OF_NAMESPACE}})`]: "{{kind}}" },
      },
    ],
  },
  {
    title: "Replicas",
    height: 8,
    panels: [
      {
        title: "Who leads",
        description: "1 while this replica writes.",
        type: "timeseries",
        width: 6,
        queries: { [`max by (pod) (moonferry_leader{${OF_NAMESPACE}})`]: "{{pod}}" },
      },
      {
        title: "Memory",
        description: "Resident.",
        type: "timeseries",
        width: 6,
        unit: "bytes",
        queries: { [`max by (pod) (moonferry_memory_bytes{${OF_NAMESPACE}})`]: "{{pod}}" },
      },
      {
        title: "Longest block",
        description:
          "Of the event loop, since the scrape before: what heavy scripts and large triggers cost the others.",
        type: "timeseries",
        width: 6,
        unit: "s",
        queries: { [`max by (pod) (moonferry_event_loop_block_seconds{${OF_NAMESPACE}})`]: "{{pod}}" },
      },
      {
        title: "Versions",
        description: "Replicas by version.",
        type: "timeseries",
        width: 6,
        queries: { [`count by (version) (moonferry_build_info{${OF_NAMESPACE}})`]: "{{version}}" },
      },
    ],
  },
];
