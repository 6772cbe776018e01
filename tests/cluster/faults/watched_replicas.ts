/** I6 and I8 for two replicas: what the one asks for and takes up that leads after the other one was lost. */
import { FaultProxy } from "../../support/fault_proxy.ts";
import { pause } from "../../support/leader_swaps.ts";
import { type Replicas, type Slot, SLOTS } from "../../support/replicas.ts";
import type { Chance } from "./chance.ts";
import { busiest, findFootprint, findRate, type Footprint, WINDOW } from "./invariants.ts";
import { sampleOf } from "./process_samples.ts";
import { CANARY } from "./world.ts";

interface Taken {
  readonly findings: readonly string[];
  readonly judged: readonly ("I6" | "I8")[];
  readonly figures: Readonly<Record<string, number>>;
}

export class WatchedReplicas {
  #usual = 0;
  #findings: string[] = [];
  #judged: ("I6" | "I8")[] = [];
  #figures: Record<string, number> = {};

  private constructor(readonly replicas: Replicas, readonly proxies: ReadonlyMap<Slot, FaultProxy>) {}

  /** Puts a proxy before the API server for each replica, which only counts; to be done before they are launched. */
  static async of(replicas: Replicas): Promise<WatchedReplicas> {
    const { server, folder } = replicas;
    const proxies = new Map<Slot, FaultProxy>();
    for (const slot of SLOTS) {
      const proxy = await FaultProxy.start(server, () => 0, "caller");
      proxies.set(slot, proxy);
      const file = `${folder}/${slot}.kubeconfig`;
      const text = await Deno.readTextFile(file);
      if (!text.includes(server.url)) throw new Error(`${file} does not name ${server.url}`);
      await Deno.writeTextFile(file, text.replace(server.url, proxy.url));
    }
    return new WatchedReplicas(replicas, proxies);
  }

  /** To be done once the replicas have ended: a proxy waits for what is under way. */
  async stop(): Promise<void> {
    for (const proxy of this.proxies.values()) await proxy.stop();
  }

  /** The busiest time of a leader that nothing happens to, with as many changes of the inputs as a swap has. */
  async measureUsual(chance: Chance): Promise<void> {
    const began = Date.now();
    for (const when of ["before", "after"]) {
      await this.#deliver(`${CANARY} usual ${when}`);
      await pause(300 * chance.next());
    }
    await pause(WINDOW);
    this.#usual = Math.max(
      ...[...this.proxies.values()].map(({ times }) => busiest(times.filter((at) => at >= began))),
    );
  }

  async #deliver(value: string): Promise<void> {
    await this.replicas.tick(value);
    for (const end = performance.now() + 60_000; !await this.replicas.haveAll(value); await pause(25)) {
      if (performance.now() > end) throw new Error("a value never arrived, and nothing had happened to the leader");
    }
  }

  /** Does what takes the lead from one of them, and judges the one that leads then, if it was there before. */
  async judge<T>(swap: () => Promise<T>): Promise<T> {
    const began = Date.now(), before = new Map<number, Footprint>();
    for (const { pid, hasEnded } of this.replicas.running.values()) {
      if (!hasEnded) before.set(pid, await sampleOf(pid, 0));
    }
    const result = await swap();
    const slot = await this.replicas.leader();
    const survivor = slot && this.replicas.running.get(slot);
    if (!slot || !survivor || survivor.hasEnded) return result;
    const footprint = before.get(survivor.pid);
    if (!footprint) return result;
    const after = await sampleOf(survivor.pid, 0);
    const requests = busiest(this.proxies.get(slot)!.times.filter((at) => at >= began));
    this.#judged = ["I6", "I8"];
    this.#findings.push(...findFootprint(footprint, after), ...findRate(requests, this.#usual));
    this.#figures = {
      rssBeforeMiB: footprint.rss,
      rssMiB: after.rss,
      socketsBefore: footprint.sockets,
      sockets: after.sockets,
      requestsIn5s: Math.max(requests, this.#figures.requestsIn5s ?? 0),
      usualRequestsIn5s: this.#usual,
    };
    return result;
  }

  /** What was found since it was asked last. */
  take(): Taken {
    const figures = Object.entries(this.#figures).map(([name, value]) => [name, Math.round(100 * value) / 100]);
    const taken = { findings: this.#findings, judged: this.#judged, figures: Object.fromEntries(figures) };
    [this.#findings, this.#judged, this.#figures] = [[], [], {}];
    return taken;
  }
}
