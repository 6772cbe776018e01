/**
 * The reconcile loop: takes one trigger's name at a time from the queue, computes its plan from the state there is, carries
 * it out, and reports. It acts on state, never on events, and a trigger that fails concerns itself alone.
 */
import { nameOf, objectKey, resourceVersionOf, uidOf } from "../api/object.ts";
import { type Applier, applyPlan, type Outcome, type OutcomeStatus } from "../reconcile/apply.ts";
import type { Generation } from "../reconcile/generation.ts";
import { listOwned } from "../reconcile/owned.ts";
import { readMarks } from "../reconcile/marks.ts";
import { oldestFirst } from "../reconcile/order.ts";
import type { ObjectQuery } from "../reconcile/reader.ts";
import { isFatal } from "../reconcile/errors.ts";
import { type Parts, type ReconcileOptions, type Reconciliation } from "../reconcile/reconcile.ts";
import type { Change } from "../reconcile/plan.ts";
import { isRevocation, revocationKey } from "../reconcile/revocation.ts";
import { ALL_TRIGGERS, isInScope } from "../reconcile/scope.ts";
import { triggerQuery, unlistedTriggers } from "../reconcile/snapshot.ts";
import { Breaker } from "./breaker.ts";
import { Dependencies, type WatchEvent } from "./dependencies.ts";
import { SOON_BACKOFF, TRIGGER_BACKOFF, type WorkQueue } from "./queue.ts";
import { OwnWrites, type SeenVersion } from "./own_writes.ts";
import { planHere, type Planner } from "./planner.ts";
import { whenToRetry } from "./retry.ts";

/** Everything is looked at again this often, whatever has been seen: a watch that lies is found out. */
export const RESYNC_MILLISECONDS = 10 * 60 * 1000;

const BACKOFFS = { soon: SOON_BACKOFF, "with backoff": TRIGGER_BACKOFF };

/**
 * A trigger that waits after a failure is not looked at more often than this for the sake of its outputs: what changed there
 * is mostly what the failed pass itself got done.
 */
const OUTPUT_WAIT_MILLISECONDS = 1_000;

/**
 * Changes that come together are planned together: after the first one a trigger waits for a tenth of what its last plan took,
 * but no longer than this, and not at all where that is next to nothing. Else a Cluster that goes and its Secret cost a plan each.
 */
export const MOST_TOGETHER_MILLISECONDS = 200;
const LEAST_TOGETHER_MILLISECONDS = 10;

/**
 * What the program itself has written is looked at once more after so long, unless there is another reason before: somebody in
 * the server (a webhook) may have made something else of it.
 */
export const ECHO_MILLISECONDS = 1_000;

/**
 * A trigger that selects outputs is looked at on their account about so often at most: one that feeds on its own, or two that feed
 * on each other's, may never come to an end.
 */
const FED_MILLISECONDS = 1_000;

/** After which it is looked again whether the watches that a trigger rests on are back. */
const RECONNECT_MILLISECONDS = 300;

/**
 * What is written of one plan makes way after so long where something has changed meanwhile: a revocation, another trigger. The
 * rest follows by the next plan.
 */
export const MAKE_WAY_MILLISECONDS = 2_000;
/** After a plan that took longer it makes way after as long, but not after longer than this: on a busy machine writing must keep up. */
export const MOST_MAKE_WAY_MILLISECONDS = 10_000;

/**
 * Revocations that were tried in vain are tried again after so long, or as soon as one of their outputs is another: before each
 * try all that they rest on is read anew, and a pass for another reason is none to do that again. What could not be read may
 * be readable sooner.
 */
export const REFUSED_MILLISECONDS = 5_000;
const UNREAD_MILLISECONDS = 3_000;

/** Outcomes after which a revocation is still to be made. */
const IN_VAIN: ReadonlySet<OutcomeStatus> = new Set(["failed", "stale", "conflict", "skipped"]);

/** What came of one request. */
export interface Report {
  readonly trigger: string;
  readonly reconciliation: Reconciliation;
  readonly outcomes: readonly Outcome[];
  /** How long the pass took, in milliseconds. */
  readonly took: number;
  /** How long the trigger had waited in the queue. */
  readonly waited: number;
  /** From the first change that was seen since the last pass to now; absent where none was. */
  readonly sinceChange?: number;
  /** True where the plan was made to be ready, and not carried out. */
  readonly isStandby: boolean;
  /** Given: its script was stopped so often that it is left alone for so many milliseconds. */
  readonly rests?: number;
}

export interface LoopOptions extends ReconcileOptions {
  /** Only these triggers; undefined: all. */
  readonly triggers?: readonly string[];
  /** How long a trigger rests whose script was stopped again and again, in milliseconds; absent: as {@link Breaker} has it. */
  readonly restMilliseconds?: number;
}

