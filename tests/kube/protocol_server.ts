/** HTTP servers on 127.0.0.1 that misbehave as told: for faults of the protocol, not to imitate Kubernetes. */
import type { ClusterConnection } from "../../src/kube/config.ts";
import type { ResourceType } from "../../src/kube/resource.ts";

export const SECRETS: ResourceType = {
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  verbs: ["create", "delete", "get", "list", "patch", "watch"],
};

export function connectionTo(server: string, more: Partial<ClusterConnection> = {}): ClusterConnection {
  return {
    server,
    auth: { name: "nobody" },
    contextName: "test",
    namespace: "default",
    insecureSkipTlsVerify: false,
    ...more,
  };
}

export interface TestServer extends AsyncDisposable {
  readonly connection: ClusterConnection;
  /** What was asked, in order: `GET /api/v1/secrets?limit=500`. */
  readonly requests: string[];
}

/** Answers by `handler`. */
export function serveHttp(handler: (request: Request, index: number) => Response | Promise<Response>): TestServer {
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    requests.push(`${request.method} ${pathname}${search}`);
    return handler(request, requests.length - 1);
  });
  return {
    connection: connectionTo(`http://127.0.0.1:${server.addr.port}`),
    requests,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

/** Answers each connection with the next of `answers`, byte by byte as it stands there, and closes it. */
export function serveBytes(answers: readonly string[]): TestServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(65536);
      const read = await connection.read(buffer);
      const head = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
      requests.push(head.slice(0, head.indexOf(" HTTP/")));
      const answer = answers[Math.min(requests.length, answers.length) - 1]!;
      await connection.write(new TextEncoder().encode(answer)).catch(() => {});
      connection.close();
    }
  })();
  return {
    connection: connectionTo(`http://127.0.0.1:${listener.addr.port}`),
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}

/** A Kubernetes Status, as the API server writes errors. */
export function status(code: number, reason: string, message: string, details?: unknown): unknown {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", code, reason, message, details };
}

export function secretList(names: readonly string[], resourceVersion: string, continueToken?: string): unknown {
  return {
    kind: "SecretList",
    apiVersion: "v1",
    metadata: { resourceVersion, ...(continueToken ? { continue: continueToken } : {}) },
    items: names.map((name, index) => ({
      metadata: { namespace: "a", name, uid: `uid-${name}`, resourceVersion: String(index + 1) },
      data: {},
    })),
  };
}

/** A 200 whose body comes in the given pieces, each on its own. */
export function chunked(pieces: readonly (string | Uint8Array)[], end = true): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const piece of pieces) {
        controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
        // Lets the server send what there is as a chunk of its own.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (end) controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}
