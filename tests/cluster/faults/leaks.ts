/** I7 of reliability §3: no byte of what stands in a Secret is told, in whatever form, to whoever may not read Secrets. */
import { findCanaries } from "../../support/canaries.ts";
import type { Any, Api } from "./api.ts";
import { CANARY } from "./world.ts";

/** What everybody may read who may not read Secrets: collections of the API server. */
const TOLD: Readonly<Record<string, string>> = {
  Events: "/api/v1/events",
  "the EventTriggers": "/apis/lib.projectsveltos.io/v1beta1/eventtriggers",
  "the EventSources": "/apis/lib.projectsveltos.io/v1beta1/eventsources",
  "the reports": "/api/v1/configmaps?labelSelector=moonferry.dev/report",
  "the Leases": "/apis/coordination.k8s.io/v1/leases",
};
/** For a process whose processor others use. */
const METRICS_LIMIT = 10_000;

/** A finding for each form in which the canary of these worlds stands in a text, by where the text is from. */
export function findLeaks(told: Readonly<Record<string, string>>): string[] {
  return Object.entries(told).flatMap(([where, text]) =>
    findCanaries(text, { canary: CANARY }).map((found) => `I7: ${where}: ${found}`)
  );
}

/** What the program has told on the API server, by where: with the names, labels and annotations of its outputs. */
export async function toldOn(api: Api): Promise<Record<string, string>> {
  const told: Record<string, string> = {};
  for (const [where, path] of Object.entries(TOLD)) told[where] = JSON.stringify(await api.get(path));
  const { items } = await api.get("/api/v1/secrets?labelSelector=moonferry.dev/instance");
  told["the outputs' metadata"] = JSON.stringify(items.map(({ metadata }: Any) => metadata));
  return told;
}

/** @param log of a program that was started with `--listen`. @throws where it does not answer */
export async function metricsOf(log: string): Promise<string> {
  const address = /listening on (http:\/\/\S+?)["\s]/.exec(`${log}\n`)?.[1];
  if (address === undefined) throw new Error("the log names no address to listen on");
  return await (await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(METRICS_LIMIT) })).text();
}