export interface LoopObserver {
  /** After each reconcile. */
  reported(report: Report): void;
  /** A bug, or the reader's promise broken: the trigger is tried again, slowly. */
  failed(trigger: string, error: unknown): void;
  /** The set of triggers could not be read. */
  unknown(message: string): void;
}

/** An output that has changed, without what is in it: there may be many. */
interface SeenOutput extends SeenVersion {
  readonly at: number;
}

export class Loop {
  readonly #dependencies: Dependencies;
  readonly #generations = new Map<string, Generation>();
  /** When the first change since its last pass was seen, by trigger. */
  readonly #noticed = new Map<string, number>();
  /** Triggers whose input has changed since their last pass began: what their own outputs tell is not counted. */
  readonly #inputChanged = new Set<string>();
  readonly #breaker: Breaker;
  /** By trigger that selects outputs: from when on another of them is looked at without a wait. */
  readonly #fedNext = new Map<string, number>();
  /** By trigger: the revocations that were tried in vain, and when they are tried again. */
  readonly #waiting = new Map<string, { readonly revocations: ReadonlySet<string>; readonly until: number }>();
  /** By trigger: writes that its last pass did not come to, by the key of their target, and since when they wait. */
  readonly #postponed = new Map<string, ReadonlyMap<string, number>>();
  /** By trigger: how long its last plan took, in milliseconds. */
  readonly #planning = new Map<string, number>();
  readonly #ownWrites = new OwnWrites();
  /** By trigger whose pass is under way: its outputs that have changed meanwhile, and when. It may have done that itself. */
  readonly #outputsChanged = new Map<string, SeenOutput[]>();
  #passes = 0;
  #standsBy = false;

  constructor(
    readonly parts: Parts,
    readonly applier: Applier,
    readonly options: LoopOptions,
    readonly queue: WorkQueue,
    readonly observer: LoopObserver,
    readonly planner: Planner = planHere(parts, options),
    /** Milliseconds since some moment. */
    readonly now: () => number = () => performance.now(),
  ) {
    this.#dependencies = new Dependencies(options.gates.instance);
    this.#breaker = new Breaker(now, options.restMilliseconds);
  }

  /**
   * From now on plans are made but not carried out, while another process leads: what they read is in the caches by the time
   * that it is this one's turn, and what they remember (a mass change that is held) survives the other.
   */
  standBy(): void {
    this.#standsBy = true;
  }

  /** From now on plans are carried out; every trigger is looked at anew. */
  async lead(signal: AbortSignal): Promise<void> {
    this.#standsBy = false;
    this.#waiting.clear();
    await this.enqueueAll(signal);
  }

