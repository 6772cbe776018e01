/** The commands and their flags: one table, from which both parsing and `--help` are made. */
import { DEFAULT_WRITES_PER_SECOND } from "../reconcile/apply.ts";
import { DEFAULT_SVELTOS_NAMESPACE } from "../reconcile/generators.ts";
import { DEFAULT_INSTANCE } from "../reconcile/marks.ts";
import { KUBECONFIG_RELAXATIONS } from "../reconcile/payload.ts";

export const COMMANDS = [
  "run",
  "plan",
  "apply",
  "render",
  "adopt",
  "status",
  "withdraw",
  "rbac",
  "test",
  "demo",
  "version",
  "help",
] as const;
export type Command = typeof COMMANDS[number];

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
  readonly commands: readonly Command[];
}

const SELECTING: readonly Command[] = ["run", "plan", "apply", "render"];
const PIPELINE: readonly Command[] = [...SELECTING, "adopt"];
const WRITERS: readonly Command[] = ["run", "apply", "adopt", "withdraw"];
/** Whatever reads a cluster or a folder. */
const READERS: readonly Command[] = [...SELECTING, "status", "withdraw"];
/** Whatever reads a cluster. */
const CLIENTS: readonly Command[] = [...READERS, "adopt"];
const PLANNERS: readonly Command[] = ["run", "plan", "apply"];
/** Whatever asks the gates. */
const GATED: readonly Command[] = [...PLANNERS, "adopt"];
/** Whatever looks at outputs. */
const KEEPERS: readonly Command[] = [...PLANNERS, "status", "withdraw"];
/** The flags of these commands that say what rights it takes. */
const withRights = (commands: readonly Command[]): readonly Command[] => [...commands, "rbac"];

