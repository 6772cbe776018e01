/** What a fault is injected into: an API server, the proxy before it, the program itself, and the judge of the outcome. */
import { FaultProxy } from "../../support/fault_proxy.ts";
import { KubeServer } from "../../support/kube_server.ts";
import { RunningMoonferry } from "../../support/moonferry.ts";
import { Api } from "./api.ts";
import { auditFlags, type Write, writesOf } from "./audit.ts";
import { CANARY, World } from "./world.ts";

/** How long a run may take to converge before it counts as never. */
const LIMIT = 120_000;

/** How many violations of each invariant of reliability §3 a run had, and of what its fault's row demands besides. */
export type Violations = Readonly<Record<"I1" | "I2" | "I3" | "I7" | "own", number>>;

export interface Verdict {
  readonly violations: Violations;
  /** Milliseconds from the end of the fault to the right outputs. */
  readonly recovery: number;
  /** What was wrong, for people. */
  readonly findings: readonly string[];
}

export class Rig {
  #loop: RunningMoonferry | undefined;
  #log = "";
  #started = 0;
  #kubeconfig = "";
  /** Outputs that may be deleted in this run, by `<namespace>/<name>`. */
  readonly mayGo = new Set<string>();
  #own: string[] = [];
  /** What a row has measured, for people. */
  readonly notes: string[] = [];

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
  ): Promise<void> {
    this.mayGo.clear();
    this.#own = [];
    this.notes.length = 0;
    this.#log = "";
    await this.world.build(clusters, consumers);
    this.#started = Date.now();
    this.#kubeconfig = isDirect ? this.server.adminKubeconfig : `${this.server.folder}/proxy.kubeconfig`;
    this.start();
    await this.converge();
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
    const args = ["run", "--yes", "--kubeconfig", this.#kubeconfig, "--verbose"];
    this.#loop = new RunningMoonferry([...args, "--mgmt-labels", "cluster-api=enabled", ...this.flags, ...more]);
  }

  get log(): string {
    return this.#log + (this.#loop?.log ?? "");
  }

  /** Resolves when the log matches from now on, or did since `from`. */
  async logs(pattern: RegExp, from?: number): Promise<void> {
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

  /** Outputs that the world no longer wants may go from now on. */
  async permitWithdrawals(): Promise<void> {
    const wanted = await this.world.wanted();
    for (const name of (await this.world.found()).keys()) if (!wanted.has(name)) this.mayGo.add(name);
  }

  /** Waits until what is there is what should be there. @returns milliseconds @throws after a generous while, with what differs */
  async converge(): Promise<number> {
    const started = performance.now();
    while (true) {
      const difference = await this.difference();
      if (difference.length === 0) return performance.now() - started;
      if (performance.now() - started > LIMIT) {
        throw new Error(`it never became right: ${difference.slice(0, 5).join("; ")}\n${this.log.slice(-4000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async difference(): Promise<string[]> {
    const [wanted, found] = await Promise.all([this.world.wanted(), this.world.found()]);
    return [
      ...[...wanted].filter(([name, value]) => found.get(name) !== value).map(([name]) => `${name} is missing or old`),
      ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is too many`),
    ];
  }

  /** What the fault's own row demands; where it does not hold, the run has a violation more. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.#own.push(`own: ${otherwise}`);
  }

  async writes(): Promise<Write[]> {
    return await writesOf(this.auditLog, this.#started);
  }

  /** Judges the run: `recovery` as measured, everything else by the API server's record and the log. */
  async judge(recovery: number): Promise<Verdict> {
    const findings: string[] = [...this.#own];
    const writes = (await this.writes()).filter(({ resource }) => resource === "secrets");
    const abroad = writes.filter(({ namespace }) => !namespace.startsWith("team-"));
    findings.push(...abroad.map(({ verb, namespace, name }) => `I1: ${verb} ${namespace}/${name}`));
    const deletes = writes.filter(({ verb, namespace, name }) =>
      verb.startsWith("delete") && !this.mayGo.has(`${namespace}/${name}`)
    );
    findings.push(...deletes.map(({ verb, namespace, name }) => `I2: ${verb} ${namespace}/${name}`));
    const difference = await this.difference();
    findings.push(...difference.map((text) => `I3: ${text}`));
    const leaks = this.log.includes(CANARY) || this.log.includes(btoa(CANARY).slice(0, 12));
    if (leaks) findings.push("I7: the log holds bytes of a kubeconfig");
    const count = (id: string) => findings.filter((text) => text.startsWith(id)).length;
    return {
      violations: { I1: count("I1"), I2: count("I2"), I3: count("I3"), I7: count("I7"), own: count("own") },
      recovery,
      findings,
    };
  }
}
