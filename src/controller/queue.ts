/**
 * The work queue: which triggers are to be reconciled. A name is never worked on twice at once, a name that becomes dirty
 * while it is worked on is worked on once more, and one that fails waits longer each time. As client-go's workqueue.
 */

/** Waits after failures in a row, in milliseconds: the first one, which doubles up to the last. */
export interface Backoff {
  readonly first: number;
  readonly most: number;
}

/** For what is the trigger's own trouble. */
export const TRIGGER_BACKOFF: Backoff = { first: 250, most: 30_000 };
/**
 * For what a reachable API server or a fresh plan cures: soon enough to be right again 10 s after the server is back, and no
 * storm until then.
 */
export const SOON_BACKOFF: Backoff = { first: 2_000, most: 5_000 };

/** Time and chance, passed in so that tests need not wait. */
export interface QueueClock {
  setTimer(callback: () => void, milliseconds: number): () => void;
  random(): number;
}

interface Wait {
  readonly milliseconds: number;
  readonly cancel: () => void;
  /** True where nothing has failed, and whatever comes ends the wait. */
  readonly isIdle: boolean;
}

export class WorkQueue {
  #clock: QueueClock;
  /** To be worked on, in the order in which they became dirty. */
  #dirty = new Set<string>();
  /** Of the dirty ones, those that may wait if they fail now: so many milliseconds at most. */
  #patient = new Map<string, number>();
  #processing = new Set<string>();
  /** By name: how often it has failed in a row, for either reason. */
  #failures = new Map<string, Map<Backoff, number>>();
  /** Waits under way, with the length that they began with. */
  #timers = new Map<string, Wait>();
  #waiting: ((name: string | undefined) => void)[] = [];
  #closed = false;

  constructor(clock: QueueClock) {
    this.#clock = clock;
  }

  /** Adds a name; one that waits after a failure is worked on at once, since something has changed. */
  add(name: string): void {
    if (this.#closed) return;
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
    this.#patient.delete(name);
    this.#dirty.add(name);
    this.#hand();
  }

  /** Adds the name; one that waits after a failure, or is about to fail, goes on waiting, but no longer than `most` milliseconds. */
  addWithin(name: string, most: number): void {
    const timer = this.#timers.get(name);
    if (!timer || timer.isIdle) {
      const isDirty = this.#dirty.has(name);
      if (!isDirty) this.add(name);
      if (!isDirty && this.#dirty.has(name)) this.#patient.set(name, most);
    } else if (timer.milliseconds > most) {
      timer.cancel();
      this.#timers.delete(name);
      this.addAfter(name, most);
    }
  }

  /** Adds the name after a wait that doubles with each failure in a row, with jitter; or at once where `add` comes first. */
  addAfterFailure(name: string, backoff = TRIGGER_BACKOFF): void {
    const counts = this.#failures.get(name) ?? new Map<Backoff, number>();
    this.#failures.set(name, counts);
    // What fails for another reason has found the server; that the server is away says nothing of the other reason.
    if (backoff !== SOON_BACKOFF) counts.delete(SOON_BACKOFF);
    const failures = (counts.get(backoff) ?? 0) + 1;
    counts.set(backoff, failures);
    const base = Math.min(backoff.most, backoff.first * 2 ** Math.min(failures - 1, 20));
    const wait = base / 2 + this.#clock.random() * base / 2;
    const most = this.#patient.get(name);
    if (most !== undefined) {
      this.#patient.delete(name);
      this.#dirty.delete(name);
    }
    this.addAfter(name, Math.min(wait, most ?? Infinity));
  }

  /** Adds the name after a while, unless it is added before; of two waits the shorter one holds. */
  addAfter(name: string, milliseconds: number): void {
    this.#wait(name, milliseconds, false);
  }

  /** The same where nothing has failed: whatever else comes does not wait. */
  addWhenIdle(name: string, milliseconds: number): void {
    this.#wait(name, milliseconds, true);
  }

  #wait(name: string, milliseconds: number, isIdle: boolean): void {
    if (this.#closed || this.#dirty.has(name)) return;
    const timer = this.#timers.get(name);
    // One that has failed stays one that has failed.
    const isStillIdle = isIdle && timer?.isIdle !== false;
    if (timer && timer.milliseconds <= milliseconds) {
      this.#timers.set(name, { ...timer, isIdle: isStillIdle });
      return;
    }
    timer?.cancel();
    const cancel = this.#clock.setTimer(() => {
      this.#timers.delete(name);
      this.add(name);
    }, milliseconds);
    this.#timers.set(name, { milliseconds, cancel, isIdle: isStillIdle });
  }

  /** The name has succeeded: its next failure is its first. */
  forget(name: string): void {
    this.#failures.delete(name);
  }

  /** The next name, when there is one; undefined once the queue is closed. Every name taken must be given to `done`. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#hand();
    });
  }

  done(name: string): void {
    this.#processing.delete(name);
    this.#hand();
  }

  /** True where something is dirty or under way; what waits after a failure is neither. */
  get isBusy(): boolean {
    return this.#dirty.size > 0 || this.#processing.size > 0;
  }

  /** True where nothing is dirty, under way or waiting after a failure. */
  get isIdle(): boolean {
    return !this.isBusy && this.#timers.values().every(({ isIdle }) => isIdle);
  }

  /** How many names are to be worked on. */
  get depth(): number {
    return this.#dirty.size;
  }

  /** Whether anything else than this name is to be worked on. */
  hasOther(name: string): boolean {
    return this.#dirty.size > (this.#dirty.has(name) ? 1 : 0);
  }

  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#dirty.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #hand(): void {
    if (this.#closed) {
      for (const resolve of this.#waiting.splice(0)) resolve(undefined);
      return;
    }
    for (const name of this.#dirty) {
      if (this.#waiting.length === 0) return;
      if (this.#processing.has(name)) continue;
      this.#dirty.delete(name);
      this.#patient.delete(name);
      this.#processing.add(name);
      this.#waiting.shift()!(name);
    }
  }
}
