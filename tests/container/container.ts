/**
 * Runs an image as a container runtime with Pod Security "restricted" would: its user, no new privileges, a root file system
 * that is read-only, nothing to write to, its own processes, and a network that leads to one socket file.
 */
import { fileURLToPath } from "node:url";
import type { ImageConfig } from "./buildah.ts";

/** Where the API server is inside a cluster; its certificate has this address. */
export const API = { host: "10.0.0.1", port: "443" };
const ACCOUNT = "run/secrets/kubernetes.io/serviceaccount";

// Run in a mount namespace of its own. /var/run leads to /run, as in every Debian.
const SCRIPT = `set -eu
root=$1 account=$2
shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro,nosuid "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o size=64k,mode=755 dev "$root/dev"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,ro "$root/dev"
mount -t tmpfs -o size=64k,mode=755 run "$root/run"
mkdir -p "$root/${ACCOUNT}"
mount --bind "$account" "$root/${ACCOUNT}"
mount -o remount,bind,ro "$root/${ACCOUNT}"
mount -o remount,ro "$root/run"
exec env -i "$@"
`;

/** A network with nothing in it, but a relay's way to the API server, and one back to what is served inside. */
export class ClosedNetwork {
  private constructor(readonly process: Deno.ChildProcess, readonly probeSocket: string) {}

  /** Inside, {@link API} leads to the socket file `api`; a socket file in `folder` leads to port 8080 inside. */
  static async open(folder: string, api: string): Promise<ClosedNetwork> {
    const probe = `${folder}/probe.sock`;
    const relay = fileURLToPath(new URL("./relay.ts", import.meta.url));
    const process = new Deno.Command("unshare", {
      args: [
        ...["--net", "--", "sh", "-c", `ip link set lo up && ip address add ${API.host}/32 dev lo && exec "$@"`, "sh"],
        ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--allow-net"],
        ...[`--allow-read=${folder}`, `--allow-write=${folder}`, relay],
        ...[`tcp:${API.host}:${API.port}`, `unix:${api}`, `unix:${probe}`, "tcp:127.0.0.1:8080"],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = process.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    if (new TextDecoder().decode(value) !== "ready\n") throw new Error("the relay in the closed network did not start");
    return new ClosedNetwork(process, probe);
  }

  /** What this process is run with, to be in that network. */
  get enter(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.process.pid}/ns/net`, "--"];
  }

  async close(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.process.stdout.cancel();
    await this.process.status;
  }
}

export interface ContainerParts {
  readonly root: string;
  readonly config: ImageConfig;
  /** Stands for the folder that kubelet mounts. */
  readonly account: string;
  readonly network: ClosedNetwork;
  readonly env: Readonly<Record<string, string>>;
}

/** One process of an image, and how to end it. */
export class Container {
  #process: Deno.ChildProcess;
  readonly output: Promise<{ stdout: string; stderr: string }>;

  /** Starts `command`, or what the image's entry point makes of `args`. */
  constructor(
    parts: ContainerParts,
    run: { readonly args: readonly string[] } | { readonly command: readonly string[] },
  ) {
    const { root, config, account, network } = parts;
    const [user, group] = config.User.split(":");
    const variables = [...config.Env, ...Object.entries(parts.env).map(([name, value]) => `${name}=${value}`)];
    const command = "command" in run ? run.command : [...config.Entrypoint, ...run.args];
    const words = [
      ...network.enter,
      ...["unshare", "--mount", "--pid", "--fork", "--ipc", "--uts", "--cgroup", "--kill-child", "--"],
      ...["sh", "-c", SCRIPT, "sh", root, account, ...variables],
      // The user's change takes every capability away, and none can be had again.
      ...["setpriv", "--no-new-privs", "chroot", `--userspec=${user}:${group}`, "--groups=", root],
      ...["/bin/sh", "-c", `cd "$0" && exec "$@"`, config.WorkingDir || "/", ...command],
    ];
    this.#process = new Deno.Command(words[0]!, {
      args: words.slice(1),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const text = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
    this.output = Promise.all([text(this.#process.stdout), text(this.#process.stderr)])
      .then(([stdout, stderr]) => ({ stdout, stderr }));
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#process.status;
  }

  /** The process that is number 1 inside: what a runtime signals. */
  async #first(): Promise<number> {
    const { pid } = this.#process;
    const children = (await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`)).trim();
    return Number(children.split(" ")[0]);
  }

  async kill(signal: Deno.Signal): Promise<void> {
    Deno.kill(await this.#first(), signal);
  }

  /** The lines of `/proc/PID/status` of process 1, by name. */
  async processStatus(): Promise<Map<string, string>> {
    const text = await Deno.readTextFile(`/proc/${await this.#first()}/status`);
    return new Map(text.trim().split("\n").map((line) => line.split(/:\s*/, 2) as [string, string]));
  }
}

/** Runs to its end. */
export async function runContainer(
  ...given: ConstructorParameters<typeof Container>
): Promise<{ code: number; stdout: string; stderr: string }> {
  const container = new Container(...given);
  const [{ code }, output] = await Promise.all([container.status, container.output]);
  return { code, ...output };
}
