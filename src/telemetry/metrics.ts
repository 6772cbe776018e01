/**
 * Every metric there is, declared here. They count and time; names of triggers, kinds and gates are labels, names of Secrets,
 * namespaces and clusters never are.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** One watch, as it stands. */
export interface WatchSample {
  /** `Secret`, `Cluster.cluster.x-k8s.io`. */
  readonly kind: string;
  /** Milliseconds since what the watch keeps last went on. */
  readonly age: number;
  /** Milliseconds since the server last answered for it, be it with an error. */
  readonly silence: number;
  readonly isKnown: boolean;
  readonly objects: number;
  readonly lists: number;
  readonly watches: number;
  /** Changes that a list found and a watch should have told. */
  readonly misses: number;
}

const RESULTS = ["ok", "held", "failed", "frozen"] as const;

/** One pass over a trigger. */
export interface PassSample {
  readonly trigger: string;
  readonly result: typeof RESULTS[number];
  readonly seconds: number;
  /** From the queue's first knowledge of a change to the pass. */
  readonly waitSeconds: number;
  /** From a change that was seen to the last write on its account; absent where nothing was written. */
  readonly delaySeconds?: number;
  readonly writes: readonly { readonly action: string; readonly status: string }[];
  /** By gate. */
  readonly held: ReadonlyMap<string, number>;
  readonly frozen: number;
  readonly outputs: number;
  readonly failures: number;
  /** What a loop that only looks would do, by action. */
  readonly wouldChange?: ReadonlyMap<string, number>;
  /** Evaluations of CEL rules that failed on an object, which counts as no match. */
  readonly celFailures: number;
  /** What the trigger's script cost, also one that failed or was stopped; absent where none was run. */
  readonly script?: { readonly fuel: number; readonly milliseconds: number };
  /** When the first certificate in the outputs' kubeconfigs expires, in seconds since 1970. */
  readonly firstExpiry?: number;
}

