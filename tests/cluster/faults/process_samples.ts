/** How much memory and how many open connections a process has, over time, and how fast they grow. */

export interface Sample {
  readonly minutes: number;
  /** Resident memory in MiB. */
  readonly rss: number;
  readonly sockets: number;
}

/** Looks at a process of this machine. @throws {Deno.errors.NotFound} when it has ended */
export async function sampleOf(pid: number, minutes: number): Promise<Sample> {
  const kib = Number(/VmRSS:\s+(\d+) kB/.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1] ?? NaN);
  let sockets = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (target.startsWith("socket:")) sockets++;
  }
  return { minutes, rss: kib / 1024, sockets };
}

/** The most resident memory that it had so far, in MiB. */
export async function peakRssOf(pid: number): Promise<number> {
  return Number(/VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1] ?? NaN) / 1024;
}

/** From now on {@link peakRssOf} is of what comes. */
export async function forgetPeakRss(pid: number): Promise<void> {
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
}

/** User and system time of the process so far, in seconds. */
export async function cpuOf(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
  // Fields 14 and 15, in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** For how long each thread of the process has been ready to run so far, and was not let: in milliseconds, by its number. */
export async function processorWaitsOf(pid: number): Promise<Map<string, number>> {
  const waits = new Map<string, number>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    // One may end meanwhile.
    const [, nanoseconds] = (await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`).catch(() => "")).split(" ");
    if (nanoseconds !== undefined) waits.set(name, Number(nanoseconds) / 1e6);
  }
  return waits;
}

/** For how long the thread that waited most has waited for a processor between two looks, in milliseconds. */
export function mostWaited(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return Math.max(0, ...[...after].map(([thread, waited]) => waited - (before.get(thread) ?? 0)));
}

/** By how much the values grow in a minute: the slope of the line that fits best. */
export function slopeOf(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const x = mean(({ minutes }) => minutes), y = mean(value);
  let above = 0, below = 0;
  for (const sample of samples) {
    above += (sample.minutes - x) * (value(sample) - y);
    below += (sample.minutes - x) ** 2;
  }
  return above / below;
}
