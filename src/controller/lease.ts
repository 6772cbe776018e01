/**
 * The rules of leader election, as client-go has them: who may take the lease and when, what is written into it, how long its
 * holder may write. Pure. What other clocks have written into a lease is never compared with anything: only times at which
 * this process saw something change count, so that a clock that is wrong does no harm.
 */
import type { LeaseRecord, StoredLease } from "../api/lease.ts";

/** How long things last, in milliseconds. */
export interface LeaseTiming {
  /** For so long after its last renewal was seen, a lease is its holder's. */
  readonly duration: number;
  /** For so long after its last renewal, a holder may write; then it ends. */
  readonly renewDeadline: number;
  /** Between two tries. */
  readonly retryPeriod: number;
}

export const DEFAULT_TIMING: LeaseTiming = { duration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 };

/** client-go: the wait of those who don't hold the lease is up to 1.2 times longer than the period. */
export const JITTER_FACTOR = 1.2;

/** A stored lease, and when (on our own clock that never jumps) it was first seen as it is. */
export interface Observation {
  readonly lease: StoredLease;
  readonly since: number;
}

/** Why the times can't be used together; undefined where they can. */
export function timingProblem({ duration, renewDeadline, retryPeriod }: LeaseTiming): string | undefined {
  if (duration % 1000 !== 0 || duration < 1000) return "the lease duration must be whole seconds, at least one";
  if (duration <= renewDeadline) return "the lease duration must be longer than the renew deadline";
  if (renewDeadline <= retryPeriod * JITTER_FACTOR) {
    return `the renew deadline must be longer than ${JITTER_FACTOR} times the retry period`;
  }
  return retryPeriod > 0 ? undefined : "the retry period must be longer than nothing";
}

/** What is known after the lease was read at `now`: one that is as before is as old as before. */
export function observe(before: Observation | undefined, lease: StoredLease, now: number): Observation {
  return before?.lease.resourceVersion === lease.resourceVersion ? before : { lease, since: now };
}

/**
 * - `renew`: it is ours.
 * - `take`: nobody holds it, or its holder has not been seen to renew it for as long as it said.
 * - `wait`: somebody holds it.
 */
export type LeaseDecision = "renew" | "take" | "wait";

export function decide({ lease: { record }, since }: Observation, identity: string, now: number): LeaseDecision {
  if (record.holder === identity) return "renew";
  if (record.holder === "") return "take";
  return now - since >= record.durationSeconds * 1000 ? "take" : "wait";
}

/** What its holder writes, given what is stored; undefined: there is no lease yet. */
export function heldRecord(
  stored: LeaseRecord | undefined,
  identity: string,
  timing: LeaseTiming,
  time: string,
): LeaseRecord {
  const isOurs = stored?.holder === identity;
  return {
    holder: identity,
    durationSeconds: timing.duration / 1000,
    acquireTime: isOurs ? stored.acquireTime : time,
    renewTime: time,
    transitions: stored === undefined ? 0 : stored.transitions + (isOurs ? 0 : 1),
  };
}

/** What a holder leaves behind: nobody's, to be taken at once. */
export function releasedRecord(stored: LeaseRecord, time: string): LeaseRecord {
  return { holder: "", durationSeconds: 1, acquireTime: time, renewTime: time, transitions: stored.transitions };
}

/**
 * For how many milliseconds its holder may still write. `renewedAt` is the time just before the last successful renewal was
 * sent: others can't have seen it earlier, so they wait until `duration` after it at least.
 */
export function writingTimeLeft(renewedAt: number, now: number, { renewDeadline }: LeaseTiming): number {
  return Math.max(0, renewedAt + renewDeadline - now);
}

/** How long those wait who don't hold the lease; `chance` in [0, 1). */
export function acquireWait({ retryPeriod }: LeaseTiming, chance: number): number {
  return retryPeriod * (1 + JITTER_FACTOR * chance);
}
