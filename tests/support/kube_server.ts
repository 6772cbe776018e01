/**
 * A real Kubernetes API server and etcd for a test: started on free ports in a folder of their own, ended with the test
 * however it ends. No controllers run: a deleted Namespace stays until it is finalized by hand.
 */
import { apiServerBinary } from "./build_apiserver.ts";

/** How long a server may take to come up on a busy machine. */
const START_LIMIT_MILLISECONDS = 90_000;

export interface StartOptions {
  /** More flags for kube-apiserver. */
  readonly args?: readonly string[];
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TriggerEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

export class KubeServer {
  #binary: string;
  #etcd: Deno.ChildProcess | undefined;
  #api: Deno.ChildProcess | undefined;
  #args: readonly string[];

  private constructor(
    binary: string,
    /** Holds certificates, kubeconfigs, logs and etcd's data. */
    readonly folder: string,
    readonly port: number,
    readonly etcdPort: number,
    readonly peerPort: number,
    args: readonly string[],
  ) {
    this.#binary = binary;
    this.#args = args;
  }

  static async start(options: StartOptions = {}): Promise<KubeServer> {
    const binary = await apiServerBinary((text) => console.error(text));
    const folder = await Deno.makeTempDir({ prefix: "moonferry-kube-" });
    const [port, etcdPort, peerPort] = freePorts(3) as [number, number, number];
    const server = new KubeServer(binary, folder, port, etcdPort, peerPort, options.args ?? []);
    await run(binary, ["certs", folder]);
    await Deno.writeTextFile(`${folder}/tokens.csv`, `${TOKEN},token-user,1001\n`);
    await server.startEtcd();
    await server.startApi();
    await server.#writeKubeconfigs();
    return server;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }
  /** Of system:masters. */
  get adminKubeconfig(): string {
    return `${this.folder}/admin.kubeconfig`;
  }
  /** A client certificate without any right. */
  get readerKubeconfig(): string {
    return `${this.folder}/reader.kubeconfig`;
  }

  /** Starts etcd alone; after {@link killEtcd} on the same data. */
  async startEtcd(): Promise<void> {
    const client = `http://127.0.0.1:${this.etcdPort}`, peer = `http://127.0.0.1:${this.peerPort}`;
    this.#etcd = this.#spawn("etcd", [
      ...["--name", "test", "--data-dir", `${this.folder}/etcd`, "--unsafe-no-fsync", "--log-level", "error"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `test=${peer}`],
    ]);
    await until(async () => (await fetch(`${client}/health`)).ok, "etcd", () => this.#log("etcd"));
  }

