/**
 * What this process has written of late, by which the watches' echo of it is told from what others do to outputs. An echo says
 * nothing that the plan did not know which has made it so.
 */
import { isOlderVersion, resourceVersionOf } from "../api/object.ts";
import type { Outcome, Written } from "../reconcile/apply.ts";

/** An echo that comes later than this is taken for what somebody else did. */
const REMEMBERED_MILLISECONDS = 60_000;

interface OwnWrite extends Written {
  /** The version that was written over; absent where there was none. */
  readonly before?: string;
  readonly at: number;
}

/** An object as a watch has told of it. */
export interface SeenVersion {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

export class OwnWrites {
  /** By uid; the oldest first. */
  readonly #writes = new Map<string, OwnWrite>();

  /** @param now milliseconds since some moment */
  note(outcomes: readonly Outcome[], now: number): void {
    for (const [uid, { at }] of this.#writes) {
      if (now - at <= REMEMBERED_MILLISECONDS) break;
      this.#writes.delete(uid);
    }
    for (const { change, written } of outcomes) {
      if (!written) continue;
      const before = change.live && resourceVersionOf(change.live);
      this.#writes.delete(written.uid);
      this.#writes.set(written.uid, { ...written, ...(before === undefined ? {} : { before }), at: now });
    }
  }

  /**
   * Whether an object is, or was, as this process has written it, or on the way there: a write may take several calls. None of
   * what others do falls in between, since each call has the version before it as a precondition.
   */
  isEcho({ uid, resourceVersion: version }: SeenVersion): boolean {
    const write = this.#writes.get(uid ?? "");
    if (write === undefined) return false;
    const { before, resourceVersion } = write;
    if (resourceVersion === undefined || version === resourceVersion) return true;
    if (version === undefined || !isOlderVersion(version, resourceVersion)) return false;
    return before === undefined || isOlderVersion(before, version);
  }
}
