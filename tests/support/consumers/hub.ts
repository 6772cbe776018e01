/** The hub as its consumers see it: plain reads of the API, the events of a watch, and what a consumer takes away in the end. */
import { field, type Json, type JsonObject } from "../../../src/json/json.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import type { KubeServer } from "../kube_server.ts";

/** What a consumer connects with. Certificates and keys are PEM. */
export interface Access {
  readonly server: string;
  readonly ca: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A consumer's clusters by the name that it has for each. */
export type Clusters = ReadonlyMap<string, Access>;

// deno-lint-ignore no-explicit-any -- an object of any kind, as the API gives it
export type Item = any;

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Item;
}

export function decoded(text: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(text));
}

function clientFor({ ca, cert, key }: Access): Deno.HttpClient {
  const base = { caCerts: [ca], http2: false };
  return Deno.createHttpClient(cert && key ? { ...base, cert, key } : base);
}

/** GET of a path with nothing but the credential. @throws an error with the status where it is not answered with 200. */
export async function getJson(access: Access, path: string): Promise<Item> {
  const headers: Record<string, string> = access.token ? { authorization: `Bearer ${access.token}` } : {};
  return await request(access, path, { headers });
}

async function request(access: Access, path: string, init: RequestInit): Promise<Item> {
  const client = clientFor(access);
  try {
    const response = await fetch(`${access.server}${path}`, { client, ...init });
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status}`);
    return JSON.parse(text);
  } finally {
    client.close();
  }
}

/** What every consumer does in the end. */
export async function listNamespaces(access: Access): Promise<string[]> {
  return (await getJson(access, "/api/v1/namespaces")).items.map(({ metadata }: Item) => metadata.name);
}

export class Hub {
  private constructor(readonly access: Access) {}

  static async of(server: KubeServer): Promise<Hub> {
    return new Hub(accessOf(await Deno.readTextFile(server.adminKubeconfig)));
  }

  /** The objects of a collection, by labels; empty where there are none. */
  async list(collection: string, labels: Readonly<Record<string, string>> = {}): Promise<Item[]> {
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
    const query = selector === "" ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
    return (await getJson(this.access, `${collection}${query}`)).items;
  }

  /** One object; undefined where it is not there. */
  async get(path: string): Promise<Item | undefined> {
    try {
      return await getJson(this.access, path);
    } catch (error) {
      if (error instanceof Error && error.message.endsWith(": 404")) return undefined;
      throw error;
    }
  }

  async secrets(namespace: string, labels: Readonly<Record<string, string>> = {}): Promise<Item[]> {
    return await this.list(`/api/v1/namespaces/${namespace}/secrets`, labels);
  }

  /** Server-side apply of another manager. */
  async applyAs(fieldManager: string, path: string, object: Item): Promise<void> {
    const headers = { "content-type": "application/apply-patch+yaml" };
    const body = JSON.stringify(object);
    await request(this.access, `${path}?fieldManager=${fieldManager}`, { method: "PATCH", headers, body });
  }

  /** Notes all events of the collections from now on, until the signal aborts. */
  async watch(collections: readonly string[], signal: AbortSignal): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    for (const collection of collections) {
      const { metadata } = await getJson(this.access, `${collection}?limit=1`);
      const client = clientFor(this.access);
      const url = `${this.access.server}${collection}?watch=true&resourceVersion=${metadata.resourceVersion}`;
      const response = await fetch(url, { client, signal });
      const lines = response.body!.pipeThrough(new TextDecoderStream());
      (async () => {
        let rest = "";
        for await (const text of lines) {
          const parts = (rest + text).split("\n");
          rest = parts.pop()!;
          for (const part of parts) events.push(JSON.parse(part));
        }
      })().catch(() => {}).finally(() => client.close());
    }
    return events;
  }
}

/** What client-go makes of a kubeconfig: the cluster and the user of its current context. */
export function accessOf(kubeconfig: string): Access {
  const config = readYaml(kubeconfig);
  const named = (list: string, name: Json | undefined, inner: string): JsonObject => {
    const entry = (field(config, list) as JsonObject[]).find((one) => one.name === name);
    if (!entry) throw new Error(`the kubeconfig has no ${inner} of the name that it asks for`);
    return entry[inner] as JsonObject;
  };
  const context = named("contexts", field(config, "current-context"), "context");
  const cluster = named("clusters", context.cluster, "cluster"), user = named("users", context.user, "user");
  const pem = (value: Json | undefined) => typeof value === "string" ? decoded(value) : undefined;
  return {
    server: cluster.server as string,
    ca: pem(cluster["certificate-authority-data"])!,
    token: user.token as string | undefined,
    cert: pem(user["client-certificate-data"]),
    key: pem(user["client-key-data"]),
  };
}

/** The one entry there must be. */
export function only(items: readonly Item[], what: string): Item {
  if (items.length !== 1) throw new Error(`${what}: ${items.length} found, wanted exactly one`);
  return items[0];
}
