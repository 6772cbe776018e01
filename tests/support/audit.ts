/** The API server's audit log: who wrote what and when, and which of these writes were out of turn. */

/** Else the API server begins a new file after 100 MB, and what was before that would be nobody's doing. In MB. */
export const WHOLE_LOG = ["--audit-log-maxsize", "1000000"];

export interface AuditEntry {
  /** The last part of the user's name. */
  readonly user: string;
  readonly verb: string;
  /** `secrets`, `leases`, `events`; with `/status` behind it for a subresource. */
  readonly resource: string;
  readonly name: string;
  readonly code: number;
  readonly isDryRun: boolean;
  /** Milliseconds since the epoch on the server's clock: when the request was received, and when it was done. */
  readonly received: number;
  readonly done: number;
  /** Of a write of the Lease that succeeded: who holds it now; empty where it was given up. */
  readonly holder?: string;
  /** Of a write of an output that succeeded and that is more than book-keeping: the value that it has now. */
  readonly content?: string;
}

/** The log's whole lines, in the order in which the writes were done. */
export async function readAudit(path: string): Promise<AuditEntry[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "");
  return lines.map(readEntry).sort((a, b) => a.done - b.done);
}

function readEntry(line: string): AuditEntry {
  const { user, verb, objectRef, responseStatus, requestURI, requestObject, responseObject, ...event } = JSON.parse(
    line,
  );
  const code = responseStatus?.code ?? 0;
  const isBooking = requestObject?.metadata?.managedFields !== undefined;
  const { resource, subresource, name } = objectRef;
  return {
    user: user.username.split(":").at(-1),
    verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    name: name ?? requestObject?.metadata?.name ?? "",
    code,
    isDryRun: /[?&]dryRun=All\b/.test(requestURI),
    received: Date.parse(event.requestReceivedTimestamp),
    done: Date.parse(event.stageTimestamp),
    ...(resource === "leases" && code < 300 ? { holder: responseObject.spec.holderIdentity ?? "" } : {}),
    ...(resource === "secrets" && code < 300 && !isBooking && verb !== "delete"
      ? { content: responseObject.data?.tick ?? "" }
      : {}),
  };
}

export interface Verdict {
  /** Writes that changed something, or could have. */
  readonly writes: number;
  /** Of those, the ones received while another process held the lease, or nobody did, or the writer's had run out. */
  readonly outOfTurn: readonly AuditEntry[];
  /** Outputs that two replicas have given the same value. */
  readonly writtenTwice: readonly string[];
  /** How often the lease went to another holder. */
  readonly transitions: number;
}

/** Judges the log by the Lease alone, as the server has stored it. */
export function judge(entries: readonly AuditEntry[], leaseMilliseconds: number): Verdict {
  const leases = entries.filter(({ holder }) => holder !== undefined);
  const writes = entries.filter(({ resource, code, isDryRun }) =>
    resource !== "leases" && code < 300 && code > 0 && !isDryRun
  );
  const outOfTurn = writes.filter((write) => {
    const last = leases.findLast(({ done }) => done <= write.received);
    return last === undefined || last.holder === "" || last.user !== write.user ||
      write.received > last.done + leaseMilliseconds;
  });
  const writers = new Map<string, Set<string>>();
  for (const { name, content, user } of writes) {
    if (content === undefined) continue;
    const key = `${name} ${content}`;
    writers.set(key, (writers.get(key) ?? new Set()).add(user));
  }
  const holders = leases.map(({ holder }) => holder!).filter((holder) => holder !== "");
  return {
    writes: writes.length,
    outOfTurn,
    writtenTwice: [...writers].filter(([, users]) => users.size > 1).map(([key]) => key),
    transitions: holders.filter((holder, index) => index > 0 && holder !== holders[index - 1]).length,
  };
}