export const FLAGS: readonly Flag[] = [
  {
    name: "file",
    short: "f",
    value: "PATH",
    multiple: true,
    help: "read manifests instead of a cluster: a file, a folder with its subfolders, or - for stdin",
    commands: withRights(READERS),
  },
  {
    name: "output-dir",
    value: "DIR",
    help: "with -f: the folder that is written to and compared with",
    commands: KEEPERS,
  },
  {
    name: "mgmt-labels",
    value: "K=V,…",
    help: "labels of the management cluster mgmt/mgmt; they add to and win over those of its SveltosCluster",
    commands: withRights(PIPELINE),
  },
  {
    name: "sveltos-namespace",
    value: "NAME",
    help: `where generators put what they make (default: ${DEFAULT_SVELTOS_NAMESPACE})`,
    commands: PIPELINE,
  },
  { name: "trigger", value: "NAME", multiple: true, help: "only this EventTrigger", commands: withRights(READERS) },
  {
    name: "trigger-selector",
    value: "SELECTOR",
    help: "only EventTriggers with these labels (team=a,tier!=test); what came of others before stays as it is",
    commands: withRights([...SELECTING, "status"]),
  },
  {
    name: "kubeconfig",
    value: "FILE",
    help: "default: $KUBECONFIG, ~/.kube/config, or the Pod's own",
    commands: withRights(CLIENTS),
  },
  {
    name: "context",
    value: "NAME",
    help: "context of the kubeconfig (default: its current one)",
    commands: withRights(CLIENTS),
  },
  {
    name: "allow-exec-auth",
    value: "CMD,…",
    help: "credential programs that your own kubeconfig may run, by name (aws,gke-gcloud-auth-plugin)",
    commands: withRights(CLIENTS),
  },
  {
    name: "allow-insecure-server",
    help: "accept a server without https, or insecure-skip-tls-verify in your kubeconfig",
    commands: withRights(CLIENTS),
  },
  {
    name: "output",
    short: "o",
    value: "FORMAT",
    help: "table (default; of rbac without --check: yaml), json or yaml",
    commands: ["plan", "status", "version", "rbac"],
  },
  {
    name: "against",
    value: "WHAT",
    help: "sveltos: compare what would be written with what Sveltos has deployed, and say what works here",
    commands: ["plan"],
  },
  { name: "yes", short: "y", help: "do not ask before writing", commands: WRITERS },
  {
    name: "confirm",
    value: "HASH",
    help: "let a held mass change pass: the hash that plan printed",
    commands: PLANNERS,
  },
  { name: "adopt", help: "take over objects that exist and are not ours", commands: PLANNERS },
  {
    name: "listen",
    value: "[ADDR]:PORT",
    help: "serve /metrics, /healthz and /readyz there (default: nowhere)",
    commands: ["run"],
  },
  {
    name: "dry-run",
    help: "report what would change, but write nothing; run keeps looking",
    commands: ["run", "adopt"],
  },
  {
    name: "report-namespace",
    value: "NS",
    help: "where each trigger's report ConfigMap goes (default: the Pod's own namespace, and none from elsewhere; " +
      "for rbac that of --namespace)",
    commands: ["run", "rbac"],
  },
  {
    name: "consumer",
    value: "NAMESPACE",
    help: "only outputs in this namespace",
    commands: ["withdraw"],
  },
  { name: "release", help: "only take Moonferry's marks off: the objects stay, as nobody's", commands: ["withdraw"] },
  {
    name: "leader-elect",
    help:
      "write only while holding a Lease, so that there may be several replicas (default in a Pod; also =true, =false)",
    commands: ["run"],
  },
  { name: "no-leader-elect", help: "write without a Lease (default elsewhere)", commands: ["run", "rbac"] },
  {
    name: "lease-namespace",
    value: "NS",
    help: "where the Lease is, called moonferry or moonferry-<instance id> (default: the Pod's own namespace; for " +
      "rbac that of --namespace)",
    commands: ["run", "rbac"],
  },
  {
    name: "lease-duration",
    value: "DURATION",
    help: "a leader that was not seen for so long is replaced (default: 15s)",
    commands: ["run"],
  },
  {
    name: "lease-renew-deadline",
    value: "DURATION",
    help: "a leader that could not renew for so long ends (default: 10s)",
    commands: ["run"],
  },
  { name: "lease-retry-period", value: "DURATION", help: "between two tries (default: 2s)", commands: ["run"] },
  {
    name: "max-writes-per-second",
    value: "COUNT",
    help: `creates and updates sent to a cluster; revocations never wait (default: ${DEFAULT_WRITES_PER_SECOND})`,
    commands: ["run", "apply"],
  },
  { name: "create-namespaces", help: "create the namespaces that outputs need", commands: withRights(PLANNERS) },
  {
    name: "allowed-kinds",
    value: "KIND,…",
    help: "kinds that may be written, group-qualified (default: Secret)",
    commands: withRights([...KEEPERS, "adopt"]),
  },
  {
    name: "target-namespaces",
    value: "NS,…",
    help: "namespaces that may be written to, and where outputs are looked for (default: all but kube-*)",
    commands: withRights([...KEEPERS, "adopt"]),
  },
  {
    name: "allow-kubeconfig",
    value: "WHAT,…",
    help: `let kubeconfigs pass that have ${KUBECONFIG_RELAXATIONS.join(", ")}`,
    commands: GATED,
  },
  { name: "no-payload-check", help: "do not check that credential Secrets hold a kubeconfig", commands: GATED },
  {
    name: "instance-id",
    value: "NAME",
    help: `whose outputs these are (default: ${DEFAULT_INSTANCE}); two instances never touch each other's`,
    commands: withRights([...KEEPERS, "adopt"]),
  },
  {
    name: "source-namespaces",
    value: "NS,…",
    help: "namespaces that selectors, references and generators may read (default: all)",
    commands: withRights(PIPELINE),
  },
  {
    name: "max-inputs",
    value: "COUNT",
    help: "objects that the selectors of one EventSource list together (default: 20000)",
    commands: PIPELINE,
  },
  {
    name: "max-input-size",
    value: "SIZE",
    help: "keys and texts of these objects together (default: 64Mi)",
    commands: PIPELINE,
  },
  { name: "max-matches", value: "COUNT", help: "matches of one trigger (default: 10000)", commands: PIPELINE },
  {
    name: "max-outputs",
    value: "COUNT",
    help: "objects that one trigger asks for (default: 10000)",
    commands: PIPELINE,
  },
  {
    name: "max-output-size",
    value: "SIZE",
    help: "what one trigger renders for all its matches (default: 64Mi)",
    commands: PIPELINE,
  },
  {
    name: "max-steps",
    value: "COUNT",
    help: "work of its templates for all its matches, see --template-steps (default: 400000000)",
    commands: PIPELINE,
  },
  {
    name: "max-lua-time",
    value: "DURATION",
    help: "CPU time of its evaluate scripts for all objects (default: 30s)",
    commands: PIPELINE,
  },
  {
    name: "max-cel-cost",
    value: "COUNT",
    help: "steps of its CEL rules on all objects (default: 400000000)",
    commands: PIPELINE,
  },
  { name: "lua-time", value: "DURATION", help: "CPU time of one Lua evaluation (default: 2s)", commands: PIPELINE },
  {
    name: "lua-rest",
    value: "DURATION",
    help: "rest of a trigger whose script ran out of time three times in a row (default: 5m)",
    commands: ["run"],
  },
  { name: "lua-memory", value: "SIZE", help: "memory of one Lua evaluation (default: 256Mi)", commands: PIPELINE },
  { name: "lua-script-size", value: "SIZE", help: "length of a Lua script (default: 256Ki)", commands: PIPELINE },
  { name: "lua-print-size", value: "SIZE", help: "what one evaluation may print (default: 8Ki)", commands: PIPELINE },
  {
    name: "lua-resources-in",
    value: "COUNT",
    help: "resources given to a script (default: 50000)",
    commands: PIPELINE,
  },
  {
    name: "lua-resources-out",
    value: "COUNT",
    help: "resources that a script returns (default: 100000)",
    commands: PIPELINE,
  },
  {
    name: "lua-resource-size",
    value: "SIZE",
    help: "one resource, given or returned (default: 1Mi)",
    commands: PIPELINE,
  },
  {
    name: "cel-cost",
    value: "COUNT",
    help: "steps of one CEL rule on one object (default: 2000000)",
    commands: PIPELINE,
  },
  {
    name: "template-steps",
    value: "COUNT",
    help: "work of one rendering: nodes, elements, values printed (default: 10000000)",
    commands: PIPELINE,
  },
  {
    name: "template-output-size",
    value: "SIZE",
    help: "what one rendering writes, and each text made on the way (default: 16Mi)",
    commands: PIPELINE,
  },
  {
    name: "template-depth",
    value: "COUNT",
    help: "{{ template }} calls within each other (default: 500)",
    commands: PIPELINE,
  },
  { name: "log-format", value: "FORMAT", help: "text or json (default: text on a terminal)", commands: ["run"] },
  {
    name: "verbose",
    short: "v",
    help: "say more: notes, and what scripts print",
    commands: [...CLIENTS, "test"],
  },
  {
    name: "namespace",
    short: "n",
    value: "NS",
    help: "of the ServiceAccount that is to have the rights, where Lease and reports are, too (default: moonferry)",
    commands: ["rbac"],
  },
  {
    name: "service-account",
    value: "NAME",
    help: "the ServiceAccount that is to have the rights (default: moonferry)",
    commands: ["rbac"],
  },
  {
    name: "wide",
    help: "consumers come and go: rights to outputs in all namespaces are meant",
    commands: ["rbac"],
  },
  {
    name: "check",
    help: "compare with what you may do, and print what is missing and what is dangerous beyond it",
    commands: ["rbac"],
  },
  {
    name: "no-color",
    help: "no colour (also: NO_COLOR in the environment)",
    commands: [...withRights(CLIENTS), "test", "demo"],
  },
  { name: "help", short: "h", help: "this text", commands: COMMANDS },
];
