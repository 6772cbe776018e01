/**
 * Load instead of a fault, F20 and F21 of reliability §3: ten thousand outputs that have to be made and kept, and ten thousand
 * Secrets that are nobody's business. What was measured stands in the run's notes. Only in the long form.
 */
import type { Write } from "./audit.ts";
import { quantile } from "./output_watch.ts";
import { cpuOf, peakRssOf, type Sample, sampleOf, slopeOf } from "./process_samples.ts";
import type { Rig } from "./rig.ts";
import { type FaultRow, pause } from "./rows.ts";

/** How long changes go on; the plan's own 30 minutes with `--load-minutes 30`. */
export const load = { minutes: 5 };

const teams = (count: number) => Array.from({ length: count }, (_, index) => `team-${String(index).padStart(2, "0")}`);
/** One rotation changes the output of every consumer: with 100 of them, 50 outputs a second. */
const ROTATE_EVERY = 2_000;
/** Rotations one after the other, each waited for: what they ask an output is usual. */
const USUAL_ROTATIONS = 3;
/** A read, the creation, and its field manager; see F20 of reliability §3. */
const NEEDED_REQUESTS = 3;
const SAMPLE_EVERY = 5_000;
/** From which a slope of memory says something: V8 lets it go up and down by tens of MiB within minutes. */
const MINUTES_OF_A_SLOPE = 20;

const UNRELATED = 10_000;
/** Every hundredth is as large as the API takes. */
const LARGE = 1_040_000;
const AT_ONCE = 16;
const CHURN_EVERY = 20;
const CHURN_FOR = 60_000;
/** What may come and go of memory while a program does nothing. */
const NOISE = 50;

interface Change {
  readonly cluster: string;
  readonly at: number;
}

/** What went on while clusters were rotated. */
interface Rotations {
  readonly changed: readonly Change[];
  readonly samples: readonly Sample[];
  /** CPU seconds of the program. */
  readonly cpu: number;
}

/** As many clusters as consumers, all of which want all clusters. */
function loadRow(side: number): FaultRow {
  let rotations: Rotations;
  const consumers = teams(side);
  return {
    id: side === 100 ? "F20" : `F20/${side}`,
    title: `${side} clusters for ${side} consumers, Secrets of 5 kB, then ${side / 2} outputs changed a second`,
    wait: 5_000,
    isDirect: true,
    isLoad: true,
    size: { clusters: side, consumers, kubeconfigBytes: 3_700 },
    flags: ["--max-writes-per-second", "1000"],
    async inject(rig) {
      await judgeFirstSync(rig);
      await rig.untilQuiet();
      const began = Date.now();
      for (let i = 0; i < USUAL_ROTATIONS; i++) {
        await rig.world.rotate(`c${i}`, 2 + i);
        await rig.converge();
      }
      await rig.untilQuiet();
      rig.figures.usualRequestsPerOutput = (await rig.requestsSince(began)).length / (USUAL_ROTATIONS * side);
      rotations = await rotateAll(rig, side);
    },
    async after(rig) {
      judgeChanges(rig, rotations, consumers, await rig.writes());
      await judgeRequests(rig, rotations, await rig.writes());
    },
  };
}

