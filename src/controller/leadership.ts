/**
 * One process's part in leader election: takes the lease when it may, renews it, and says before each write whether it is
 * still good. Once lost it is lost for good: the process has to end. The rules are those of `lease.ts`.
 */
import type { LeaseAnswer, LeaseRecord, StoredLease } from "../api/lease.ts";
import {
  acquireWait,
  decide,
  heldRecord,
  type LeaseTiming,
  type Observation,
  observe,
  releasedRecord,
  writingTimeLeft,
} from "./lease.ts";

/** Where the lease is kept. It never throws but for an aborted signal or a bug. */
export interface LeaseStore {
  /** `Lease moonferry/moonferry`. */
  readonly description: string;
  read(signal: AbortSignal): Promise<LeaseAnswer>;
  /** `changed` where there is one by now. */
  create(record: LeaseRecord, signal: AbortSignal): Promise<LeaseAnswer>;
  /** `changed` where the lease is not `before` any more. */
  update(before: StoredLease, record: LeaseRecord, signal: AbortSignal): Promise<LeaseAnswer>;
}

export interface LeaseClock {
  /** Milliseconds since the epoch, for people. */
  now(): number;
  /** Milliseconds since some moment: a clock that nobody sets. */
  monotonic(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

export interface LeadershipObserver {
  /** Another process holds the lease; empty: nobody does. */
  heldBy(holder: string): void;
  /** A try came to nothing; told once for as long as the reason stays the same. */
  failed(message: string): void;
  /** The lease is lost, or was never ours and may not be: called at once, before anything else happens. */
  lost(): void;
}

/** The lease can't be had until a person puts something right. */
export class LeaseRefused extends Error {
  override name = "LeaseRefused";
}

/** The lease was ours and is not any more. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

export interface LeadershipParts {
  readonly store: LeaseStore;
  readonly clock: LeaseClock;
  readonly timing: LeaseTiming;
  /** Of this process and no other, whenever. */
  readonly identity: string;
}

export class Leadership {
  #observation: Observation | undefined;
  /** Just before the last successful renewal was sent; undefined while the lease is not ours. */
  #renewedAt: number | undefined;
  #lost: LeaseLost | undefined;
  #holder: string | undefined;
  #said: string | undefined;

  constructor(readonly parts: LeadershipParts, readonly observer: LeadershipObserver) {}

  /** Whether the lease is ours, and fresh. */
  get isLeader(): boolean {
    return !this.#lost && this.#timeLeft() > 0;
  }

