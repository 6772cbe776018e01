/**
 * A small disk that can be full or read-only: a tmpfs in a mount namespace of its own, which ends with the process that holds
 * it, so that nothing of it is left whatever becomes of the run. Wants root.
 */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const KIB = 1024;
/** As its task gives it, and for what the judge asks of it. */
const PERMISSIONS = ["--no-prompt", "--cached-only", "--allow-read", "--allow-write", "--allow-net", "--allow-env"];

export class SmallDisk {
  readonly #holder: Deno.ChildProcess;

  private constructor(
    holder: Deno.ChildProcess,
    /** Where it is for programs that run on it. */
    readonly path: string,
  ) {
    this.#holder = holder;
  }

  /** @throws where this machine lets nobody mount anything */
  static async open(kibibytes: number): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "moonferry-disk-" });
    const script = 'mount -t tmpfs -o size="$1"k,mode=700 tmpfs "$2" && echo mounted && exec cat';
    const holder = new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", script, "sh", String(kibibytes), path],
      // Ends with this process.
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = holder.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    if (value !== "mounted\n") {
      throw new Error(
        "no small disk: mount -t tmpfs failed; wanted root and util-linux; run the other rows with --rows",
      );
    }
    return new SmallDisk(holder, path);
  }

  /** The same place for this process. */
  get outside(): string {
    return `/proc/${this.#holder.pid}/root${this.path}`;
  }

  /** Starts Moonferry with this disk in place. @param log the file that its log goes to */
  run(args: readonly string[], log: string): Deno.ChildProcess {
    const inside = ["nsenter", "--target", String(this.#holder.pid), "--mount"];
    const logged = ["sh", "-c", 'log="$1"; shift; exec "$@" 2>>"$log"', "sh", log];
    const program = [Deno.execPath(), "run", ...PERMISSIONS, `${ROOT}main.ts`, ...args];
    const [command, ...rest] = [...inside, ...logged, ...program];
    return new Deno.Command(command!, {
      args: rest,
      env: { NO_COLOR: "1", TMPDIR: this.path },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  }

  /** Fills it to the last byte. */
  async fill(): Promise<void> {
    for (const size of [64 * KIB, KIB, 1]) {
      try {
        while (true) await Deno.writeFile(`${this.outside}/filler`, new Uint8Array(size), { append: true });
      } catch (error) {
        if (codeOf(error) !== "ENOSPC") throw error;
      }
    }
  }

  /** There is room again. */
  async free(): Promise<void> {
    await Deno.remove(`${this.outside}/filler`);
  }

  /** Fails as long as a file on it is open for writing. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    const options = `remount,${isReadOnly ? "ro" : "rw"}`;
    const args = ["--target", String(this.#holder.pid), "--mount", "mount", "-o", options, this.path];
    const { success, stderr } = await new Deno.Command("nsenter", { args }).output();
    if (!success) throw new Error(`mount -o ${options}: ${new TextDecoder().decode(stderr)}`);
  }

  /** What a write to it fails with now, as the operating system names it; undefined where there is room. */
  async refusal(): Promise<string | undefined> {
    try {
      await Deno.writeFile(`${this.outside}/filler`, new Uint8Array(1), { append: true });
      return undefined;
    } catch (error) {
      return codeOf(error);
    }
  }

  async close(): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
    await this.#holder.stdin.close().catch(() => {});
    await Deno.remove(this.path);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
