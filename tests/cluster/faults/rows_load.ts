/**
 * Load instead of a fault, F20 and F21 of reliability §3: ten thousand outputs that have to be made and kept, and ten thousand
 * Secrets that are nobody's business. What was measured stands in the run's notes. Only in the long form.
 */
import type { Write } from "./audit.ts";
import { cpuOf, peakRssOf, type Sample, sampleOf, slopeOf } from "./process_samples.ts";
import type { Rig } from "./rig.ts";
import { type FaultRow, pause } from "./rows.ts";

/** How long changes go on; the plan's own 30 minutes with `--load-minutes 30`. */
export const load = { minutes: 5 };

const SIDE = 100;
const CONSUMERS = Array.from({ length: SIDE }, (_, index) => `team-${String(index).padStart(2, "0")}`);
/** One rotation changes the output of every consumer: 50 outputs a second. */
const ROTATE_EVERY = 2_000;
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

/** What went on in the run under way. */
let rotations: { changed: Change[]; samples: Sample[] } = { changed: [], samples: [] };

export const LOAD_ROWS: readonly FaultRow[] = [
  {
    id: "F20",
    title: `${SIDE} clusters for ${SIDE} consumers, Secrets of 5 kB, then 50 outputs changed a second`,
    wait: 5_000,
    isDirect: true,
    isLoad: true,
    size: { clusters: SIDE, consumers: CONSUMERS, kubeconfigBytes: 3_700 },
    flags: ["--max-writes-per-second", "1000"],
    async inject(rig) {
      await noteFirstSync(rig);
      rotations = await rotateAll(rig);
    },
    async after(rig) {
      noteChanges(rig, rotations.changed, await rig.writes(), rotations.samples);
    },
  },
  {
    id: "F21",
    title: `${UNRELATED} other Secrets come and change, one in a hundred of 1 MiB`,
    wait: 0,
    isDirect: true,
    isLoad: true,
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

/** How the outputs of an empty cluster came about. */
async function noteFirstSync(rig: Rig): Promise<void> {
  const creations = (await rig.writes()).filter(({ verb, resource, namespace }) =>
    verb === "create" && resource === "secrets" && namespace.startsWith("team-")
  );
  const first = creations[0]!.at, last = Math.max(...creations.map(({ at }) => at));
  const { times } = await rig.traffic();
  const { rss } = await sampleOf(rig.pid!, 0);
  rig.notes.push(
    `first sync of ${creations.length} outputs: ${seconds(last - rig.startedAt)} from the start of the process, ` +
      `${(creations.length / (last - first) * 1000).toFixed(0)} creations a second once they had begun, ` +
      `${(times.length / creations.length).toFixed(2)} requests an output, ${
        (await cpuOf(rig.pid!)).toFixed(0)
      } s of CPU, ` +
      `RSS ${rss.toFixed(0)} MiB (at most ${(await peakRssOf(rig.pid!)).toFixed(0)} MiB)`,
  );
}

/** One cluster after the other gets a new kubeconfig. */
async function rotateAll(rig: Rig): Promise<{ changed: Change[]; samples: Sample[] }> {
  const changed: Change[] = [], samples: Sample[] = [];
  const started = performance.now();
  let nextSample = 0;
  for (let i = 0; performance.now() - started < load.minutes * 60_000; i++) {
    const cluster = `c${i % SIDE}`;
    changed.push({ cluster, at: Date.now() });
    await rig.world.rotate(cluster, 2 + i);
    const now = performance.now() - started;
    if (now >= nextSample) {
      samples.push(await sampleOf(rig.pid!, now / 60_000));
      nextSample = now + SAMPLE_EVERY;
    }
    await pause(Math.max(0, (i + 1) * ROTATE_EVERY - now));
  }
  return { changed, samples };
}

/** From each rotation to the write of each output, and what the process took meanwhile. */
function noteChanges(rig: Rig, changed: readonly Change[], writes: readonly Write[], samples: readonly Sample[]): void {
  const waiting = new Map<string, number>();
  const lags: number[] = [];
  const patches = writes.filter(({ verb, resource }) => verb === "patch" && resource === "secrets");
  const events = [
    ...changed.map((change) => ({ ...change, write: undefined })),
    ...patches.filter(({ at }) => at >= changed[0]!.at).map((write) => ({ write, at: write.at, cluster: "" })),
  ].sort((a, b) => a.at - b.at);
  let overtaken = 0;
  for (const { at, cluster, write } of events) {
    if (write) {
      const key = `${write.namespace}/${write.name}`, since = waiting.get(key);
      if (since !== undefined) lags.push(at - since);
      waiting.delete(key);
      continue;
    }
    for (const consumer of CONSUMERS) {
      const key = `${consumer}/default-${cluster}-kubeconfig`;
      if (waiting.has(key)) overtaken++;
      else waiting.set(key, at);
    }
  }
  const sorted = lags.sort((a, b) => a - b);
  const quantile = (share: number) => seconds(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  const minutes = samples.at(-1)!.minutes;
  rig.notes.push(
    `${changed.length} rotations in ${minutes.toFixed(1)} min: ${lags.length} outputs written ` +
      `(${(lags.length / minutes / 60).toFixed(0)} a second), ${overtaken} overtaken by the next rotation; lag p50 ` +
      `${quantile(0.5)}, p99 ${quantile(0.99)}, most ${quantile(1)}`,
  );
  rig.expect(waiting.size === 0, `${waiting.size} outputs were never written after a rotation`);
  const half = samples.filter((sample) => sample.minutes >= minutes / 2);
  const slope = slopeOf(half, ({ rss }) => rss);
  rig.notes.push(
    `RSS at most ${Math.max(...samples.map(({ rss }) => rss)).toFixed(0)} MiB, slope over the last half ` +
      `${slope.toFixed(1)} MiB/min; sockets at most ${Math.max(...samples.map(({ sockets }) => sockets))}`,
  );
  if (minutes >= MINUTES_OF_A_SLOPE) rig.expect(slope < 1, `RSS grows by ${slope.toFixed(1)} MiB a minute`, "I6");
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

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
