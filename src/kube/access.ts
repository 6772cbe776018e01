/** Opens a cluster for the command line: finds the credentials, and puts client, discovery, reader and applier together. */
import type { KubeObject } from "../api/object.ts";
import type { Applier } from "../reconcile/apply.ts";
import type { ObjectQuery, ObjectReader } from "../reconcile/reader.ts";
import { KubeApplier } from "./apply.ts";
import { CredentialError } from "./auth.ts";
import { KubeClient } from "./client.ts";
import { systemClock } from "./clock.ts";
import {
  type ClusterConnection,
  ConfigError,
  IN_CLUSTER,
  inClusterConnection,
  loadKubeconfig,
  readKubeconfigFiles,
} from "./config.ts";
import { Discovery } from "./discovery.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import { PluginError } from "./exec_plugin.ts";
import { KubeLease, leaseNameOf } from "./lease.ts";
import { KubeReader, WatchingReader, type WatchStatus } from "./reader.ts";
import { PacedApplier } from "./paced_applier.ts";
import { KubeReview } from "./review.ts";
import { KubeStatus } from "./status.ts";

export interface AccessRequest {
  /** `--kubeconfig`. */
  readonly kubeconfig?: string;
  /** `$KUBECONFIG`: paths with `:` (`;` on Windows) between them. */
  readonly kubeconfigVariable?: string;
  readonly home?: string;
  readonly serviceHost?: string;
  readonly servicePort?: string;
  readonly context?: string;
  readonly allowExecAuth: readonly string[];
  readonly allowInsecureServer: boolean;
  readonly version: string;
  readonly onEvent?: (event: { readonly query: ObjectQuery; readonly object?: KubeObject }) => void;
  readonly onWatchState?: (message: string, isLost: boolean) => void;
  readonly isNeeded?: (query: ObjectQuery) => boolean;
  /** Given: the status of triggers is written, and what can't be is told. */
  readonly onStatusProblem?: (message: string) => void;
  /** `--max-writes-per-second`. */
  readonly writesPerSecond: number;
  readonly instance: string;
  /** `--report-namespace`; absent: the Pod's own, or none. */
  readonly reportNamespace?: string;
  /** Given: the instance's Lease is wanted, and every write is asked about right before it is sent. */
  readonly election?: ElectionRequest;
  readonly signal: AbortSignal;
}

export interface ElectionRequest {
  /** Undefined: in a Pod, and nowhere else. */
  readonly isWanted?: boolean;
  /** `--lease-namespace`; absent: the Pod's own. */
  readonly namespace?: string;
  /** For one request about the Lease. */
  readonly timeoutMs: number;
  /** Why nothing may be written now; undefined where it may. */
  readonly writeRefusal: () => string | undefined;
}

export interface Access {
  readonly reader: ObjectReader;
  readonly applier: Applier;
  /** Absent where nobody asked for it. */
  readonly status?: KubeStatus;
  /** How the watches stand; absent where there are none. */
  readonly watches?: () => readonly WatchStatus[];
  /** Where the lease is kept; absent where there is no election. */
  readonly lease?: KubeLease;
  readonly review: KubeReview;
  readonly description: string;
  close(): void;
}

/** True for errors whose message is meant for the user as it is. */
export function isKubeUserError(error: unknown): error is Error {
  return [ConfigError, CredentialError, PluginError, ApiError, ConnectionError].some((type) => error instanceof type);
}

/**
 * Opens the cluster and asks it one thing, so that a wrong address, certificate or token is told at once.
 *
 * @throws {Error} for which {@link isKubeUserError} holds.
 */
export async function openKubeCluster(request: AccessRequest): Promise<Access> {
  const connection = await findConnection(request);
  const isInCluster = connection.contextName === IN_CLUSTER;
  const { election } = request;
  const leaseNamespace = election && leaseNamespaceOf(election, connection);
  const userAgent = `moonferry/${request.version}`;
  const writeRefusal = leaseNamespace === undefined ? undefined : election?.writeRefusal;
  const client = new KubeClient(connection, { userAgent, writeRefusal });
  try {
    await client.getPath("/version", request.signal);
  } catch (error) {
    client.close();
    throw error;
  }
  const discovery = new Discovery(client, systemClock);
  const parts = { client, discovery, clock: systemClock };
  const { onEvent, onWatchState, isNeeded, onStatusProblem } = request;
  const reportNamespace = request.reportNamespace ?? (isInCluster ? connection.namespace : undefined);
  const leaseClient = leaseNamespace === undefined
    ? undefined
    // To wait within a call would be to miss the renew deadline: whoever elects tries again by itself.
    : new KubeClient(connection, { userAgent, timeoutMs: election?.timeoutMs, tries: 1 });
  const watching = onEvent ? new WatchingReader(parts, { onEvent, onWatchState, isNeeded }) : undefined;
  return {
    reader: watching ?? new KubeReader(parts),
    applier: new PacedApplier(new KubeApplier(client, discovery), request.writesPerSecond, systemClock),
    ...(watching ? { watches: () => watching.watches() } : {}),
    ...(onStatusProblem
      ? {
        status: new KubeStatus(
          parts,
          { instance: request.instance, reportNamespace, onProblem: onStatusProblem },
          request.signal,
        ),
      }
      : {}),
    ...(leaseClient ? { lease: new KubeLease(leaseClient, leaseNamespace!, leaseNameOf(request.instance)) } : {}),
    review: new KubeReview(client),
    description: `context ${connection.contextName} (${connection.server})`,
    close: () => {
      leaseClient?.close();
      const ended = watching ? watching.close() : Promise.resolve();
      ended.finally(() => client.close());
    },
  };
}

/**
 * Where the Lease is: undefined where no leader is elected, as everywhere but in a Pod unless it is asked for.
 *
 * @throws {ConfigError} where it is asked for outside a Pod and nobody has said where.
 */
export function leaseNamespaceOf(
  { isWanted, namespace }: Pick<ElectionRequest, "isWanted" | "namespace">,
  connection: Pick<ClusterConnection, "contextName" | "namespace">,
): string | undefined {
  const isInCluster = connection.contextName === IN_CLUSTER;
  if (!(isWanted ?? isInCluster)) return undefined;
  // A context's namespace is where its user works, not where Moonferry is.
  const chosen = namespace ?? (isInCluster ? connection.namespace : undefined);
  if (chosen !== undefined) return chosen;
  throw new ConfigError("leader election outside a cluster needs --lease-namespace NS, where its Lease is kept");
}

async function findConnection(request: AccessRequest): Promise<ClusterConnection> {
  const options = {
    context: request.context,
    allowExec: request.allowExecAuth,
    allowInsecure: request.allowInsecureServer,
  };
  if (request.kubeconfig !== undefined) {
    return loadKubeconfig(await readKubeconfigFiles([request.kubeconfig], false), options);
  }
  if (request.kubeconfigVariable) {
    const separator = Deno.build.os === "windows" ? ";" : ":";
    return loadKubeconfig(await readKubeconfigFiles(request.kubeconfigVariable.split(separator), true), options);
  }
  // As kubectl: a pod's own credentials only where there is no kubeconfig.
  const path = request.home ? `${request.home}/.kube/config` : undefined;
  const isInCluster = request.serviceHost !== undefined;
  if (path !== undefined && (!isInCluster || await exists(path))) {
    return loadKubeconfig(await readKubeconfigFiles([path], true), options);
  }
  return await inClusterConnection({ host: request.serviceHost, port: request.servicePort });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
