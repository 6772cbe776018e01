/** Moonferry started as its Deployment says: the container's entry point, the arguments, and the token of the ServiceAccount. */
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { kubeconfig, type KubeServer } from "./kube_server.ts";

const ENTRYPOINT = fileURLToPath(new URL("../../container/entrypoint.sh", import.meta.url));

export interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: Record<string, unknown>;
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly { readonly args: readonly string[]; readonly [key: string]: unknown }[];
      };
    };
  };
}

/** The arguments of the Deployment's one container. */
export function argsOf(deployment: Deployment): readonly string[] {
  return deployment.spec.template.spec.containers[0]!.args;
}

export class InstalledMoonferry {
  readonly #process: Deno.ChildProcess;
  readonly #log: Promise<string>;

  private constructor(process: Deno.ChildProcess, readonly port: number) {
    this.#process = process;
    this.#log = new Response(process.stderr).text();
    void process.stdout.cancel();
  }

  /**
   * Starts the Deployment of a namespace, with a token that the API server gives for its ServiceAccount. Only what the kubelet
   * would arrange differs: where token, CA and namespace are found, and the port, since several may listen here.
   */
  static async start(server: KubeServer, namespace: string, folder: string): Promise<InstalledMoonferry> {
    const deployment: Deployment = await server.get("deployment", "-n", namespace, "moonferry");
    const account = deployment.spec.template.spec.serviceAccountName;
    const token = (await server.kubectl(["create", "token", "-n", namespace, account])).stdout;
    await Deno.writeTextFile(`${folder}/token`, token);
    const ca = (await Deno.readFile(`${server.folder}/ca.crt`)).toBase64();
    await Deno.writeTextFile(`${folder}/kubeconfig`, kubeconfig(server.url, ca, "{ tokenFile: token }"));
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const args = argsOf(deployment).map((word) => word.replace(/^--listen=:8080$/, `--listen=127.0.0.1:${port}`));
    const process = new Deno.Command("/bin/sh", {
      args: [
        ENTRYPOINT,
        ...args,
        ...["--kubeconfig", `${folder}/kubeconfig`],
        ...["--leader-elect", "--lease-namespace", namespace, "--report-namespace", namespace],
      ],
      clearEnv: true,
      env: {
        PATH: `${dirname(Deno.execPath())}:/usr/bin:/bin`,
        HOME: Deno.env.get("HOME") ?? "/",
        ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR")! } : {}),
        HOSTNAME: "moonferry-0",
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: String(server.port),
        MOONFERRY_ALLOW_READ: folder,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new InstalledMoonferry(process, port);
  }

  /** What a probe or Prometheus would be answered. */
  async ask(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  /** As the kubelet stops it: exit code and log. */
  async stop(): Promise<{ code: number; log: string }> {
    try {
      this.#process.kill("SIGTERM");
    } catch {
      // It has ended by itself; its log says why.
    }
    const { code } = await this.#process.status;
    return { code, log: await this.#log };
  }
}

/** What the log complains of, but for a server whose storage of a new kind is not ready yet. */
export function complaintsOf(log: string): string[] {
  return log.split("\n").filter((line) =>
    /"level":"(warn|error)"|forbidden|NotCapable|Requires/.test(line) &&
    !line.includes("(429): storage is (re)initializing")
  );
}
