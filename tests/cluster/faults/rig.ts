/** What a fault is injected into: an API server, the proxy before it, the program itself, and the judge of the outcome. */
import { FaultProxy } from "../../support/fault_proxy.ts";
import { KubeServer } from "../../support/kube_server.ts";
import { pause } from "../../support/leader_swaps.ts";
import { RunningMoonferry } from "../../support/moonferry.ts";
import { Api } from "./api.ts";
import { auditFlags, type Traffic, trafficOf, type Write, writesOf } from "./audit.ts";
import { busiest, findFootprint, findManagers, findRate, type Footprint } from "./invariants.ts";
import { findLeaks, metricsOf, toldOn } from "./leaks.ts";
import { forgetPeakRss, peakRssOf, sampleOf } from "./process_samples.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { REPORTS, World } from "./world.ts";

/** How long a run may take to converge before it counts as never, and more for each output. */
const LIMIT = 120_000;
const LIMIT_PER_OUTPUT = 100;

/** In which a report is there that was told to wait. */
const REPORT_LIMIT = 60_000;
/** After which Deno has closed connections without use: each time that 90 s are over, those that were idle for 90 s. */
const IDLE_LIMIT = 185_000;
/** How often sockets are counted while the most of them is looked for, in milliseconds. */
const SOCKETS_EVERY = 250;
/** What one change has in flight at once, and three that the runtime has for itself. */
const SOCKETS_OF_A_CHANGE = 13;

/** The most requests in some seconds. */
export interface Rates {
  readonly ofAll: number;
  readonly sinceRight: number;
}

export class Rig {
  #loop: RunningMoonferry | undefined;
  #log = "";
  #started = 0;
  #kubeconfig = "";
  #isDirect = false;
  #limit = LIMIT;
  /** What the program took up when all its outputs were there, and when the fault began. */
  #before: Footprint | undefined;
  #faultAt = 0;
  /** Whether the program was started again in this run. */
  #isRestarted = false;
  /** Outputs that may be deleted in this run, by `<namespace>/<name>`. */
  readonly mayGo = new Set<string>();
  #findings: string[] = [];
  /** Of I6 and I8, those that were judged in this run. */
  readonly #judged = new Set<"I6" | "I8">();
  /** What a row has measured, for people. */
  readonly notes: string[] = [];
  /** What was measured, by names that hold the unit. */
  figures: Record<string, number> = {};

  private constructor(
    readonly server: KubeServer,
    readonly api: Api,
    readonly world: World,
    readonly proxy: FaultProxy,
    readonly random: () => number,
    readonly auditLog: string,
    readonly flags: readonly string[],
    readonly removeAudit: () => Promise<void>,
  ) {}

  static async open(random: () => number, flags: readonly string[] = []): Promise<Rig> {
    const audit = await auditFlags();
    const server = await KubeServer.start({ args: audit.args });
    const api = await Api.open(server);
    const world = new World(api, server);
    await world.prepare();
    const proxy = await FaultProxy.start(server, random);
    const kubeconfig = await Deno.readTextFile(server.adminKubeconfig);
    await Deno.writeTextFile(`${server.folder}/proxy.kubeconfig`, kubeconfig.replace(server.url, proxy.url));
    return new Rig(server, api, world, proxy, random, audit.log, flags, audit.remove);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.proxy.stop();
    this.api.close();
    await this.server.stop();
    await this.removeAudit();
  }

  /** Builds the world anew and starts the program; returns when all outputs are there. */
  async begin(
    isDirect = false,
    clusters = 4,
    consumers: readonly string[] = ["team-a", "team-b", "team-c"],
    kubeconfigBytes = 0,
  ): Promise<void> {
    this.#judged.clear();
    this.#limit = LIMIT + clusters * consumers.length * LIMIT_PER_OUTPUT;
    this.world.kubeconfigBytes = kubeconfigBytes;
    this.mayGo.clear();
    this.#findings = [];
    this.notes.length = 0;
    this.figures = {};
    this.#log = "";
    this.proxy.times.length = 0;
    this.proxy.record(false);
    await this.world.build(clusters, consumers);
    this.#started = Date.now();
    this.#isDirect = isDirect;
    this.#kubeconfig = isDirect ? this.server.adminKubeconfig : `${this.server.folder}/proxy.kubeconfig`;
    this.start();
    await this.converge();
    this.#before = await sampleOf(this.pid!, 0);
    this.#faultAt = Date.now();
    this.#isRestarted = false;
  }

  /** Takes away what the run has made, so that the next begins with nothing. */
  async end(): Promise<void> {
    this.proxy.set();
    await this.kill();
    await this.world.clear();
    for (const name of (await this.world.found()).keys()) {
      const [namespace, output] = name.split("/");
      await this.api.delete(`/api/v1/namespaces/${namespace}/secrets/${output}`);
    }
  }

