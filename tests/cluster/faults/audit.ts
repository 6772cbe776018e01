/** The API server's own record of every request: who asked or wrote what, when, and whether it took place. */

import { WHOLE_LOG } from "../../support/audit.ts";

export interface Write {
  readonly verb: "create" | "update" | "patch" | "delete" | "deletecollection";
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The name that the writer has signed in with. */
  readonly user: string;
}

/** What Moonferry asked for, reads and writes. */
export interface Traffic {
  /** When each request came, in milliseconds since 1970. */
  readonly times: readonly number[];
  /** When each watch that is still open was opened. */
  readonly watches: readonly number[];
}

const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: ["system:apiserver"]
  - level: Metadata
`;

/** Flags for kube-apiserver, and the file that it then writes. */
export async function auditFlags(): Promise<{ args: string[]; log: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-audit-" });
  await Deno.writeTextFile(`${folder}/policy.yaml`, POLICY);
  const log = `${folder}/audit.log`;
  return {
    args: [
      ...WHOLE_LOG,
      "--audit-policy-file",
      `${folder}/policy.yaml`,
      "--audit-log-path",
      log,
      "--audit-log-mode",
      "blocking",
    ],
    log,
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Moonferry's writes that took place since `from` (milliseconds since 1970), in order. */
export async function writesOf(log: string, from: number): Promise<Write[]> {
  const writes: Write[] = [];
  for (const event of await eventsOf(log)) {
    const status = event.responseStatus?.code ?? 0, at = Date.parse(event.requestReceivedTimestamp);
    if (!WRITES.has(event.verb) || status >= 300 || at < from) continue;
    const { resource, namespace = "", name = "" } = event.objectRef;
    writes.push({ verb: event.verb, resource, namespace, name, status, at, user: event.user.username });
  }
  return writes;
}

/** Moonferry's requests since `from`, whatever came of them. */
export async function trafficOf(log: string, from: number): Promise<Traffic> {
  const times = new Map<string, number>(), watches = new Map<string, number>();
  for (const { auditID, verb, stage, requestReceivedTimestamp } of await eventsOf(log)) {
    const at = Date.parse(requestReceivedTimestamp);
    if (at < from) continue;
    times.set(auditID, at);
    if (verb === "watch" && stage === "ResponseStarted") watches.set(auditID, at);
    else watches.delete(auditID);
  }
  return { times: [...times.values()], watches: [...watches.values()] };
}

// deno-lint-ignore no-explicit-any -- events of audit.k8s.io/v1
async function eventsOf(log: string): Promise<any[]> {
  const text = await Deno.readTextFile(log).catch(() => "");
  // Most lines are the judge's own, and need not be read to know that; the last one may be half written.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line.includes('"userAgent":"moonferry')).map((line) => JSON.parse(line));
}
