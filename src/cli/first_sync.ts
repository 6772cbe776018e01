/** `run` that can read no EventTrigger at all ends, so that whoever started it sees that; what fails later is waited for. */
import type { LeaseClock } from "../controller/leadership.ts";
import type { ObjectReader } from "../reconcile/reader.ts";
import { triggerQuery } from "../reconcile/snapshot.ts";
import { InputError } from "./pipeline.ts";

/** As controller-runtime's CacheSyncTimeout. */
export const FIRST_SYNC_MILLISECONDS = 2 * 60_000;
/** Between two looks; each waits for the watch's first list by itself. */
const AGAIN = 1_000;

/**
 * Resolves once EventTriggers were read, or are known not to be served (their definition may come later), or `signal` is
 * aborted.
 *
 * @throws {InputError} where neither is so two minutes after the start.
 */
export async function requireFirstSync(reader: ObjectReader, clock: LeaseClock, signal: AbortSignal): Promise<void> {
  const end = clock.monotonic() + FIRST_SYNC_MILLISECONDS;
  while (!signal.aborted) {
    const { unknown } = await reader.list(triggerQuery(), signal).catch((error) => {
      if (!signal.aborted) throw error;
      return { unknown: undefined };
    });
    if (!unknown || unknown.reason === "KindNotServed") return;
    if (clock.monotonic() >= end) {
      const seconds = FIRST_SYNC_MILLISECONDS / 1000;
      throw new InputError(`EventTriggers could not be read within ${seconds} s of the start: ${unknown.message}`);
    }
    await clock.sleep(AGAIN, signal).catch(() => {});
  }
}