export interface MetricsSources {
  readonly watches: () => readonly WatchSample[];
  readonly queueDepth: () => number;
  readonly isLeader: () => boolean;
  /** Resident bytes of the process. */
  readonly memory: () => number;
  /** The longest time in seconds for which the event loop was blocked since the last question. */
  readonly longestBlock: () => number;
  readonly version: string;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export class Metrics {
  readonly #registry = new Registry();
  readonly #passes = this.#counter("reconcile_total", "Passes over a trigger, by result.", ["trigger", "result"]);
  readonly #seconds = this.#histogram("reconcile_seconds", "How long a pass took.");
  readonly #wait = this.#histogram("queue_wait_seconds", "How long a trigger waited in the queue.");
  readonly #delay = this.#histogram(
    "propagation_seconds",
    "From a change that was seen to the last write on its account.",
  );
  readonly #writes = this.#counter("writes_total", "Changes carried out, by what came of them.", ["action", "status"]);
  readonly #held = this.#gauge("held", "Changes held back, by gate.", ["trigger", "gate"]);
  readonly #frozen = this.#gauge("frozen_outputs", "Outputs left as they are since their input is incomplete.", [
    "trigger",
  ]);
  readonly #outputs = this.#gauge("outputs", "Outputs that are as wanted, or are written now.", ["trigger"]);
  readonly #failures = this.#gauge("failures", "Failures of a trigger and its matches.", ["trigger"]);
  readonly #would = this.#gauge("would_change", "Changes that --dry-run keeps from being made.", ["trigger", "action"]);
  readonly #cel = this.#counter("cel_failures_total", "Evaluations of CEL rules that failed on an object.", [
    "trigger",
  ]);
  readonly #scriptSeconds = this.#histogram(
    "script_seconds",
    "Processor time of an aggregatedSelection, also of one that fails or is stopped.",
  );
  readonly #fuel = this.#counter("script_fuel_total", "Rounds of the Lua VM's loops in aggregatedSelection.", [
    "trigger",
  ]);
  readonly #expiry = this.#gauge("kubeconfig_first_expiry_timestamp_seconds", "When the first credential expires.", [
    "trigger",
  ]);

  constructor(sources: MetricsSources) {
    const sampled = (name: string, help: string, labels: string[], sample: (gauge: Gauge) => void) =>
      void new Gauge({
        name: `moonferry_${name}`,
        help,
        labelNames: labels,
        registers: [this.#registry],
        collect() {
          this.reset();
          sample(this);
        },
      });
    const ofWatches = (
      name: string,
      help: string,
      value: (sample: WatchSample) => number,
      ofAll: (...values: number[]) => number = Math.max,
    ) =>
      sampled(name, help, ["kind"], (gauge) => {
        for (const [kind, samples] of Map.groupBy(sources.watches(), (sample) => sample.kind)) {
          gauge.set({ kind }, ofAll(...samples.map(value)));
        }
      });
    ofWatches(
      "watch_age_seconds",
      "Since a kind's watches last went on: a list, an event, a bookmark; the oldest.",
      ({ age }) => age / 1000,
    );
    ofWatches(
      "watch_known",
      "1 while what all watches of a kind keep is what the server has.",
      ({ isKnown }) => Number(isKnown),
      Math.min,
    );
    ofWatches("watch_objects", "Objects that a watch keeps; the largest.", ({ objects }) => objects);
    const sum = (...values: number[]) => values.reduce((total, value) => total + value, 0);
    ofWatches("watch_lists", "Lists of a kind since the start.", ({ lists }) => lists, sum);
    ofWatches("watch_starts", "Watches of a kind opened since the start.", ({ watches }) => watches, sum);
    // The first that one watch misses shows whatever another has missed before.
    ofWatches("relist_misses", "Changes that a list found and a watch had not told.", ({ misses }) => misses, sum);
    sampled("queue_depth", "Triggers that wait for a pass.", [], (gauge) => gauge.set(sources.queueDepth()));
    sampled("leader", "1 while this replica writes.", [], (gauge) => gauge.set(Number(sources.isLeader())));
    sampled("memory_bytes", "Resident memory.", [], (gauge) => gauge.set(sources.memory()));
    sampled(
      "event_loop_block_seconds",
      "The longest block since the last scrape.",
      [],
      (gauge) => gauge.set(sources.longestBlock()),
    );
    const build = this.#gauge("build_info", "1, with the version.", ["version"]);
    build.set({ version: sources.version }, 1);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  passed(pass: PassSample): void {
    const { trigger } = pass;
    this.#passes.inc({ trigger, result: pass.result });
    this.#seconds.observe(pass.seconds);
    this.#wait.observe(pass.waitSeconds);
    if (pass.delaySeconds !== undefined) this.#delay.observe(pass.delaySeconds);
    for (const { action, status } of pass.writes) this.#writes.inc({ action, status });
    this.#replace(this.#held, { trigger }, "gate", pass.held);
    this.#frozen.set({ trigger }, pass.frozen);
    this.#outputs.set({ trigger }, pass.outputs);
    this.#failures.set({ trigger }, pass.failures);
    if (pass.celFailures > 0) this.#cel.inc({ trigger }, pass.celFailures);
    if (pass.script) {
      this.#scriptSeconds.observe(pass.script.milliseconds / 1000);
      this.#fuel.inc({ trigger }, pass.script.fuel);
    }
    if (pass.wouldChange) this.#replace(this.#would, { trigger }, "action", pass.wouldChange);
    if (pass.firstExpiry === undefined) this.#expiry.remove({ trigger });
    else this.#expiry.set({ trigger }, pass.firstExpiry);
  }

  /** The trigger is gone, and all that it had with it: whoever makes and deletes triggers must not make series without end. */
  forget(trigger: string): void {
    for (const metric of [this.#frozen, this.#outputs, this.#failures, this.#expiry, this.#cel, this.#fuel]) {
      metric.remove({ trigger });
    }
    for (const result of RESULTS) this.#passes.remove({ trigger, result });
    for (const [gauge, label] of [[this.#held, "gate"], [this.#would, "action"]] as const) {
      const key = `${label} ${trigger}`;
      for (const name of this.#known.get(key) ?? []) gauge.remove({ trigger, [label]: name });
      this.#known.delete(key);
    }
  }

  readonly #known = new Map<string, Set<string>>();

  /** Sets one series for each entry; what is there no more becomes 0, so that an alert ends. */
  #replace(gauge: Gauge, base: { trigger: string }, label: string, values: ReadonlyMap<string, number>): void {
    const key = `${label} ${base.trigger}`;
    const known = this.#known.get(key) ?? new Set<string>();
    this.#known.set(key, known);
    for (const name of values.keys()) known.add(name);
    for (const name of known) gauge.set({ ...base, [label]: name }, values.get(name) ?? 0);
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name: `moonferry_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name: `moonferry_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name: `moonferry_${name}`, help, buckets: SECONDS, registers: [this.#registry] });
  }
}