export const LOAD_ROWS: readonly FaultRow[] = [
  loadRow(100),
  loadRow(30),
  {
    id: "F21",
    title: `${UNRELATED} other Secrets come and change, one in a hundred of 1 MiB`,
    wait: 0,
    isDirect: true,
    async inject(rig) {
      const before = await sampleOf(rig.pid!, 0);
      const requests = (await rig.traffic()).times.length;
      const samples: Sample[] = [];
      await rig.api.put("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
      await inParallel(UNRELATED, async (index) => {
        await rig.api.put("/api/v1/namespaces/other/secrets", unrelated(index));
        if (index % 500 === 0) samples.push(await sampleOf(rig.pid!, 0));
      });
      const end = performance.now() + CHURN_FOR;
      let changes = 0;
      for (; performance.now() < end; changes++) {
        const name = `release-${Math.floor(rig.random() * UNRELATED)}`;
        await rig.api.merge(`/api/v1/namespaces/other/secrets/${name}`, {
          metadata: { labels: { change: String(changes) } },
        });
        if (changes % 100 === 0) samples.push(await sampleOf(rig.pid!, 0));
        await pause(CHURN_EVERY);
      }
      const most = Math.max(...samples.map(({ rss }) => rss));
      const asked = (await rig.traffic()).times.length - requests;
      rig.notes.push(
        `RSS ${before.rss.toFixed(0)} MiB before, at most ${most.toFixed(0)} MiB during ${UNRELATED} creations and ` +
          `${changes} changes; requests ${asked}`,
      );
      rig.expect(most < before.rss + NOISE, `RSS went from ${before.rss.toFixed(0)} to ${most.toFixed(0)} MiB`, "I6");
      await rig.world.rotate("c0", 2);
    },
    async after(rig) {
      await rig.api.delete("/api/v1/namespaces/other/secrets");
    },
  },
];

/** How the outputs of an empty cluster came about; more than twice the requests that they need violate I8. */
async function judgeFirstSync(rig: Rig): Promise<void> {
  const creations = (await rig.writes()).filter(({ verb, resource, namespace }) =>
    verb === "create" && resource === "secrets" && namespace.startsWith("team-")
  );
  const first = creations[0]!.at, last = Math.max(...creations.map(({ at }) => at));
  const { rss } = await sampleOf(rig.pid!, 0);
  const perOutput = (await rig.requestsSince(0)).length / creations.length;
  const figures = {
    firstSyncSeconds: (last - rig.startedAt) / 1000,
    creationsPerSecond: creations.length / (last - first) * 1000,
    firstRequestsPerOutput: perOutput,
    firstCpuSeconds: await cpuOf(rig.pid!),
    firstRssMiB: rss,
    firstRssMostMiB: await peakRssOf(rig.pid!),
  };
  Object.assign(rig.figures, figures);
  rig.notes.push(
    `first sync of ${creations.length} outputs: ${
      figures.firstSyncSeconds.toFixed(1)
    } s from the start of the process, ` +
      `${figures.creationsPerSecond.toFixed(0)} creations a second once they had begun, ${perOutput.toFixed(2)} ` +
      `requests an output, ${figures.firstCpuSeconds.toFixed(0)} s of CPU, RSS ${rss.toFixed(0)} MiB (at most ` +
      `${figures.firstRssMostMiB.toFixed(0)} MiB)`,
  );
  rig.expect(
    perOutput <= 2 * NEEDED_REQUESTS,
    `${perOutput.toFixed(2)} requests an output, where ${NEEDED_REQUESTS} are needed`,
    "I8",
  );
}

/** One cluster after the other gets a new kubeconfig. */
async function rotateAll(rig: Rig, side: number): Promise<Rotations> {
  const changed: Change[] = [], samples: Sample[] = [];
  const started = performance.now(), cpu = await cpuOf(rig.pid!);
  let nextSample = 0;
  for (let i = 0; performance.now() - started < load.minutes * 60_000; i++) {
    const cluster = `c${i % side}`;
    changed.push({ cluster, at: Date.now() });
    await rig.world.rotate(cluster, 100 + i);
    const now = performance.now() - started;
    if (now >= nextSample) {
      samples.push(await sampleOf(rig.pid!, now / 60_000));
      nextSample = now + SAMPLE_EVERY;
    }
    await pause(Math.max(0, (i + 1) * ROTATE_EVERY - now));
  }
  return { changed, samples, cpu: await cpuOf(rig.pid!) - cpu };
}

/** From each rotation to the write of each output, and what the process took meanwhile. */
function judgeChanges(
  rig: Rig,
  { changed, samples, cpu }: Rotations,
  consumers: readonly string[],
  writes: readonly Write[],
): void {
  const { lags, overtaken, left } = lagsOf(changed, consumers, writes);
  const minutes = samples.at(-1)!.minutes;
  const figures = {
    rotations: changed.length,
    rotatedMinutes: minutes,
    outputsWritten: lags.length,
    outputsOvertaken: overtaken,
    lagP50Seconds: quantile(lags, 0.5) / 1000,
    lagP99Seconds: quantile(lags, 0.99) / 1000,
    lagMostSeconds: quantile(lags, 1) / 1000,
    rotatedCpuSeconds: cpu,
  };
  Object.assign(rig.figures, figures);
  rig.notes.push(
    `${changed.length} rotations in ${minutes.toFixed(1)} min: ${lags.length} outputs written ` +
      `(${(lags.length / minutes / 60).toFixed(0)} a second), ${overtaken} overtaken by the next rotation; lag p50 ` +
      `${figures.lagP50Seconds.toFixed(1)} s, p99 ${figures.lagP99Seconds.toFixed(1)} s, most ` +
      `${figures.lagMostSeconds.toFixed(1)} s; ${cpu.toFixed(0)} s of CPU`,
  );
  rig.expect(left === 0, `${left} outputs were never written after a rotation`);
  const half = samples.filter((sample) => sample.minutes >= minutes / 2);
  const slope = slopeOf(half, ({ rss }) => rss), socketSlope = slopeOf(half, ({ sockets }) => sockets);
  Object.assign(rig.figures, { slopeMiBPerMinute: slope, slopeSocketsPerMinute: socketSlope });
  const tenth = (index: number) =>
    samples.filter((sample) => Math.min(9, Math.floor(10 * sample.minutes / minutes)) === index).map(({ rss }) => rss);
  const tenths = Array.from({ length: 10 }, (_, index) => quantile(tenth(index), 0.5).toFixed(0));
  rig.notes.push(`RSS tenth by tenth of that time, in MiB: ${tenths.join(", ")}`);
  rig.notes.push(
    `RSS at most ${Math.max(...samples.map(({ rss }) => rss)).toFixed(0)} MiB, slope over the last half ` +
      `${slope.toFixed(1)} MiB/min; sockets at most ${Math.max(...samples.map(({ sockets }) => sockets))}, ` +
      `slope ${socketSlope.toFixed(1)} a minute`,
  );
  if (minutes < MINUTES_OF_A_SLOPE) return;
  rig.expect(slope < 1, `RSS grows by ${slope.toFixed(1)} MiB a minute`, "I6");
  rig.expect(socketSlope < 1, `sockets grow by ${socketSlope.toFixed(1)} a minute`, "I6");
}

/** Under load an output may take twice the requests that it takes where one rotation waits for the other. */
async function judgeRequests(rig: Rig, { changed }: Rotations, writes: readonly Write[]): Promise<void> {
  const from = changed[0]!.at, usual = rig.figures.usualRequestsPerOutput!;
  const written = patchesOf(writes).filter(({ at }) => at >= from).length;
  const perOutput = (await rig.requestsSince(from)).length / written;
  rig.figures.requestsPerOutput = perOutput;
  rig.notes.push(`${perOutput.toFixed(2)} requests an output; ${usual.toFixed(2)} where each rotation is waited for`);
  rig.expect(
    perOutput <= 2 * usual,
    `${perOutput.toFixed(2)} requests an output; without load ${usual.toFixed(2)}`,
    "I8",
  );
}

const patchesOf = (writes: readonly Write[]) =>
  writes.filter(({ verb, resource }) => verb === "patch" && resource === "secrets");

/**
 * How long each output waited for its write, in milliseconds.
 *
 * @returns also how many were rotated once more before they were written, and how many never were
 */
export function lagsOf(
  changed: readonly Change[],
  consumers: readonly string[],
  writes: readonly Write[],
): { lags: number[]; overtaken: number; left: number } {
  const waiting = new Map<string, number>();
  const lags: number[] = [];
  const events = [
    ...changed.map((change) => ({ ...change, write: undefined })),
    ...patchesOf(writes).filter(({ at }) => at >= changed[0]!.at).map((write) => ({
      write,
      at: write.at,
      cluster: "",
    })),
  ].sort((a, b) => a.at - b.at);
  let overtaken = 0;
  for (const { at, cluster, write } of events) {
    if (write) {
      const key = `${write.namespace}/${write.name}`, since = waiting.get(key);
      if (since !== undefined) lags.push(at - since);
      waiting.delete(key);
      continue;
    }
    for (const consumer of consumers) {
      const key = `${consumer}/default-${cluster}-kubeconfig`;
      if (waiting.has(key)) overtaken++;
      else waiting.set(key, at);
    }
  }
  return { lags, overtaken, left: waiting.size };
}

function unrelated(index: number): Record<string, unknown> {
  const data = index % 100 === 0 ? btoa("x".repeat(LARGE)) : btoa(`release ${index}`.repeat(60));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "other", name: `release-${index}`, labels: { owner: "helm", name: `app-${index % 50}` } },
    type: "helm.sh/release.v1",
    data: { release: data },
  };
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
