/** The only place that reads arguments and environment, builds the parts, and sets the exit code. */
import { fileURLToPath } from "node:url";
import { runCommandLine } from "./src/cli/mod.ts";
import {
  type ClusterAccess,
  type ClusterRequest,
  type Environment,
  EXIT,
  type Terminal,
} from "./src/cli/environment.ts";
import { VERSION } from "./src/cli/version.ts";
import { isKubeUserError, openKubeCluster } from "./src/kube/access.ts";
import { systemClock } from "./src/kube/clock.ts";
import { kubeRights } from "./src/kube/rights_book.ts";

const encoder = new TextEncoder();

/** What became of stdout, once something has: nobody reads it any more, or it can't be written. */
let outEnd: { readonly isUnread: boolean; readonly message: string } | undefined;

/** Writes all of it, also where the reader is slow. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }
}

/** What finds no reader is dropped: half of the writes of an `apply` is worse than an answer that is cut short. */
function writeOut(text: string): void {
  if (outEnd) return;
  try {
    write(Deno.stdout, text);
  } catch (error) {
    const isUnread = error instanceof Deno.errors.BrokenPipe;
    outEnd = { isUnread, message: error instanceof Error ? error.message : String(error) };
  }
}

/** That a complaint can't be told changes neither the work nor the exit code. */
function writeErr(text: string): void {
  try {
    write(Deno.stderr, text);
  } catch {
    // There is nowhere left to say so.
  }
}

/** The stream takes them when its reader does; this thread goes on. @throws {Error} where nobody reads it any more. */
async function writeEventually(bytes: Uint8Array): Promise<number> {
  try {
    return await Deno.stderr.write(bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 0;
  }
}

/** As of a program that SIGPIPE ends, which is how shells know an answer that its reader has cut short. */
const EXIT_UNREAD = 141;

/** The exit code, where stdout has taken all that was said. */
function exitCodeOf(code: number): number {
  if (!outEnd) return code;
  if (outEnd.isUnread) return EXIT_UNREAD;
  writeErr(`moonferry: cannot write to stdout: ${outEnd.message}\n`);
  return EXIT.error;
}

const terminal: Terminal = {
  out: writeOut,
  err: writeErr,
  errEventually: writeEventually,
  outIsTerminal: Deno.stdout.isTerminal() && !Deno.noColor,
  errIsTerminal: Deno.stderr.isTerminal(),
  canAsk: Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
  ask: (question) => Promise.resolve(confirm(question)),
  readStdin: async () => await new Response(Deno.stdin.readable).text(),
};

/** In the system's folder for such things or, where Deno may not write there, in `scratch/` beside this file. */
async function makeScratchFolder(): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "moonferry-" });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const dir = new URL("./scratch", import.meta.url);
    await Deno.mkdir(dir, { recursive: true });
    return await Deno.makeTempDir({ prefix: "moonferry-", dir: fileURLToPath(dir) });
  }
}

/** What says which cluster is meant. */
const CLUSTER_VARIABLES = ["HOME", "USERPROFILE", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

/** @throws {Deno.errors.NotCapable} that names all variables at once. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const flag = `--allow-env=${CLUSTER_VARIABLES.join(",")}`;
    throw new Deno.errors.NotCapable(`Deno may not read the variable ${name}: start with ${flag}`);
  }
}

function openCluster(
  { options, onEvent, onWatchState, isNeeded, onStatusProblem, writeRefusal, signal }: ClusterRequest,
): Promise<ClusterAccess> {
  const home = variable("HOME") ?? variable("USERPROFILE");
  return openKubeCluster({
    kubeconfig: options.kubeconfig,
    kubeconfigVariable: variable("KUBECONFIG"),
    home,
    serviceHost: variable("KUBERNETES_SERVICE_HOST"),
    servicePort: variable("KUBERNETES_SERVICE_PORT"),
    context: options.context,
    allowExecAuth: options.allowExecAuth,
    allowInsecureServer: options.allowInsecureServer,
    version: VERSION,
    onEvent,
    onWatchState,
    isNeeded,
    onStatusProblem,
    writesPerSecond: options.writesPerSecond,
    instance: options.instance,
    reportNamespace: options.reportNamespace,
    ...(writeRefusal
      ? {
        election: {
          isWanted: options.leaderElect,
          namespace: options.leaseNamespace,
          // Half of it, so that there is time for a second try.
          timeoutMs: options.lease.renewDeadline / 2,
          writeRefusal,
        },
      }
      : {}),
    signal,
  });
}

/** The Pod's name, or the machine's, where this process may know either. */
function hostName(): string {
  for (const ask of [() => Deno.env.get("HOSTNAME"), () => Deno.hostname()]) {
    try {
      const name = ask();
      if (name) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
    }
  }
  return "moonferry";
}

/** Undefined where Deno may not read our own source, which it asks for each module of a worker. */
function planWorkerOpener(): (() => Worker) | undefined {
  const mayRead = ["./src", "./lua"].every((folder) => {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    return Deno.permissions.querySync({ name: "read", path }).state === "granted";
  });
  const url = new URL("./src/cli/plan_worker.ts", import.meta.url);
  return mayRead ? () => new Worker(url, { type: "module" }) : undefined;
}

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  if (Deno.build.os !== "windows" || name === "SIGINT") Deno.addSignalListener(name, () => stop.abort());
}

const environment: Environment = {
  terminal,
  world: {
    now: () => new Date(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  },
  openCluster,
  rights: kubeRights,
  clock: systemClock,
  identity: `${hostName()}/${crypto.randomUUID()}`,
  signal: stop.signal,
  makeScratchFolder,
  openPlanWorker: planWorkerOpener(),
};

Deno.exit(exitCodeOf(await runCommandLine(Deno.args, { ...environment, isUserError: isKubeUserError })));
