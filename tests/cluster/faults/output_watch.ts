/** What becomes of the outputs, event by event: a watch of the judge's own, past the proxy, with nothing of the product's. */
import type { Any, Api } from "./api.ts";

export interface OutputEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** `<namespace>/<name>`. */
  readonly output: string;
  readonly uid: string;
  /** The kubeconfig, in base64. */
  readonly value: string | undefined;
  /** By `performance.now()`. */
  readonly at: number;
}

export class OutputWatch {
  readonly events: OutputEvent[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #failure: unknown;

  private constructor(api: Api, resourceVersion: string) {
    this.#running = this.#read(api, resourceVersion);
  }

  /** Sees everything from now on. */
  static async open(api: Api): Promise<OutputWatch> {
    const { metadata } = await api.get("/api/v1/secrets?labelSelector=moonferry.dev/instance&limit=1");
    return new OutputWatch(api, metadata.resourceVersion);
  }

  /** @throws where it ended before, and so did not see everything */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** When each output first was as `isSo` says, in milliseconds after `from`; absent where it never was. */
  firstAfter(from: number, isSo: (event: OutputEvent) => boolean): Map<string, number> {
    const first = new Map<string, number>();
    for (const event of this.events) {
      if (event.at >= from && !first.has(event.output) && isSo(event)) first.set(event.output, event.at - from);
    }
    return first;
  }

  async #read(api: Api, resourceVersion: string): Promise<void> {
    try {
      const query = `watch=true&labelSelector=moonferry.dev/instance&resourceVersion=${resourceVersion}`;
      for await (const { type, object } of api.watch(`/api/v1/secrets?${query}`, this.#stop.signal)) {
        this.events.push(eventOf(type, object));
      }
      if (!this.#stop.signal.aborted) this.#failure = new Error("the judge's watch ended");
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failure = error;
    }
  }
}

function eventOf(type: OutputEvent["type"], { metadata, data }: Any): OutputEvent {
  const output = `${metadata.namespace}/${metadata.name}`;
  return { type, output, uid: metadata.uid, value: data?.config, at: performance.now() };
}

/** The `share`-th of the values, sorted; NaN where there are none. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
