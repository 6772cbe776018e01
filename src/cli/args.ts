/**
 * The command line: one table of flags, from which both parsing and `--help` are made. It knows nothing of what the flags
 * do, reads no environment, and refuses what it does not know.
 */
import { parseArgs } from "node:util";
import { validateNamespace } from "../api/object.ts";
import { DEFAULT_SVELTOS_NAMESPACE } from "../reconcile/generators.ts";
import { DEFAULT_TIMING, type LeaseTiming, timingProblem } from "../controller/lease.ts";
import { DEFAULT_INSTANCE } from "../reconcile/marks.ts";
import type { PipelineLimits } from "../reconcile/limits.ts";
import { readTriggerSelector, type TriggerSelector } from "../reconcile/scope.ts";
import { LabelSelectorError } from "../reconcile/label_selector.ts";
import { KUBECONFIG_RELAXATIONS, type KubeconfigRelaxation } from "../reconcile/payload.ts";
import type { CelLimits } from "../cel/mod.ts";
import type { LuaLimits } from "../sandbox/mod.ts";
import type { RenderLimits } from "../template/mod.ts";

export const COMMANDS = [
  "run",
  "plan",
  "apply",
  "render",
  "status",
  "withdraw",
  "test",
  "demo",
  "version",
  "help",
] as const;
export type Command = typeof COMMANDS[number];

/** Bad usage: the message names the flag; the caller prints it and exits with 1. */
export class UsageError extends Error {
  override name = "UsageError";
}

interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Absent: a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
  readonly commands: readonly Command[];
}

const PIPELINE: readonly Command[] = ["run", "plan", "apply", "render"];
const WRITERS: readonly Command[] = ["run", "apply", "withdraw"];
/** Whatever reads a cluster or a folder. */
const READERS: readonly Command[] = [...PIPELINE, "status", "withdraw"];
const PLANNERS: readonly Command[] = ["run", "plan", "apply"];
/** Whatever looks at outputs. */
const KEEPERS: readonly Command[] = [...PLANNERS, "status", "withdraw"];

