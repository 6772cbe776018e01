/** Runs the program as a user does, as a process of its own with the permissions that its tasks give it. */
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const ENV = "NO_COLOR,HOME,USERPROFILE,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT";
const PERMISSIONS = [
  "--no-prompt",
  "--cached-only",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  `--allow-env=${ENV}`,
];

/** As in the task `run` and in the container: what lives there is little, and what a pass leaves behind is much. */
const HEAP = "--v8-flags=--heap-growing-percent=50";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function commandOf(
  args: readonly string[],
  env: Record<string, string> = {},
  denoFlags: readonly string[] = [],
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, ...denoFlags, MAIN, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a command to its end. */
export async function moonferry(
  args: readonly string[],
  env: Record<string, string> = {},
  denoFlags: readonly string[] = [],
): Promise<Result> {
  const { code, stdout, stderr } = await commandOf(args, env, denoFlags).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A command that goes on, such as `run`; its log can be waited for. */
export class RunningMoonferry {
  #process: Deno.ChildProcess;
  #log = "";
  #waiting: { pattern: RegExp; from: number; resolve: () => void }[] = [];
  #reading: Promise<void>;
  #mayRead: Promise<void> = Promise.resolve();
  #readOn = () => {};
  /** True once it has ended, for whatever reason. */
  hasEnded = false;

  constructor(args: readonly string[], env: Record<string, string> = {}, denoFlags: readonly string[] = []) {
    this.#process = commandOf(args, env, [HEAP, ...denoFlags]).spawn();
    this.#reading = this.#read();
    this.#process.stdout.cancel();
    this.#process.status.then(() => this.hasEnded = true);
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#process.pid;
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      await this.#mayRead;
      this.#log += text;
      this.#waiting = this.#waiting.filter(({ pattern, from, resolve }) => {
        if (!pattern.test(this.#log.slice(from))) return true;
        resolve();
        return false;
      });
    }
  }

  /**
   * Resolves when the log matches, from a position that was taken before what it tells of was done: a line may be there
   * before the command that caused it has ended. Rejects with the log after a generous while.
   */
  async logs(pattern: RegExp, from: number): Promise<void> {
    if (pattern.test(this.#log.slice(from))) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ pattern, from, resolve });
    const timer = setTimeout(() => reject(new Error(`no ${pattern} in the log:\n${this.#log.slice(from)}`)), 60_000);
    await promise.finally(() => clearTimeout(timer));
  }

  /** From now on nobody reads its log, as where a collector of logs hangs. */
  stopReading(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mayRead = promise;
    this.#readOn = resolve;
  }

  /** Reads all that there is, and goes on. */
  readOn(): void {
    this.#mayRead = Promise.resolve();
    this.#readOn();
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** The exit code, once it has ended. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    this.readOn();
    await this.#reading;
    return code;
  }

  async stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#process.kill(signal);
    const { code } = await this.#process.status;
    this.readOn();
    await this.#reading;
    return code;
  }
}
