/** The API server as the judge sees it: straight, past the proxy, with nothing of the product's own code. */
import { jsonLines } from "../../support/json_lines.ts";
import type { KubeServer } from "../../support/kube_server.ts";

// deno-lint-ignore no-explicit-any -- objects of any kind, as the API gives them
export type Any = any;

/** Three minutes of an API server that is away: longer than any fault. */
const MOST_TRIES = 1_800;

export class Api {
  readonly #client: Deno.HttpClient;

  private constructor(readonly url: string, ca: string, cert: string, key: string) {
    this.#client = Deno.createHttpClient({ caCerts: [ca], cert, key, http2: false });
  }

  static async open(server: KubeServer): Promise<Api> {
    const read = (name: string) => Deno.readTextFile(`${server.folder}/${name}`);
    return new Api(server.url, await read("ca.crt"), await read("admin.crt"), await read("admin.key"));
  }

  close(): void {
    this.#client.close();
  }

  /** The answer's JSON; null for 404. Tries again while the server is away. */
  async ask(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<Any> {
    for (let tries = 0;; tries++) {
      try {
        const response = await fetch(`${this.url}${path}`, {
          method,
          client: this.#client,
          headers: { "content-type": contentType, "user-agent": "judge" },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(20_000),
        } as RequestInit);
        const answer = await response.json();
        if (response.status === 404) return null;
        if (response.ok) return answer;
        // RBAC caches of a server that has just started, and namespaces on their way.
        if (tries > MOST_TRIES) throw new Error(`${method} ${path}: ${response.status} ${answer.message}`);
      } catch (error) {
        if (tries > MOST_TRIES || !(error instanceof TypeError || error instanceof DOMException)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  get(path: string): Promise<Any> {
    return this.ask("GET", path);
  }

  /** The events of a watch, until the server ends it or the signal is aborted. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<Any, void, void> {
    const response = await fetch(`${this.url}${path}`, { client: this.#client, signal } as RequestInit);
    yield* jsonLines(response.body!, signal);
  }

  /** What is no JSON, such as metrics. */
  async text(path: string): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { client: this.#client, signal: AbortSignal.timeout(20_000) });
    return await response.text();
  }

  /** Creates it, or makes it so where it is there. */
  async put(path: string, object: Any): Promise<void> {
    const target = `${path}/${object.metadata.name}?fieldManager=world&force=true`;
    await this.ask("PATCH", target, object, "application/apply-patch+yaml");
  }

  async merge(path: string, patch: Any): Promise<void> {
    await this.ask("PATCH", path, patch, "application/merge-patch+json");
  }

  async delete(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }
}
