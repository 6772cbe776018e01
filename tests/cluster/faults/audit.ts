/** The API server's own record of every write: who wrote what, when, and whether it took place. */

export interface Write {
  readonly verb: "create" | "update" | "patch" | "delete" | "deletecollection";
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

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
    args: ["--audit-policy-file", `${folder}/policy.yaml`, "--audit-log-path", log, "--audit-log-mode", "blocking"],
    log,
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Moonferry's writes that took place since `from` (milliseconds since 1970), in order. */
export async function writesOf(log: string, from: number): Promise<Write[]> {
  const text = await Deno.readTextFile(log).catch(() => "");
  const writes: Write[] = [];
  for (const line of text.split("\n")) {
    if (!line.includes('"userAgent":"moonferry') || !/"verb":"(create|update|patch|delete)/.test(line)) continue;
    const event = JSON.parse(line);
    const status = event.responseStatus?.code ?? 0, at = Date.parse(event.requestReceivedTimestamp);
    if (!String(event.userAgent).startsWith("moonferry") || status >= 300 || at < from) continue;
    const { resource, namespace = "", name = "" } = event.objectRef;
    writes.push({ verb: event.verb, resource, namespace, name, status, at });
  }
  return writes;
}