  start(...more: string[]): void {
    this.#isRestarted = true;
    this.#loop = new RunningMoonferry([
      ...["run", "--yes", "--kubeconfig", this.#kubeconfig, "--verbose", "--mgmt-labels", "cluster-api=enabled"],
      ...["--listen", "127.0.0.1:0", "--report-namespace", REPORTS, ...this.flags, ...more],
    ]);
  }

  get log(): string {
    return this.#log + (this.#loop?.log ?? "");
  }

  /** Resolves when the log matches, or did since `from`. */
  async logs(pattern: RegExp, from: number): Promise<void> {
    await this.#loop!.logs(pattern, from);
  }

  /** The program's process; undefined when it does not run. */
  get pid(): number | undefined {
    return this.#loop?.hasEnded === false ? this.#loop.pid : undefined;
  }

  get position(): number {
    return this.#loop!.log.length;
  }

  async kill(signal: Deno.Signal = "SIGKILL"): Promise<number> {
    const loop = this.#loop;
    if (!loop) return 0;
    this.#loop = undefined;
    const code = await loop.stop(signal);
    this.#log += loop.log;
    return code;
  }

  /** Nobody reads the program's log from now on, or somebody does again. */
  readLog(isRead: boolean): void {
    if (isRead) this.#loop?.readOn();
    else this.#loop?.stopReading();
  }

  /** Outputs that the world no longer wants may go from now on. */
  async permitWithdrawals(): Promise<void> {
    const wanted = await this.world.wanted();
    for (const name of (await this.world.found()).keys()) if (!wanted.has(name)) this.mayGo.add(name);
  }

  /** Waits until what is there is what should be there. @returns milliseconds @throws after a generous while, with what differs */
  async converge(): Promise<number> {
    const started = performance.now();
    while (true) {
      const asked = performance.now();
      const difference = await this.difference();
      const now = performance.now();
      if (difference.length === 0) return now - started;
      if (now - started > this.#limit) {
        throw new Error(`it never became right: ${difference.slice(0, 5).join("; ")}\n${this.log.slice(-4000)}`);
      }
      // To look at ten thousand outputs takes seconds of two cores: who looks all the time is the load that is measured.
      await pause(Math.max(50, 2 * (now - asked) - 100));
    }
  }

  /** Waits until the program writes nothing for a while. */
  async untilQuiet(): Promise<void> {
    for (let count = -1, now = 0; count !== now;) {
      count = (await this.writes()).length;
      await pause(2_000);
      now = (await this.writes()).length;
    }
  }

  async difference(): Promise<string[]> {
    const [wanted, found] = await Promise.all([this.world.wanted(), this.world.found()]);
    return [
      ...[...wanted].filter(([name, value]) => found.get(name) !== value).map(([name]) => `${name} is missing or old`),
      ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is too many`),
    ];
  }

  /** What the fault's own row demands, or judges of I6 and I8 in its own way; where it does not hold, the run has a violation more. */
  expect(holds: boolean, otherwise: string, id: "own" | "I6" | "I7" | "I8" = "own"): void {
    if (id === "I6" || id === "I8") this.#judged.add(id);
    if (!holds) this.#findings.push(`${id}: ${otherwise}`);
  }

  /** When the program was started first, in milliseconds since 1970. */
  get startedAt(): number {
    return this.#started;
  }

  /** What the program has asked of the API server. */
  async traffic(): Promise<Traffic> {
    return await trafficOf(this.auditLog, this.#started);
  }

  /** When it asked something since `from`, both in milliseconds since 1970. */
  async requestsSince(from: number): Promise<number[]> {
    const times = this.#isDirect ? (await this.traffic()).times : this.proxy.times;
    return times.filter((at) => at >= from);
  }

  /** What `work` takes up at most: V8 collects when it sees fit, and Deno keeps sockets for a while that nobody uses. */
  async footprintOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly footprint: Footprint }> {
    await forgetPeakRss(this.pid!);
    let sockets = 0, isOver = false;
    const looking = (async () => {
      while (!isOver) {
        sockets = Math.max(sockets, (await sampleOf(this.pid!, 0)).sockets);
        await pause(SOCKETS_EVERY);
      }
    })();
    // Told when the work is over, which fails as well where the process is gone.
    looking.catch(() => {});
    const result = await work().finally(() => isOver = true);
    await looking;
    return { result, footprint: { rss: await peakRssOf(this.pid!), sockets } };
  }

  /** I6 by what something took up under the fault, and without it. */
  expectFootprint(under: Footprint, usual: Footprint): void {
    this.#judged.add("I6");
    this.#findings.push(...findFootprint(usual, under));
  }

  /** I8 by the times of requests while something was done under the fault, and while the same was done without it. */
  expectRate(under: readonly number[], usual: readonly number[]): void {
    this.#judged.add("I8");
    this.#findings.push(...findRate(busiest(under), busiest(usual)));
  }

  async writes(): Promise<Write[]> {
    return await writesOf(this.auditLog, this.#started);
  }

  /** The most requests of the program in some seconds: since its start, and since all its outputs were there. */
  async rates(): Promise<Rates> {
    const times = await this.requestsSince(0);
    return { ofAll: busiest(times), sinceRight: busiest(times.filter((at) => at >= this.#faultAt)) };
  }

  /**
   * Judges the run: `recovery` as measured, everything else by the API server's record, the process, and the log.
   *
   * @param steady the rates of a run without a fault; without it, rates and the footprint are not judged
   */
  async judge(recovery: number, steady?: Rates): Promise<Verdict> {
    const findings: string[] = [...this.#findings];
    const writes = (await this.writes()).filter(({ resource }) => resource === "secrets");
    const abroad = writes.filter(({ namespace }) => !namespace.startsWith("team-"));
    findings.push(...abroad.map(({ verb, namespace, name }) => `I1: ${verb} ${namespace}/${name}`));
    const deletes = writes.filter(({ verb, namespace, name }) =>
      verb.startsWith("delete") && !this.mayGo.has(`${namespace}/${name}`)
    );
    findings.push(...deletes.map(({ verb, namespace, name }) => `I2: ${verb} ${namespace}/${name}`));
    const difference = await this.difference();
    findings.push(...difference.map((text) => `I3: ${text}`));
    findings.push(...findManagers(await this.world.outputs(), writes));
    findings.push(...await this.#leaks());
    const isMeasured = steady !== undefined && this.#before !== undefined && this.pid !== undefined;
    if (isMeasured) {
      this.#judged.add("I6").add("I8");
      findings.push(...findFootprint(this.#before!, await sampleOf(this.pid!, 0)));
      findings.push(...findRate((await this.rates()).sinceRight, this.#usual(steady)));
    }
    await this.#measure(steady);
    return verdictOf(recovery, findings, [...this.#judged], this.notes, this.figures);
  }

  /** I7, in all that is told at the end of the run. */
  async #leaks(): Promise<string[]> {
    let told = await toldOn(this.api);
    // A server that was busy may have told the report to wait for 30 s.
    for (const end = Date.now() + REPORT_LIMIT; !told["the reports"]!.includes('"data"') && Date.now() < end;) {
      await pause(500);
      told = await toldOn(this.api);
    }
    const findings: string[] = [];
    if (this.pid !== undefined) {
      const metrics = await this.metrics().catch((error) => `${error}`);
      if (!metrics.includes("moonferry_reconcile_total")) findings.push(`own: no metrics: ${metrics.slice(0, 200)}`);
      // What is not told at all leaks nothing.
      if (!told["the reports"]!.includes('"data"')) findings.push("own: the program has written no report");
      told["the metrics"] = metrics;
    }
    return [...findings, ...findLeaks({ "the log": this.log, ...told })];
  }

  /** The program's `/metrics`. */
  async metrics(): Promise<string> {
    return await metricsOf(this.#loop!.log);
  }

  /** What starts reads everything, whether there is a fault or not. */
  #usual(steady: Rates): number {
    return this.#isRestarted ? steady.ofAll : steady.sinceRight;
  }

  /** Footprint and requests, whether they are judged or not. */
  async #measure(steady: Rates | undefined): Promise<void> {
    const { figures } = this;
    if (this.#before) [figures.rssBeforeMiB, figures.socketsBefore] = [this.#before.rss, this.#before.sockets];
    if (this.pid !== undefined) {
      const { rss, sockets } = await sampleOf(this.pid, 0);
      Object.assign(figures, { rssMiB: rss, sockets, rssMostMiB: await peakRssOf(this.pid) });
    }
    figures.requestsIn5s = (await this.rates()).sinceRight;
    if (steady) figures.usualRequestsIn5s = this.#usual(steady);
    for (const name in figures) figures[name] = Math.round(100 * figures[name]!) / 100;
  }

  /**
   * Leaves the program in peace for so long that connections without use have had their time, has it write something, which is
   * when it drops those, and counts its sockets: one for each watch, and those of what it has just done. More violate I6.
   */
  async settle(): Promise<void> {
    await pause(IDLE_LIMIT);
    await this.world.rotate("c0", 2000);
    await this.converge();
    // A server that was killed has left no record of the end of its watches.
    const metrics = await this.api.text("/metrics");
    const serverStart = 1000 * Number(/^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1]);
    const { watches } = await this.traffic();
    const open = watches.filter((at) => at >= serverStart).length;
    const { sockets } = await sampleOf(this.pid!, 0);
    if (sockets > open + SOCKETS_OF_A_CHANGE) {
      this.#findings.push(`I6: ${sockets} sockets for ${open} watches, after ${IDLE_LIMIT / 1000} s of quiet`);
    }
  }
}
