/**
 * Loaded before the program (`--preload`), it gives the process another clock: `?skew=<ms>` is added to what people call the
 * time, and with `?rate=2` all time, timers too, runs twice as fast. Not reached: what the runtime times in itself.
 */
const parameters = new URL(import.meta.url).searchParams;
const skew = Number(parameters.get("skew") ?? 0), rate = Number(parameters.get("rate") ?? 1);

const RealDate = Date;
const realNow = Date.now, realMonotonic = performance.now.bind(performance);
const begin = realNow(), beginMonotonic = realMonotonic();

const now = () => begin + skew + (realNow() - begin) * rate;

class OtherDate extends RealDate {
  constructor(...parts: []) {
    super(...(parts.length === 0 ? [now()] : parts) as []);
  }
  static override now = now;
}

globalThis.Date = OtherDate as DateConstructor;
performance.now = () => beginMonotonic + (realMonotonic() - beginMonotonic) * rate;

const { setTimeout, setInterval } = globalThis;
globalThis.setTimeout =
  ((callback: () => void, milliseconds = 0, ...rest: []) =>
    setTimeout(callback, milliseconds / rate, ...rest)) as typeof globalThis.setTimeout;
globalThis.setInterval =
  ((callback: () => void, milliseconds = 0, ...rest: []) =>
    setInterval(callback, milliseconds / rate, ...rest)) as typeof globalThis.setInterval;