export const FLAGS: readonly Flag[] = [
  {
    name: "file",
    short: "f",
    value: "PATH",
    multiple: true,
    help: "read manifests instead of a cluster: a file, a folder with its subfolders, or - for stdin",
    commands: READERS,
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
    commands: PIPELINE,
  },
  {
    name: "sveltos-namespace",
    value: "NAME",
    help: `where generators put what they make (default: ${DEFAULT_SVELTOS_NAMESPACE})`,
    commands: PIPELINE,
  },
  { name: "trigger", value: "NAME", multiple: true, help: "only this EventTrigger", commands: READERS },
  {
    name: "trigger-selector",
    value: "SELECTOR",
    help: "only EventTriggers with these labels (team=a,tier!=test); what came of others before stays as it is",
    commands: PIPELINE,
  },
  {
    name: "kubeconfig",
    value: "FILE",
    help: "default: $KUBECONFIG, ~/.kube/config, or the Pod's own",
    commands: READERS,
  },
  { name: "context", value: "NAME", help: "context of the kubeconfig (default: its current one)", commands: READERS },
  {
    name: "allow-exec-auth",
    value: "CMD,…",
    help: "credential programs that your own kubeconfig may run, by name (aws,gke-gcloud-auth-plugin)",
    commands: READERS,
  },
  {
    name: "allow-insecure-server",
    help: "accept a server without https, or insecure-skip-tls-verify in your kubeconfig",
    commands: READERS,
  },
  { name: "output", short: "o", value: "FORMAT", help: "table (default), json or yaml", commands: ["plan", "status"] },
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
  { name: "dry-run", help: "keep looking and report what would change, but write nothing", commands: ["run"] },
  {
    name: "report-namespace",
    value: "NS",
    help: "where each trigger's report ConfigMap goes (default: the Pod's own namespace; elsewhere none is written)",
    commands: ["run"],
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
  { name: "no-leader-elect", help: "write without a Lease (default elsewhere)", commands: ["run"] },
  {
    name: "lease-namespace",
    value: "NS",
    help: "where the Lease is, called moonferry or moonferry-<instance id> (default: the Pod's own namespace)",
    commands: ["run"],
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
  { name: "create-namespaces", help: "create the namespaces that outputs need", commands: PLANNERS },
  {
    name: "allowed-kinds",
    value: "KIND,…",
    help: "kinds that may be written, group-qualified (default: Secret)",
    commands: KEEPERS,
  },
  {
    name: "target-namespaces",
    value: "NS,…",
    help: "namespaces that may be written to (default: all but kube-*)",
    commands: PLANNERS,
  },
  {
    name: "allow-kubeconfig",
    value: "WHAT,…",
    help: `let kubeconfigs pass that have ${KUBECONFIG_RELAXATIONS.join(", ")}`,
    commands: PLANNERS,
  },
  { name: "no-payload-check", help: "do not check that credential Secrets hold a kubeconfig", commands: PLANNERS },
  {
    name: "instance-id",
    value: "NAME",
    help: `whose outputs these are (default: ${DEFAULT_INSTANCE}); two instances never touch each other's`,
    commands: KEEPERS,
  },
  {
    name: "source-namespaces",
    value: "NS,…",
    help: "namespaces that selectors, references and generators may read (default: all)",
    commands: PIPELINE,
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
  { name: "lua-time", value: "DURATION", help: "CPU time of one Lua evaluation (default: 2s)", commands: PIPELINE },
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
    commands: [...READERS, "test"],
  },
  { name: "no-color", help: "no colour (also: NO_COLOR in the environment)", commands: [...READERS, "test", "demo"] },
  { name: "help", short: "h", help: "this text", commands: COMMANDS },
];

/** What the flags say, complete with defaults. */
export interface Options {
  readonly command: Command;
  /** Arguments that are no flags. */
  readonly operands: readonly string[];
  readonly help: boolean;
  readonly files: readonly string[];
  readonly outputDir?: string;
  readonly managementLabels: Readonly<Record<string, string>>;
  /** Where generators put what they make. */
  readonly sveltosNamespace: string;
  readonly triggers?: readonly string[];
  /** Absent: all triggers are ours. */
  readonly triggerSelector?: TriggerSelector;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly allowExecAuth: readonly string[];
  readonly allowInsecureServer: boolean;
  readonly output: "table" | "json" | "yaml";
  readonly yes: boolean;
  readonly confirm?: string;
  readonly adopt: boolean;
  readonly createNamespaces: boolean;
  readonly reportNamespace?: string;
  readonly listen?: { readonly hostname: string; readonly port: number };
  readonly dryRun: boolean;
  readonly consumer?: string;
  readonly release: boolean;
  /** Undefined: in a Pod, and nowhere else. */
  readonly leaderElect?: boolean;
  readonly leaseNamespace?: string;
  readonly lease: LeaseTiming;
  readonly allowedKinds: readonly string[];
  readonly targetNamespaces?: readonly string[];
  readonly allowKubeconfig: readonly KubeconfigRelaxation[];
  readonly checkPayload: boolean;
  readonly instance: string;
  /** The namespaces that may be read; absent: all. */
  readonly sourceNamespaces?: readonly string[];
  /** How much one trigger may read, match and render; what is not named has its default. */
  readonly limits: Partial<PipelineLimits>;
  /** What one Lua evaluation may cost; what is not named has its default. */
  readonly lua: Partial<LuaLimits>;
  /** What one CEL rule may cost on one object; what is not named has its default. */
  readonly cel: Partial<CelLimits>;
  /** What rendering one template may cost; what is not named has its default. */
  readonly template: Partial<RenderLimits>;
  readonly logFormat?: "text" | "json";
  readonly verbose: boolean;
  readonly noColor: boolean;
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** @throws {UsageError} for an unknown command or flag, a missing value, or one that can't be understood. */
export function readArgs(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [word, ...operands] = positionals;
  const command = word === undefined ? "help" : COMMANDS.find((name) => name === word);
  if (!command) throw new UsageError(`unknown command "${word}"${suggest(word!, COMMANDS)}`);
  refuseForeignFlags(command, values);
  if (operands.length > 0 && !["test", "help"].includes(command)) {
    throw new UsageError(`${command} takes no "${operands[0]}"; name files and folders with -f`);
  }
  const files = strings(values, "file");
  const outputDir = string(values, "output-dir");
  if (outputDir !== undefined && files.length === 0) throw new UsageError("--output-dir goes with -f");
  for (const name of ["kubeconfig", "context"]) {
    if (files.length > 0 && values[name] !== undefined) throw new UsageError(`--${name} does not go with -f`);
  }
  return {
    command,
    operands,
    help: values.help === true || command === "help",
    files,
    outputDir,
    managementLabels: readLabels(string(values, "mgmt-labels")),
    triggers: values.trigger === undefined ? undefined : strings(values, "trigger"),
    triggerSelector: readSelector(string(values, "trigger-selector")),
    kubeconfig: string(values, "kubeconfig"),
    context: string(values, "context"),
    allowExecAuth: list(values, "allow-exec-auth") ?? [],
    allowInsecureServer: values["allow-insecure-server"] === true,
    output: choice(values, "output", ["table", "json", "yaml"]) ?? "table",
    yes: values.yes === true,
    confirm: string(values, "confirm"),
    adopt: values.adopt === true,
    createNamespaces: values["create-namespaces"] === true,
    reportNamespace: string(values, "report-namespace"),
    listen: readAddress("listen", string(values, "listen")),
    dryRun: values["dry-run"] === true,
    consumer: string(values, "consumer"),
    release: values.release === true,
    leaderElect: readLeaderElect(values, files),
    leaseNamespace: string(values, "lease-namespace"),
    lease: readTiming(values),
    allowedKinds: list(values, "allowed-kinds") ?? ["Secret"],
    targetNamespaces: list(values, "target-namespaces"),
    allowKubeconfig: (list(values, "allow-kubeconfig") ?? []).map((word) => {
      const known = KUBECONFIG_RELAXATIONS.find((name) => name === word);
      if (known) return known;
      throw new UsageError(`--allow-kubeconfig: "${word}" is none of ${KUBECONFIG_RELAXATIONS.join(", ")}`);
    }),
    checkPayload: values["no-payload-check"] !== true,
    instance: readInstance(string(values, "instance-id")),
    sveltosNamespace: readNamespace("sveltos-namespace", string(values, "sveltos-namespace")),
    sourceNamespaces: readNamespaces("source-namespaces", list(values, "source-namespaces")),
    limits: readPipelineLimits(values),
    lua: readLuaLimits(values),
    cel: given({ cost: readCount("cel-cost", string(values, "cel-cost")) }),
    template: readTemplateLimits(values),
    logFormat: choice(values, "log-format", ["text", "json"]),
    verbose: values.verbose === true,
    noColor: values["no-color"] === true,
  };
}

function readSelector(text: string | undefined): TriggerSelector | undefined {
  if (text === undefined) return undefined;
  try {
    return readTriggerSelector(text);
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    throw new UsageError(`--trigger-selector: ${error.message}`);
  }
}

function readLeaderElect(values: Values, files: readonly string[]): boolean | undefined {
  const [isOn, isOff] = [values["leader-elect"] === true, values["no-leader-elect"] === true];
  if (isOn && isOff) throw new UsageError("--leader-elect and --no-leader-elect exclude each other");
  if (isOn && files.length > 0) throw new UsageError("--leader-elect does not go with -f: a folder has one writer");
  return isOn ? true : isOff ? false : undefined;
}

function readTiming(values: Values): LeaseTiming {
  const time = (name: string) => readDuration(name, string(values, name));
  const timing = {
    duration: time("lease-duration") ?? DEFAULT_TIMING.duration,
    renewDeadline: time("lease-renew-deadline") ?? DEFAULT_TIMING.renewDeadline,
    retryPeriod: time("lease-retry-period") ?? DEFAULT_TIMING.retryPeriod,
  };
  const problem = timingProblem(timing);
  if (problem) throw new UsageError(`--lease-duration, --lease-renew-deadline, --lease-retry-period: ${problem}`);
  return timing;
}

function readPipelineLimits(values: Values): Partial<PipelineLimits> {
  const count = (name: string) => readCount(name, string(values, name));
  const size = (name: string) => readSize(name, string(values, name));
  return given({
    inputs: count("max-inputs"),
    inputSize: size("max-input-size"),
    matches: count("max-matches"),
    outputs: count("max-outputs"),
    outputSize: size("max-output-size"),
  });
}

function readLuaLimits(values: Values): Partial<LuaLimits> {
  const size = (name: string) => readSize(name, string(values, name));
  const limits: Partial<Record<keyof LuaLimits, number | undefined>> = {
    milliseconds: readDuration("lua-time", string(values, "lua-time")),
    bytes: size("lua-memory"),
    scriptBytes: size("lua-script-size"),
    printBytes: size("lua-print-size"),
    resourcesIn: readCount("lua-resources-in", string(values, "lua-resources-in")),
    resourcesOut: readCount("lua-resources-out", string(values, "lua-resources-out")),
    resourceBytes: size("lua-resource-size"),
  };
  return given(limits);
}

function readTemplateLimits(values: Values): Partial<RenderLimits> {
  return given({
    steps: readCount("template-steps", string(values, "template-steps")),
    outputBytes: readSize("template-output-size", string(values, "template-output-size")),
    templateDepth: readCount("template-depth", string(values, "template-depth")),
  });
}

/** What has a value: the rest keeps its default. */
function given<T extends Record<string, number | undefined>>(limits: T): { [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: number;
  };
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new UsageError(`--${name}: wanted a whole number from 1 up, found "${text}"`);
  }
  return Number(text);
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(FLAGS.map(({ name, short, value, multiple }) => [name, {
    type: value === undefined ? "boolean" as const : "string" as const,
    multiple: multiple ?? false,
    ...(short === undefined ? {} : { short }),
  }]));
  // As other controllers spell a switch.
  const spelled = args.map((argument) =>
    argument === "--leader-elect=true"
      ? "--leader-elect"
      : argument === "--leader-elect=false"
      ? "--no-leader-elect"
      : argument
  );
  try {
    return parseArgs({ args: spelled, options, allowPositionals: true, strict: true }) as ReturnType<typeof parse>;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const flag = /'(--?[A-Za-z-]+)/.exec(message)?.[1];
    const isUnknown = message.startsWith("Unknown option");
    const names = FLAGS.map(({ name }) => `--${name}`);
    if (isUnknown && flag) throw new UsageError(`unknown flag ${flag}${suggest(flag, names)}`);
    throw new UsageError(message.split(". To specify")[0]!);
  }
}

function refuseForeignFlags(command: Command, values: Values): void {
  for (const { name, commands } of FLAGS) {
    if (values[name] === undefined || commands.includes(command)) continue;
    throw new UsageError(`--${name} does not go with ${command}; it goes with ${commands.join(", ")}`);
  }
}

function string(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === "") throw new UsageError(`--${name}: wanted a value, found nothing`);
  return typeof value === "string" ? value : undefined;
}

function strings(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

function list(values: Values, name: string): string[] | undefined {
  const items = string(values, name)?.split(",").map((item) => item.trim()).filter((item) => item !== "");
  return items;
}

function choice<T extends string>(values: Values, name: string, choices: readonly T[]): T | undefined {
  const value = string(values, name);
  if (value === undefined) return undefined;
  const known = choices.find((candidate) => candidate === value);
  if (known === undefined) throw new UsageError(`--${name}: "${value}" is none of ${choices.join(", ")}`);
  return known;
}

function readLabels(text: string | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of (text ?? "").split(",").filter((part) => part !== "")) {
    const [key, value, ...more] = part.split("=");
    if (!key || value === undefined || more.length > 0) {
      throw new UsageError(`--mgmt-labels: "${part}" is not KEY=VALUE`);
    }
    labels[key.trim()] = value.trim();
  }
  return labels;
}

function readNamespace(name: string, text: string | undefined): string {
  if (text === undefined) return DEFAULT_SVELTOS_NAMESPACE;
  const problem = validateNamespace(text);
  if (problem) throw new UsageError(`--${name}: "${text}" is no namespace: ${problem}`);
  return text;
}

function readNamespaces(name: string, namespaces: string[] | undefined): string[] | undefined {
  if (namespaces?.length === 0) throw new UsageError(`--${name}: wanted namespaces, found none`);
  for (const namespace of namespaces ?? []) readNamespace(name, namespace);
  return namespaces;
}

function readInstance(text: string | undefined): string {
  if (text === undefined) return DEFAULT_INSTANCE;
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)) return text;
  throw new UsageError(`--instance-id: "${text}" is no label value (up to 63 letters, digits, - _ .)`);
}

/** `:8080` (all addresses), `127.0.0.1:8080`, `[::1]:8080`. */
function readAddress(name: string, text: string | undefined): { hostname: string; port: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65535) {
    throw new UsageError(`--${name}: "${text}" is no address such as :8080 or 127.0.0.1:8080`);
  }
  return { hostname: match[1] ?? (match[2] === "" ? "0.0.0.0" : match[2]!), port };
}

function readDuration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!match) throw new UsageError(`--${name}: "${text}" is no duration such as 500ms, 2s or 1m`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}

function readSize(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)(Ki|Mi|Gi)$/.exec(text);
  if (!match) throw new UsageError(`--${name}: "${text}" is no size such as 512Ki, 256Mi or 1Gi`);
  return Number(match[1]) * { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 }[match[2] as "Ki" | "Mi" | "Gi"];
}

/** `; did you mean "plan"?` where a known word is close. */
function suggest(word: string, known: readonly string[]): string {
  const closest = known.map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return closest && closest.distance <= 2 ? `; did you mean ${closest.name}?` : "";
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