  /** To be called for each change that a watch sees. */
  notice(event: WatchEvent): void {
    const owner = event.object && this.#dependencies.ownerOf(event.object);
    for (const trigger of this.#dependencies.requestsFor(event)) {
      if (!this.#isOurs(trigger)) continue;
      // Another's output is input. Its own is not, also where it selects that: what it writes itself must not overtake it.
      const isOutput = trigger === owner;
      if (!isOutput) this.#inputChanged.add(trigger);
      this.#breaker.noticed(trigger, event.object);
      const isFed = owner !== undefined && (!isOutput || this.#dependencies.isInput(trigger, event.object!));
      const rest = Math.max(this.#breaker.rest(trigger), isFed ? this.#feedingRest(trigger) : 0);
      if (rest === 0 && isOutput && !isFed) {
        const object = event.object!, changed = this.#outputsChanged.get(trigger);
        const seen = { uid: uidOf(object), resourceVersion: resourceVersionOf(object), at: this.now() };
        if (changed) changed.push(seen);
        else this.#noticeOutput(trigger, seen);
        continue;
      }
      this.#noteChange(trigger, this.now());
      if (rest > 0) this.queue.addAfter(trigger, rest);
      else if (isOutput) this.queue.addWithin(trigger, OUTPUT_WAIT_MILLISECONDS);
      else this.#addTogether(trigger);
    }
  }

  #noteChange(trigger: string, at: number): void {
    if (!this.#noticed.has(trigger)) this.#noticed.set(trigger, at);
  }

  #addTogether(trigger: string): void {
    const wait = Math.min(MOST_TOGETHER_MILLISECONDS, (this.#planning.get(trigger) ?? 0) / 10);
    if (wait < LEAST_TOGETHER_MILLISECONDS) this.queue.add(trigger);
    else this.queue.addWhenIdle(trigger, wait);
  }

  #noticeOutput(trigger: string, seen: SeenOutput): void {
    if (this.#ownWrites.isEcho(seen)) {
      this.queue.addWhenIdle(trigger, ECHO_MILLISECONDS);
      return;
    }
    this.#noteChange(trigger, seen.at);
    this.queue.addWithin(trigger, OUTPUT_WAIT_MILLISECONDS);
  }

  /** For how many milliseconds a trigger whose input is an output waits; the first of a series does not. */
  #feedingRest(trigger: string): number {
    const now = this.now(), next = this.#fedNext.get(trigger) ?? now;
    if (now >= next) this.#fedNext.set(trigger, now + FED_MILLISECONDS);
    return Math.max(0, next - now);
  }

  /** Puts every trigger there is, and every trigger that owns an output, into the queue. */
  async enqueueAll(signal: AbortSignal): Promise<void> {
    const { reader } = this.parts;
    const triggers = await reader.list(triggerQuery(), signal);
    if (triggers.unknown) {
      this.observer.unknown(unlistedTriggers(triggers.unknown));
      return;
    }
    const ours = triggers.objects.filter((object) => isInScope(object, this.options.scope ?? ALL_TRIGGERS));
    const names = new Set([...ours.map(nameOf), ...this.#dependencies.known()]);
    // A trigger that was deleted while nobody looked is known by what it left behind.
    const { gates } = this.options;
    for (const kind of gates.allowedKinds) {
      const owned = await listOwned(kind, gates, reader, signal);
      for (const object of owned.objects ?? []) {
        const marks = readMarks(object);
        if (marks && marks !== "broken") names.add(marks.trigger);
      }
    }
    for (const name of names) if (this.#isOurs(name)) this.queue.add(name);
  }

  /** Works until the queue is closed. */
  async work(signal: AbortSignal): Promise<void> {
    for (let name = await this.queue.take(); name !== undefined; name = await this.queue.take()) {
      // Put into the queue before its pass was over, or because everything is.
      const wait = this.#breaker.rest(name) || (this.#isReconnecting(name) ? RECONNECT_MILLISECONDS : 0);
      if (wait > 0) {
        this.queue.done(name);
        this.queue.addAfter(name, wait);
        continue;
      }
      this.#outputsChanged.set(name, []);
      try {
        await this.#reconcile(name, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.observer.failed(name, error);
        this.queue.addAfterFailure(name);
      } finally {
        const changed = this.#outputsChanged.get(name)!;
        this.#outputsChanged.delete(name);
        for (const seen of changed) this.#noticeOutput(name, seen);
        this.queue.done(name);
      }
    }
  }

  /** Whether a pass would be in vain: nothing of it would be carried out. */
  #isReconnecting(trigger: string): boolean {
    const { reader } = this.parts;
    if (!reader.isReconnecting) return false;
    for (const query of this.#dependencies.queriesOf(trigger)) if (reader.isReconnecting(query)) return true;
    return false;
  }

  /** Whether somebody needs the watch that answers the query; one that nobody needs may be ended. */
  isNeeded(query: ObjectQuery): boolean {
    return this.#dependencies.isNeeded(query);
  }

  /** How many passes were made. */
  get passes(): number {
    return this.#passes;
  }

  async #reconcile(trigger: string, signal: AbortSignal): Promise<void> {
    const started = this.now();
    const noticed = this.#noticed.get(trigger);
    this.#noticed.delete(trigger);
    this.#inputChanged.delete(trigger);
    this.#breaker.begins(trigger);
    // A plan that was begun while another process led is not carried out, not even when that has ended meanwhile.
    const isStandby = this.#standsBy;
    const { reader, commit, stands } = this.#dependencies.track(trigger, this.parts.reader);
    const waiting = this.#waitingOf(trigger, started);
    const request = waiting ? { trigger, waiting } : { trigger };
    const reconciliation = await this.planner.plan(request, reader, this.#generations.get(trigger), signal);
    commit(isWhole(reconciliation));
    const began = this.now(), until = began + writingTime(began - started);
    this.#planning.set(trigger, began - started);
    const postponed = this.#postponed.get(trigger) ?? new Map<string, number>();
    const changes = oldestFirst(reconciliation.plan.changes, postponed);
    let isVoid = false, isOvertaken = false;
    const isPostponed = (change: Change) => {
      isVoid ||= !stands();
      isOvertaken ||= this.now() >= until && (this.#inputChanged.has(trigger) || this.queue.hasOther(trigger));
      return isVoid || (isOvertaken && !isRevocation(change));
    };
    const outcomes = isStandby ? [] : await applyPlan({ changes }, this.applier, signal, undefined, isPostponed);
    isVoid ||= !stands();
    this.#ownWrites.note(outcomes, this.now());
    this.#notePostponed(trigger, outcomes, postponed, began);
    // What is put together of two histories says nothing of what is gone since.
    if (reconciliation.generation && !isVoid) this.#generations.set(trigger, reconciliation.generation);
    this.#passes++;
    const ended = this.now();
    const isResting = this.#breaker.passed(trigger, reconciliation);
    this.observer.reported({
      trigger,
      reconciliation,
      outcomes,
      isStandby,
      took: ended - started,
      waited: noticed === undefined ? 0 : started - noticed,
      ...(noticed === undefined || isVoid ? {} : { sinceChange: ended - noticed }),
      ...(isResting ? { rests: this.#breaker.rest(trigger) } : {}),
    });
    if (isVoid && noticed !== undefined) this.#noteChange(trigger, noticed);
    if (!isVoid && this.#postponed.has(trigger)) this.queue.add(trigger);
    const retry = whenToRetry(reconciliation, outcomes);
    const isWaiting = reconciliation.isWaiting === true;
    if (isVoid) this.queue.addAfterFailure(trigger, SOON_BACKOFF);
    else if (retry !== "no") this.queue.addAfterFailure(trigger, BACKOFFS[retry]);
    else if (!isWaiting) this.queue.forget(trigger);
    this.#noteRefused(trigger, reconciliation, outcomes);
    // It may have been stopped because the machine was busy, and nothing else may ever happen.
    const rest = this.#breaker.rest(trigger);
    if (rest > 0) this.queue.addAfter(trigger, rest);
    const tryAgainAt = this.#waiting.get(trigger)?.until;
    if (isWaiting && tryAgainAt !== undefined) this.queue.addAfter(trigger, Math.max(0, tryAgainAt - this.now()));
    const { state } = reconciliation.computation.snapshot;
    const isDone = retry === "no" && !isWaiting && !isVoid;
    const { counts } = reconciliation.plan;
    if (state === "deleted" && counts.frozen + counts.held === 0 && isDone) {
      this.#dependencies.forget(trigger);
      this.#fedNext.delete(trigger);
      this.#planning.delete(trigger);
      this.#generations.delete(trigger);
      this.#waiting.delete(trigger);
      this.#postponed.delete(trigger);
    }
  }

  /** What was postponed before, and is again, waits since then. */
  #notePostponed(
    trigger: string,
    outcomes: readonly Outcome[],
    before: ReadonlyMap<string, number>,
    began: number,
  ): void {
    const keys = outcomes.filter(({ status }) => status === "postponed").map(({ change }) => objectKey(change.target));
    if (keys.length === 0) this.#postponed.delete(trigger);
    else this.#postponed.set(trigger, new Map(keys.map((key) => [key, before.get(key) ?? began])));
  }

  /** The revocations that are not to be tried again yet. */
  #waitingOf(trigger: string, now: number): ReadonlySet<string> | undefined {
    const waiting = this.#waiting.get(trigger);
    if (!waiting || now < waiting.until) return waiting?.revocations;
    this.#waiting.delete(trigger);
    return undefined;
  }

  #noteRefused(trigger: string, { unread = [] }: Reconciliation, outcomes: readonly Outcome[]): void {
    const refused = outcomes.filter(({ change, status }) => isRevocation(change) && IN_VAIN.has(status));
    if (refused.length + unread.length === 0) return;
    const wait = refused.length > 0 ? REFUSED_MILLISECONDS : UNREAD_MILLISECONDS;
    const revocations = new Set([...unread, ...refused.map(({ change }) => revocationKey(change))]);
    this.#waiting.set(trigger, { revocations, until: this.now() + wait });
  }

  #isOurs(trigger: string): boolean {
    return this.options.triggers === undefined || this.options.triggers.includes(trigger);
  }
}

/**
 * Whether the pass has asked for all that the trigger needs. One that fails as a whole (a kind that can't be listed, a script
 * that is stopped) has not come to ask for the rest, which its next one may need; without the trigger or its EventSource there
 * is no rest.
 */
function isWhole({ computation: { snapshot, rendering, failures } }: Reconciliation): boolean {
  if (snapshot.state !== "present") return snapshot.state === "deleted";
  if (snapshot.isOutOfScope || snapshot.failures.some(({ reason }) => reason === "EventSourceNotFound")) return true;
  if (failures.some(isFatal)) return false;
  return rendering !== undefined || snapshot.selection === "unselected";
}

/** For how long a plan is carried out at least, by how long it took to be made; both in milliseconds. */
function writingTime(planning: number): number {
  return Math.min(MOST_MAKE_WAY_MILLISECONDS, Math.max(MAKE_WAY_MILLISECONDS, planning));
}