  /** Why this process may not write now; undefined where it may. Asked before each write, whoever makes it. */
  refusal(): string | undefined {
    if (this.#lost) return this.#lost.message;
    if (this.#renewedAt === undefined) return `${this.parts.store.description} is not held by this process`;
    if (this.#timeLeft() > 0) return undefined;
    return this.#lose(this.#staleText()).message;
  }

  /**
   * Resolves once the lease is ours.
   *
   * @throws {LeaseRefused} where it can't be had; the reason of `signal` when that is aborted.
   */
  async acquire(signal: AbortSignal): Promise<void> {
    while (true) {
      const answer = await this.#try(signal);
      if (this.#renewedAt !== undefined) return;
      if (answer.state === "refused") throw new LeaseRefused(answer.message);
      await this.parts.clock.sleep(acquireWait(this.parts.timing, this.parts.clock.random()), signal);
    }
  }

  /**
   * Renews the lease until it is lost.
   *
   * @throws {LeaseLost} then; the reason of `signal` when that is aborted.
   */
  async keep(signal: AbortSignal): Promise<never> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    try {
      return await Promise.race([this.#renewAgainAndAgain(both), this.#watchDeadline(both)]);
    } catch (error) {
      // Whoever is told of the loss aborts the signal: the loss is the reason all the same.
      throw this.#lost ?? error;
    } finally {
      stop.abort();
    }
  }

  /** Gives the lease up, where it is ours. Nothing may be written from here on, and nothing is. */
  async release(signal: AbortSignal): Promise<void> {
    if (this.#renewedAt === undefined || this.#lost || !this.#observation) return;
    this.#renewedAt = undefined;
    const giveUp = (lease: StoredLease) =>
      this.parts.store.update(lease, releasedRecord(lease.record, this.#time()), signal);
    if ((await giveUp(this.#observation.lease)).state !== "changed") return;
    // A renewal that was under way when the end came may have been carried out all the same.
    const answer = await this.parts.store.read(signal);
    if (answer.state === "stored" && answer.lease.record.holder === this.parts.identity) await giveUp(answer.lease);
  }

  async #renewAgainAndAgain(signal: AbortSignal): Promise<never> {
    while (true) {
      await this.parts.clock.sleep(this.parts.timing.retryPeriod, signal);
      if (this.#lost) throw this.#lost;
      // A process that was stopped for a while must not renew what it may have lost meanwhile.
      if (this.#timeLeft() === 0) throw this.#lose(this.#staleText());
      await this.#try(signal);
    }
  }

  async #watchDeadline(signal: AbortSignal): Promise<never> {
    while (true) {
      const left = this.#timeLeft();
      if (left === 0) throw this.#lose(this.#staleText());
      await this.parts.clock.sleep(left, signal);
    }
  }

  /** One try to take or renew the lease. */
  async #try(signal: AbortSignal): Promise<LeaseAnswer> {
    let answer = await this.#tryKnown(signal);
    if (!answer || answer.state === "changed" || answer.state === "absent") answer = await this.#tryRead(signal);
    if (answer.state === "failed" || answer.state === "refused") {
      if (answer.message !== this.#said) this.observer.failed(answer.message);
      this.#said = answer.message;
    } else this.#said = undefined;
    return answer;
  }

  /** As client-go: what is ours is renewed without reading it; whoever has written it meanwhile wins. */
  async #tryKnown(signal: AbortSignal): Promise<LeaseAnswer | undefined> {
    if (this.#renewedAt === undefined || !this.#observation) return undefined;
    return await this.#hold(this.#observation.lease, signal);
  }

  async #tryRead(signal: AbortSignal): Promise<LeaseAnswer> {
    const answer = await this.parts.store.read(signal);
    if (answer.state === "absent") return await this.#hold(undefined, signal);
    if (answer.state !== "stored") return answer;
    const now = this.parts.clock.monotonic();
    this.#observation = observe(this.#observation, answer.lease, now);
    const { holder } = answer.lease.record;
    this.#sayHolder(holder);
    if (decide(this.#observation, this.parts.identity, now) !== "wait") return await this.#hold(answer.lease, signal);
    if (this.#renewedAt !== undefined) throw this.#lose(`${this.parts.store.description} was taken by ${holder}`);
    return answer;
  }

  /** Writes that the lease is ours: it is, if nobody has written it since it was seen. */
  async #hold(stored: StoredLease | undefined, signal: AbortSignal): Promise<LeaseAnswer> {
    const { store, identity, timing, clock } = this.parts;
    const record = heldRecord(stored?.record, identity, timing, this.#time());
    const sentAt = clock.monotonic();
    const answer = stored ? await store.update(stored, record, signal) : await store.create(record, signal);
    if (answer.state !== "stored" || this.#lost) return answer;
    this.#observation = { lease: answer.lease, since: clock.monotonic() };
    // Where the answer took longer than the lease is good for, it is no use.
    if (this.#renewedAt === undefined && writingTimeLeft(sentAt, clock.monotonic(), timing) === 0) return answer;
    this.#renewedAt = sentAt;
    this.#holder = identity;
    return answer;
  }

  #sayHolder(holder: string): void {
    if (holder === this.#holder) return;
    this.#holder = holder;
    if (holder !== this.parts.identity) this.observer.heldBy(holder);
  }

  #lose(why: string): LeaseLost {
    if (!this.#lost) {
      this.#lost = new LeaseLost(why);
      this.observer.lost();
    }
    return this.#lost;
  }

  #staleText(): string {
    const seconds = this.parts.timing.renewDeadline / 1000;
    const why = this.#said === undefined ? "" : ` (${this.#said})`;
    return `${this.parts.store.description} was not renewed within ${seconds} s${why}`;
  }

  #timeLeft(): number {
    const { clock, timing } = this.parts;
    return this.#renewedAt === undefined ? 0 : writingTimeLeft(this.#renewedAt, clock.monotonic(), timing);
  }

  /** RFC 3339 with microseconds, as a Lease has it. */
  #time(): string {
    return new Date(this.parts.clock.now()).toISOString().replace("Z", "000Z");
  }
}
