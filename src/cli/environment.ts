/** What a command is given by `main.ts`: the terminal, the clock, and a way to open a cluster. Nothing else reaches outside. */
import type { WatchEvent } from "../controller/dependencies.ts";
import type { LeaseClock, LeaseStore } from "../controller/leadership.ts";
import type { PlanWorker } from "../controller/worker_planner.ts";
import type { Applier } from "../reconcile/apply.ts";
import type { ResourceKind, Right } from "../api/right.ts";
import type { Change } from "../reconcile/plan.ts";
import type { ObjectQuery, ObjectReader, ReadOptions } from "../reconcile/reader.ts";
import type { TriggerReport } from "../reconcile/report.ts";
import type { WatchSample } from "../telemetry/metrics.ts";
import type { TemplateWorld } from "../template/mod.ts";
import type { Options } from "./args.ts";
import type { RightsReview } from "./rbac/check.ts";

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Writes some of the bytes to stderr, and resolves with how many, once its reader takes them: nobody waits but the caller. */
  errEventually?(bytes: Uint8Array): Promise<number>;
  /** True where a person reads stdout (stderr) and colour makes sense. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** True where a person can be asked. */
  readonly canAsk: boolean;
  /** Asks a yes/no question; false where nobody can answer. */
  ask(question: string): Promise<boolean>;
  readStdin(): Promise<string>;
}

/** A cluster, opened with the credentials that the options name. */
export interface ClusterAccess {
  readonly reader: ObjectReader;
  readonly applier: Applier;
  /** Tells the cluster how its triggers are; absent where nobody asked for it. */
  readonly status?: { publish(report: TriggerReport): void };
  /** How the watches stand; absent where there are none. */
  readonly watches?: () => readonly WatchSample[];
  /** Where the lease of leader election is kept; absent where there is no election. */
  readonly lease?: LeaseStore;
  /** What whoever we are may do. */
  readonly review: RightsReview;
  /** Context and server, for people: `context kind-mgmt (https://127.0.0.1:6443)`. */
  readonly description: string;
  close(): void;
}

export interface ClusterRequest {
  readonly options: Options;
  /** Given: the reader answers from caches that watches keep fresh, and tells of every change. */
  readonly onEvent?: (event: WatchEvent) => void;
  /** Given: called when a watch is lost or found again. */
  readonly onWatchState?: (message: string, isLost: boolean) => void;
  /** Given: whether somebody needs what is watched for the query; what nobody needs is watched no longer. */
  readonly isNeeded?: (query: ObjectQuery) => boolean;
  /** Given: the status of triggers may be written; called with what could not be. */
  readonly onStatusProblem?: (message: string) => void;
  /** Given: there may be an election; asked right before each write why it may not be sent. */
  readonly writeRefusal?: () => string | undefined;
  readonly signal: AbortSignal;
}

/** What calls take in rights, as those say who make the calls. */
export interface RightsBook {
  toRead(kind: ResourceKind, query: ObjectQuery, options: ReadOptions): Right[];
  toWrite(
    kind: ResourceKind,
    place: { readonly namespace?: string },
    change: Pick<Change, "subresources" | "unowned">,
  ): Right[];
  /** To take part in the election of an instance's leader. */
  toLead(namespace: string, instance: string): Right[];
  /** To tell how triggers are, with reports in a namespace. */
  toReport(reportNamespace: string): Right[];
}

export interface Environment {
  readonly terminal: Terminal;
  readonly world: TemplateWorld;
  /** @throws {Error} whose message says what is wrong with the kubeconfig or the connection, and what to do. */
  openCluster(request: ClusterRequest): Promise<ClusterAccess>;
  /** The time of whatever waits. */
  readonly clock: LeaseClock;
  readonly rights: RightsBook;
  /** Of this process and no other, whenever: who holds the lease. */
  readonly identity: string;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** A new, empty folder of our own; the caller removes it. */
  makeScratchFolder(): Promise<string>;
  /** Starts a thread for planning; absent: plans are made in this one. */
  readonly openPlanWorker?: () => PlanWorker;
}

/** Decision 19. */
export const EXIT = { ok: 0, error: 1, changes: 2, held: 3 } as const;
export type ExitCode = typeof EXIT[keyof typeof EXIT];
