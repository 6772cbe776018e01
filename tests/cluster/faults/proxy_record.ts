/** What the proxy's record of a run shows: where watches went on, who waited for as long as it was told to. */
import type { SeenRequest } from "../../support/fault_proxy.ts";

/**
 * Two watches of one collection begin so far apart at least, in milliseconds. The program's pace is 2 s, from when it asks; the
 * proxy sees the question when the machine has time for it.
 */
const BETWEEN_WATCHES = 1_500;
/** Clocks count whole milliseconds. */
const TICK = 2;

/** How watches went on, and what was wrong with that. */
export interface Resumption {
  readonly findings: readonly string[];
  /** How many of them went on from the one before. */
  readonly resumed: number;
}

/**
 * Judges each watch that follows one of the same collection that had ended in good order: it begins where that one had
 * come to, needs no list, and does not come at once.
 */
export function judgeResumption(requests: readonly SeenRequest[]): Resumption {
  const findings: string[] = [];
  let resumed = 0;
  const watches = requests.filter(({ isWatch, status }) => isWatch && status === 200);
  for (const [what, ofOne] of Map.groupBy(watches, collectionOf)) {
    for (const [index, next] of ofOne.entries()) {
      const before = ofOne[index - 1];
      if (before?.endedAt === undefined) continue;
      const began = next.search.get("resourceVersion"),
        came = before.lastVersion ?? before.search.get("resourceVersion");
      resumed++;
      if (!began) findings.push(`${what} was listed anew after a watch that had come to ${came}`);
      else if (began !== came) {
        findings.push(`${what} was watched from ${began} after a watch that had come to ${came}`);
      }
      const apart = next.at - before.at;
      if (apart < BETWEEN_WATCHES) findings.push(`${what} was watched twice within ${apart} ms`);
    }
  }
  return { findings, resumed };
}

/** Who waited, and who did not. */
export interface Patience {
  readonly findings: readonly string[];
  /** How many requests were told to wait, and came again. */
  readonly waited: number;
}

/**
 * Judges each request that was told to wait for some seconds: the same one does not come again before these are over. Not those
 * of discovery, where several kinds are in one document, nor those of definitions, which each watch of the kind asks for: who asks
 * as another was told nothing.
 */
export function judgePatience(requests: readonly SeenRequest[]): Patience {
  const findings: string[] = [];
  let waited = 0;
  for (const [what, same] of Map.groupBy(requests.filter((request) => !isOfManyAskers(request)), requestOf)) {
    for (const [index, { answeredAt, retryAfter }] of same.entries()) {
      const next = same[index + 1];
      if (answeredAt === undefined || retryAfter === undefined || !next) continue;
      waited++;
      const early = answeredAt + 1000 * retryAfter - next.at;
      if (early > TICK) findings.push(`${what} came again ${early} ms before the ${retryAfter} s were over`);
    }
  }
  return { findings, waited };
}

/** How many requests that {@link judgePatience} judges were told to wait. */
export function toldToWait(requests: readonly SeenRequest[]): number {
  return requests.filter((request) => request.retryAfter !== undefined && !isOfManyAskers(request)).length;
}

/** Whether it is a document of versions or kinds (`/api/v1`, `/apis/group`, `/apis/group/version`), or the definition of one. */
function isOfManyAskers({ path }: SeenRequest): boolean {
  return /^\/(api(\/[^/]+)?|apis(\/[^/]+){0,2})$/.test(path) || path.includes("/customresourcedefinitions/");
}

/** The collection's path and selectors. */
export function collectionOf({ path, search }: Pick<SeenRequest, "path" | "search">): string {
  const selectors = ["labelSelector", "fieldSelector"].map((name) => search.get(name)).filter((value) => value);
  return [path, ...selectors].join(" ");
}

function requestOf({ method, path, search }: SeenRequest): string {
  const same = new URLSearchParams(search);
  // Another one each time.
  same.delete("timeoutSeconds");
  return `${method} ${path}${same.size === 0 ? "" : `?${same}`}`;
}