  /**
   * Starts the API server alone; after {@link killApi} on the same data.
   *
   * @param options More of its flags.
   */
  async startApi(options: readonly string[] = []): Promise<void> {
    const { folder } = this;
    this.#api = this.#spawn("kube-apiserver", [
      ...["--etcd-servers", `http://127.0.0.1:${this.etcdPort}`, "--bind-address", "127.0.0.1"],
      ...["--advertise-address", "127.0.0.1", "--secure-port", String(this.port)],
      ...["--service-cluster-ip-range", "10.0.0.0/24", "--endpoint-reconciler-type", "none"],
      ...["--tls-cert-file", `${folder}/apiserver.crt`, "--tls-private-key-file", `${folder}/apiserver.key`],
      ...["--client-ca-file", `${folder}/ca.crt`, "--token-auth-file", `${folder}/tokens.csv`],
      ...["--anonymous-auth=false", "--authorization-mode", "RBAC"],
      ...["--service-account-issuer", "https://kubernetes.default.svc"],
      ...["--service-account-signing-key-file", `${folder}/sa.key`, "--service-account-key-file", `${folder}/sa.pub`],
      ...["--disable-admission-plugins", "ServiceAccount", "--enable-priority-and-fairness=false"],
      ...this.#args,
      ...options,
    ]);
    const client = Deno.createHttpClient({
      caCerts: [await Deno.readTextFile(`${folder}/ca.crt`)],
      cert: await Deno.readTextFile(`${folder}/admin.crt`),
      key: await Deno.readTextFile(`${folder}/admin.key`),
      http2: false,
    });
    const isReady = async () => {
      const response = await fetch(`${this.url}/readyz`, { client, signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.ok;
    };
    try {
      await until(isReady, "kube-apiserver", () => this.#log("kube-apiserver"));
    } finally {
      client.close();
    }
  }

  /** Stops and continues etcd as a machine that hangs would. */
  signalEtcd(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#etcd!.kill(signal);
  }

  async killEtcd(): Promise<void> {
    this.#etcd?.kill("SIGKILL");
    await this.#etcd?.status;
    this.#etcd = undefined;
  }

  /** Keeps what etcd has now, for {@link restoreEtcd}. */
  async backUpEtcd(): Promise<void> {
    // A copy of what stands still is what a machine that loses power leaves: etcd comes up from it.
    this.signalEtcd("SIGSTOP");
    try {
      await copyFolder(`${this.folder}/etcd`, `${this.folder}/etcd-backup`);
    } finally {
      this.signalEtcd("SIGCONT");
    }
  }

  /** Puts back what {@link backUpEtcd} has kept; etcd must not run. */
  async restoreEtcd(): Promise<void> {
    await copyFolder(`${this.folder}/etcd-backup`, `${this.folder}/etcd`);
  }

  async killApi(): Promise<void> {
    this.#api?.kill("SIGKILL");
    await this.#api?.status;
    this.#api = undefined;
  }

  /** kubectl as admin; fails the test where it fails, unless `mayFail`. */
  async kubectl(args: readonly string[], stdin = "", mayFail = false): Promise<CommandResult> {
    const command = ["kubectl", "--kubeconfig", this.adminKubeconfig, ...args];
    let result = await run(this.#binary, command, stdin, true);
    // `kubectl wait` fails on an object so new that it has no conditions yet.
    while (result.stderr.includes(".status.conditions accessor error: <nil>")) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      result = await run(this.#binary, command, stdin, true);
    }
    if (result.code !== 0 && !mayFail) throw new Error(`kubectl ${args.join(" ")}: ${result.stderr}`);
    return result;
  }

  /** `kubectl apply -f -` of the manifests. */
  async apply(...manifests: readonly string[]): Promise<void> {
    await this.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests.join("\n---\n"));
  }

  // deno-lint-ignore no-explicit-any -- an object of any kind, as kubectl prints it
  async get(...args: readonly string[]): Promise<any> {
    return JSON.parse((await this.kubectl(["get", ...args, "-o", "json"])).stdout);
  }

  /** The Events of a trigger. The API server has its own beside them, such as of a service address that it has repaired. */
  async eventsOf(trigger: string): Promise<TriggerEvent[]> {
    return (await this.get("events", "-n", "default", "--field-selector", `involvedObject.name=${trigger}`)).items;
  }

  /** Throws away etcd's history: watches and continue tokens from before are answered with 410. */
  async compact(): Promise<void> {
    const status = await post(`http://127.0.0.1:${this.etcdPort}/v3/maintenance/status`, {});
    const revision = status.header.revision;
    await post(`http://127.0.0.1:${this.etcdPort}/v3/kv/compaction`, { revision, physical: true });
  }

  async stop(): Promise<void> {
    for (const process of [this.#api, this.#etcd]) {
      try {
        process?.kill("SIGKILL");
        await process?.status;
      } catch {
        // It has ended by itself.
      }
    }
    await Deno.remove(this.folder, { recursive: true });
  }

  #spawn(command: string, args: readonly string[]): Deno.ChildProcess {
    const log = `${this.folder}/${command}.log`;
    const process = new Deno.Command(this.#binary, {
      args: [command, ...args],
      // Closing its input is what ends it if this process dies.
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const file = Deno.openSync(log, { create: true, append: true });
    process.stderr.pipeTo(file.writable).catch(() => {});
    return process;
  }

  async #log(command: string): Promise<string> {
    const text = await Deno.readTextFile(`${this.folder}/${command}.log`).catch(() => "");
    return text.slice(-3000);
  }

  async #writeKubeconfigs(): Promise<void> {
    const base64 = async (file: string) => (await Deno.readFile(`${this.folder}/${file}`)).toBase64();
    for (const name of ["admin", "reader"]) {
      const user = `{client-certificate-data: ${await base64(`${name}.crt`)}, client-key-data: ${await base64(
        `${name}.key`,
      )}}`;
      await Deno.writeTextFile(`${this.folder}/${name}.kubeconfig`, kubeconfig(this.url, await base64("ca.crt"), user));
    }
    const admin = await Deno.readTextFile(this.adminKubeconfig);
    const wrong = admin.replace(await base64("ca.crt"), await base64("other-ca.crt"));
    await Deno.writeTextFile(`${this.folder}/wrong-ca.kubeconfig`, wrong);
  }
}

const TOKEN = "made-up-token-of-the-tests";

export function kubeconfig(server: string, ca: string, user: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "${server}", certificate-authority-data: ${ca}}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
users: [{name: test, user: ${user}}]
`;
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

async function until(test: () => Promise<boolean>, what: string, log: () => Promise<string>): Promise<void> {
  const end = performance.now() + START_LIMIT_MILLISECONDS;
  while (performance.now() < end) {
    if (await test().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not start in ${START_LIMIT_MILLISECONDS / 1000} s:\n${await log()}`);
}

async function run(binary: string, args: readonly string[], stdin = "", mayFail = false): Promise<CommandResult> {
  const process = new Deno.Command(binary, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  const result = { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (code !== 0 && !mayFail) throw new Error(`${args[0]}: ${result.stderr}`);
  return result;
}

// deno-lint-ignore no-explicit-any -- etcd's JSON gateway
async function post(url: string, body: unknown): Promise<any> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.remove(to, { recursive: true }).catch(() => {});
  await Deno.mkdir(to, { mode: 0o700 });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
