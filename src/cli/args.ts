/** The command line as options: flags parsed and refused, complete with defaults. It knows nothing of what they do and reads no environment. */
import { parseArgs } from "node:util";
import { DEFAULT_SVELTOS_NAMESPACE } from "../reconcile/generators.ts";
import { DEFAULT_TIMING, type LeaseTiming, timingProblem } from "../controller/lease.ts";
import { DEFAULT_WRITES_PER_SECOND } from "../reconcile/apply.ts";
import type { PipelineLimits } from "../reconcile/limits.ts";
import { readTriggerSelector, type TriggerSelector } from "../reconcile/scope.ts";
import { LabelSelectorError } from "../reconcile/label_selector.ts";
import { KUBECONFIG_RELAXATIONS, type KubeconfigRelaxation } from "../reconcile/payload.ts";
import type { CelLimits } from "../cel/mod.ts";
import type { LuaLimits } from "../sandbox/mod.ts";
import type { RenderLimits } from "../template/mod.ts";
import { type Command, COMMANDS, FLAGS } from "./flags.ts";
import {
  choice,
  list,
  readAddress,
  readCount,
  readDuration,
  readInstance,
  readKinds,
  readLabels,
  readName,
  readNamespace,
  readNamespaces,
  readSize,
  string,
  strings,
  suggest,
  UsageError,
  type Values,
} from "./flag_values.ts";

/** Namespace and name of Moonferry's ServiceAccount, as `k8s/` has it. */
const DEFAULT_ACCOUNT = "moonferry";

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
  readonly writesPerSecond: number;
  readonly adopt: boolean;
  /** What the plan is compared with; absent: with what is there. */
  readonly against?: "sveltos";
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
  /** How long a trigger rests whose script was stopped three times in a row, in milliseconds; absent: the loop's own. */
  readonly luaRest?: number;
  /** What one CEL rule may cost on one object; what is not named has its default. */
  readonly cel: Partial<CelLimits>;
  /** What rendering one template may cost; what is not named has its default. */
  readonly template: Partial<RenderLimits>;
  /** Of the ServiceAccount that is to have the rights. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Consumers come and go: rights in all namespaces are meant. */
  readonly wide: boolean;
  /** Compare with what whoever we are may do. */
  readonly check: boolean;
  readonly logFormat?: "text" | "json";
  readonly verbose: boolean;
  readonly noColor: boolean;
}

/** @throws {UsageError} for an unknown command or flag, a missing value, or one that can't be understood. */
export function readArgs(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [word, ...operands] = positionals;
  const command = word === undefined ? "help" : COMMANDS.find((name) => name === word);
  if (!command) throw new UsageError(`unknown command "${word}"${suggest(word!, COMMANDS)}`);
  const topic = command === "help" ? operands[0] : undefined;
  if (topic !== undefined && !COMMANDS.some((name) => name === topic)) {
    throw new UsageError(`unknown command "${topic}"${suggest(topic, COMMANDS)}`);
  }
  refuseForeignFlags(command, values);
  if (operands.length > 0 && !["test", "help", "adopt"].includes(command)) {
    throw new UsageError(`${command} takes no "${operands[0]}"; name files and folders with -f`);
  }
  const files = strings(values, "file");
  const outputDir = string(values, "output-dir");
  if (outputDir !== undefined && files.length === 0) throw new UsageError("--output-dir goes with -f");
  for (const name of ["kubeconfig", "context"]) {
    if (files.length > 0 && values[name] !== undefined && values.check !== true) {
      throw new UsageError(`--${name} does not go with -f`);
    }
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
    writesPerSecond: readCount("max-writes-per-second", string(values, "max-writes-per-second")) ??
      DEFAULT_WRITES_PER_SECOND,
    adopt: values.adopt === true,
    against: choice(values, "against", ["sveltos"]),
    createNamespaces: values["create-namespaces"] === true,
    reportNamespace: string(values, "report-namespace"),
    listen: readAddress("listen", string(values, "listen")),
    dryRun: values["dry-run"] === true,
    consumer: string(values, "consumer"),
    release: values.release === true,
    leaderElect: readLeaderElect(values, files),
    leaseNamespace: string(values, "lease-namespace"),
    lease: readTiming(values),
    allowedKinds: readKinds("allowed-kinds", list(values, "allowed-kinds")) ?? ["Secret"],
    targetNamespaces: readNamespaces("target-namespaces", list(values, "target-namespaces")),
    allowKubeconfig: (list(values, "allow-kubeconfig") ?? []).map((word) => {
      const known = KUBECONFIG_RELAXATIONS.find((name) => name === word);
      if (known) return known;
      throw new UsageError(`--allow-kubeconfig: "${word}" is none of ${KUBECONFIG_RELAXATIONS.join(", ")}`);
    }),
    checkPayload: values["no-payload-check"] !== true,
    instance: readInstance(string(values, "instance-id")),
    sveltosNamespace: readNamespace(
      "sveltos-namespace",
      string(values, "sveltos-namespace"),
      DEFAULT_SVELTOS_NAMESPACE,
    ),
    sourceNamespaces: readNamespaces("source-namespaces", list(values, "source-namespaces")),
    limits: readPipelineLimits(values),
    lua: readLuaLimits(values),
    luaRest: readDuration("lua-rest", string(values, "lua-rest")),
    cel: given({ cost: readCount("cel-cost", string(values, "cel-cost")) }),
    template: readTemplateLimits(values),
    namespace: readNamespace("namespace", string(values, "namespace"), DEFAULT_ACCOUNT),
    serviceAccount: readName("service-account", string(values, "service-account"), DEFAULT_ACCOUNT),
    wide: readWide(values),
    check: values.check === true,
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

function readWide(values: Values): boolean {
  if (values.wide === true && values["target-namespaces"] !== undefined) {
    throw new UsageError("--wide and --target-namespaces exclude each other: one says that consumers are not known");
  }
  return values.wide === true;
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
    steps: count("max-steps"),
    luaMilliseconds: readDuration("max-lua-time", string(values, "max-lua-time")),
    celSteps: count("max-cel-cost"),
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
