/**
 * The HTTP side of a running loop: `/metrics`, `/healthz` (is it worth restarting?) and `/readyz` (does it know the world?).
 * It answers GET alone, shows no object, and has no switch.
 */
import type { Metrics } from "./metrics.ts";

/** What is wrong, a line each; nothing where all is well. Lines name kinds and causes, no objects. */
export type Check = () => readonly string[];

export interface TelemetryServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface TelemetryParts {
  readonly metrics: Metrics;
  readonly health: Check;
  readonly readiness: Check;
}

/** @throws {Deno.errors.AddrInUse} and the like, where it can't listen. */
export function serveTelemetry(hostname: string, port: number, parts: TelemetryParts): TelemetryServer {
  const server = Deno.serve({ hostname, port, onListen() {} }, async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "GET only\n");
    switch (new URL(request.url).pathname) {
      case "/metrics":
        return answer(200, await parts.metrics.text(), parts.metrics.contentType);
      case "/healthz":
        return checked(parts.health());
      case "/readyz":
        return checked(parts.readiness());
    }
    return answer(404, "/metrics, /healthz or /readyz\n");
  });
  return { port: server.addr.port, close: () => server.shutdown() };
}

function checked(problems: readonly string[]): Response {
  return problems.length === 0 ? answer(200, "ok\n") : answer(503, `${problems.join("\n")}\n`);
}

function answer(status: number, body: string, contentType = "text/plain; charset=utf-8"): Response {
  return new Response(body, { status, headers: { "content-type": contentType, "x-content-type-options": "nosniff" } });
}
