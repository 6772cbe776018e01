/**
 * Looks at Secrets all the while, by a watch and by asking again and again, and tells of any that was away for a moment, was
 * another object, or held other data. It trusts nothing of what it watches over.
 */
import assert from "node:assert/strict";
import { jsonLines } from "./json_lines.ts";
import type { KubeServer } from "./kube_server.ts";

const PAUSE_MILLISECONDS = 25;

interface Secret {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly data: Record<string, string>;
}

export class SecretObserver {
  readonly #client: Deno.HttpClient;
  readonly #url: string;
  readonly #wanted = new Map<string, string>();
  readonly #violations: string[] = [];
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  /** How often the watch has told of each Secret. */
  readonly changes = new Map<string, number>();
  /** How often all of them were asked for. */
  looks = 0;

  private constructor(url: string, client: Deno.HttpClient) {
    this.#url = url;
    this.#client = client;
  }

  /** Starts to look at the Secrets of these names (`namespace/name`), which must stay as they are now. */
  static async start(server: KubeServer, names: readonly string[]): Promise<SecretObserver> {
    const read = (file: string) => Deno.readTextFile(`${server.folder}/${file}`);
    const client = Deno.createHttpClient({
      caCerts: [await read("ca.crt")],
      cert: await read("admin.crt"),
      key: await read("admin.key"),
    });
    const observer = new SecretObserver(`${server.url}/api/v1/secrets`, client);
    const { items, version } = await observer.#list();
    for (const item of items) if (names.includes(nameOf(item))) observer.#wanted.set(nameOf(item), contentOf(item));
    assert.deepEqual([...observer.#wanted.keys()].sort(), [...names].sort());
    const watch = await observer.#openWatch(version);
    observer.#running = Promise.all([observer.#read(watch), observer.#poll()]);
    return observer;
  }

  async #list(): Promise<{ items: Secret[]; version: string }> {
    const response = await fetch(this.#url, { client: this.#client, signal: this.#stop.signal });
    assert.equal(response.status, 200);
    const { items, metadata } = await response.json();
    return { items, version: metadata.resourceVersion };
  }

  async #openWatch(version: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const url = `${this.#url}?watch=1&resourceVersion=${version}`;
    const response = await fetch(url, { client: this.#client });
    assert.equal(response.status, 200);
    return response.body!;
  }

  async #read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      for await (const event of jsonLines(body, this.#stop.signal)) this.#judgeEvent(event);
      if (!this.#stop.signal.aborted) this.#violations.push("the watch ended by itself");
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #judgeEvent({ type, object }: { type: string; object: Secret }): void {
    if (type === "ERROR") return void this.#violations.push("the watch ended with an error");
    const name = nameOf(object);
    if (!this.#wanted.has(name)) return;
    this.changes.set(name, (this.changes.get(name) ?? 0) + 1);
    if (type !== "MODIFIED") this.#violations.push(`watch: ${name} ${type}`);
    else this.#judge("watch", name, object);
  }

  #judge(by: string, name: string, secret: Secret): void {
    // Which Secret, never what it holds.
    if (contentOf(secret) !== this.#wanted.get(name)) {
      this.#violations.push(`${by}: ${name} is another, or holds other data`);
    }
  }

  async #poll(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const { items } = await this.#list();
        const there = new Map(items.map((item) => [nameOf(item), item]));
        for (const name of this.#wanted.keys()) {
          const secret = there.get(name);
          if (secret) this.#judge("look", name, secret);
          else this.#violations.push(`look: ${name} is not there`);
        }
        this.looks++;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  /** All that was wrong so far. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  async stop(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#running;
    this.#client.close();
  }
}

function nameOf({ metadata: { namespace, name } }: Secret): string {
  return `${namespace}/${name}`;
}

function contentOf({ metadata: { uid }, data }: Secret): string {
  return JSON.stringify([uid, Object.entries(data).sort()]);
}
