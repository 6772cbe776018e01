/** `run` among other replicas: stands by until the lease is its own, leads while it is good, and ends when it is not. */
import { Leadership, LeaseLost, LeaseRefused, type LeaseStore } from "../controller/leadership.ts";
import type { Loop } from "../controller/loop.ts";
import type { Log } from "../telemetry/log.ts";
import type { Options } from "./args.ts";
import type { Environment } from "./environment.ts";
import { InputError } from "./pipeline.ts";

export { LeaseLost };

/** A clean stop waits for so long, at most, to give the lease up. */
const RELEASE_MILLISECONDS = 5_000;

export interface Election {
  readonly leadership: Leadership;
  /** Takes part until the signal is aborted. @throws {LeaseLost} @throws {InputError} where the lease can't be had. */
  takePart(loop: Loop, signal: AbortSignal): Promise<void>;
  /** Gives the lease up, after the last write. */
  leave(): Promise<void>;
}

/** @param onLost Called at once when the lease is lost: nothing may go on. */
export function openElection(
  store: LeaseStore,
  options: Options,
  { clock, identity }: Pick<Environment, "clock" | "identity">,
  log: Log,
  onLost: () => void,
): Election {
  const leadership = new Leadership({ store, clock, timing: options.lease, identity }, {
    heldBy: (holder) =>
      log.info(
        holder === "" ? `nobody holds ${store.description}` : `standing by: ${holder} holds ${store.description}`,
      ),
    failed: (message) => log.warn(`leader election: ${message}`),
    lost: onLost,
  });
  return {
    leadership,
    async takePart(loop, signal) {
      try {
        await leadership.acquire(signal);
        log.info(`leading: ${store.description} is held as ${identity}`);
        await Promise.all([leadership.keep(signal), loop.lead(signal)]);
      } catch (error) {
        if (error instanceof LeaseRefused) throw new InputError(error.message);
        if (error instanceof LeaseLost || !signal.aborted) throw error;
      }
    },
    async leave() {
      try {
        await leadership.release(AbortSignal.timeout(RELEASE_MILLISECONDS));
      } catch (error) {
        log.warn(`${store.description} was not released: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
