/**
 * Which API server to talk to and as whom: from kubeconfig files, by client-go's rules of merging and precedence, or from
 * the mounted files of a pod. It contacts nobody and runs nothing; what this program can't do safely is refused by name.
 */
import { ConfigError, KubeconfigEntry, parseKubeconfig } from "./kubeconfig_file.ts";
import type { KubeconfigFile, ParsedKubeconfig } from "./kubeconfig_file.ts";

export { ConfigError, type KubeconfigFile };

/** PEM text, or the file that holds it, which is read again whenever a connection is made anew. */
export type Pem = { readonly text: string; readonly from: string } | { readonly file: string; readonly from: string };

/** A program that prints credentials, as `client.authentication.k8s.io` describes it. */
export interface ExecPlugin {
  readonly apiVersion: "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1";
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
  /** Present where the plugin asked for it (`provideClusterInfo`): what it is told about the cluster. */
  readonly clusterInfo?: ClusterInfo;
}

export interface ClusterInfo {
  readonly server: string;
  readonly "certificate-authority-data"?: string;
  readonly config?: unknown;
}

/** How to prove who we are; all absent: anonymously. A token and a client certificate may be used together. */
export interface Auth {
  readonly token?: string;
  /** Wins over `token` as long as it can be read. */
  readonly tokenFile?: string;
  readonly clientCertificate?: Pem;
  readonly clientKey?: Pem;
  readonly exec?: ExecPlugin;
  /** For messages: `user "admin"`. */
  readonly name: string;
}

/** Everything that is needed to talk to one API server. */
/** What stands for a context's name where a pod uses its own credentials. */
export const IN_CLUSTER = "in-cluster";

export interface ClusterConnection {
  /** `https://host:port`, perhaps with a path, without a slash at its end. */
  readonly server: string;
  /** Adds to the public roots; Deno can't leave those out. */
  readonly ca?: Pem;
  readonly auth: Auth;
  /** `in-cluster` for a pod's own credentials. */
  readonly contextName: string;
  /** The namespace of the context; `default` if it names none. */
  readonly namespace: string;
  /** True only where the caller allowed it; Deno then also needs `--unsafely-ignore-certificate-errors=<host>`. */
  readonly insecureSkipTlsVerify: boolean;
}

export interface KubeconfigOptions {
  /** Instead of the files' `current-context`. */
  readonly context?: string;
  /** Base names of the exec plugins that may run (`--allow-exec-auth`). */
  readonly allowExec?: readonly string[];
  /** Allows `insecure-skip-tls-verify` and `http://` servers (`--allow-insecure-server`). */
  readonly allowInsecure?: boolean;
}

/**
 * Reads the files at `paths`, to be given to {@link loadKubeconfig}.
 *
 * @param optional True for the list in `$KUBECONFIG` and the default path: files that don't exist are passed over, as
 *   kubectl does, as long as one of them exists.
 * @throws {ConfigError} naming the path and what is wrong with it.
 */
export async function readKubeconfigFiles(paths: readonly string[], optional: boolean): Promise<KubeconfigFile[]> {
  const files: KubeconfigFile[] = [];
  const missing: string[] = [];
  for (const path of paths.filter((path) => path !== "")) {
    try {
      files.push({ path, text: await Deno.readTextFile(path) });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw new ConfigError(describeReadError(path, error));
      missing.push(path);
    }
  }
  if (missing.length > 0 && (!optional || files.length === 0)) {
    throw new ConfigError(`kubeconfig ${missing.join(", ")}: no such file; name one with --kubeconfig or $KUBECONFIG`);
  }
  if (files.length === 0) throw new ConfigError("no kubeconfig: name one with --kubeconfig or $KUBECONFIG");
  return files;
}

/** Why `path` can't be read, and what to do: for kubeconfigs and the files that they name. */
export function describeReadError(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `${path}: no such file`;
  if (error instanceof Deno.errors.NotCapable) {
    return `${path}: Deno may not read it: start with --allow-read=${path}`;
  }
  if (error instanceof Deno.errors.IsADirectory || /is a directory/i.test(String(error))) {
    return `${path}: a folder, not a file`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return `${path}: the system denies reading it`;
  return `${path}: cannot be read (${error instanceof Error ? error.name : "unknown error"})`;
}

/**
 * The connection that kubeconfig files describe. Several files are merged as client-go does: of `current-context` and of
 * each named cluster, context and user the first one stands, whole. Paths in a file are relative to its folder.
 *
 * @throws {ConfigError} naming the file and the entry, for what is absent, wrong, or refused.
 */
export function loadKubeconfig(files: readonly KubeconfigFile[], options: KubeconfigOptions = {}): ClusterConnection {
  const configs = files.map(parseKubeconfig);
  const places = files.map(({ path }) => path).join(", ");
  const contextName = options.context || configs.map((config) => config.currentContext).find((name) => name !== "");
  const contexts = namesOf(configs, "contexts");
  if (!contextName) {
    throw new ConfigError(
      contexts.length === 0
        ? `kubeconfig ${places}: has no contexts: it is empty or no kubeconfig`
        : `kubeconfig ${places}: no current-context is set: choose one with --context (${contexts.join(", ")})`,
    );
  }
  const context = findEntry(configs, "contexts", contextName);
  if (!context) {
    const known = contexts.length === 0 ? "there are none" : `there are: ${contexts.join(", ")}`;
    throw new ConfigError(`kubeconfig ${places}: context "${contextName}" is not in contexts (${known})`);
  }
  const cluster = follow(configs, context, "cluster", "clusters", places);
  if (!cluster) throw new ConfigError(`${context.where("cluster")}: required`);
  const user = follow(configs, context, "user", "users", places);
  return {
    ...readCluster(cluster, options),
    auth: user ? readUser(user, cluster, options) : { name: "anonymous" },
    contextName,
    namespace: context.string("namespace") || "default",
  };
}

function namesOf(configs: readonly ParsedKubeconfig[], section: "contexts" | "clusters" | "users"): string[] {
  return [...new Set(configs.flatMap((config) => [...config[section].keys()]))];
}

function findEntry(
  configs: readonly ParsedKubeconfig[],
  section: "contexts" | "clusters" | "users",
  name: string,
): KubeconfigEntry | undefined {
  for (const config of configs) {
    const entry = config[section].get(name);
    if (entry) return entry;
  }
}

function follow(
  configs: readonly ParsedKubeconfig[],
  context: KubeconfigEntry,
  key: "cluster" | "user",
  section: "clusters" | "users",
  places: string,
): KubeconfigEntry | undefined {
  const name = context.string(key);
  if (name === "") return undefined;
  const entry = findEntry(configs, section, name);
  if (entry) return entry;
  const known = namesOf(configs, section).join(", ") || "none";
  throw new ConfigError(
    `kubeconfig ${places}: context "${context.name}" names ${key} "${name}", which is not in ${section} (there: ${known})`,
  );
}

function readCluster(cluster: KubeconfigEntry, options: KubeconfigOptions) {
  if (cluster.string("proxy-url") !== "") {
    throw new ConfigError(
      `${cluster.where("proxy-url")}: not supported: name a server that can be reached directly`,
    );
  }
  const server = checkServer(cluster, cluster.string("server"), options);
  const serverName = cluster.string("tls-server-name");
  if (serverName !== "" && serverName !== new URL(server).hostname) {
    throw new ConfigError(
      `${cluster.where("tls-server-name")}: not supported: use a server whose host is the name in its certificate`,
    );
  }
  const insecureSkipTlsVerify = cluster.boolean("insecure-skip-tls-verify");
  if (insecureSkipTlsVerify && !options.allowInsecure) {
    throw new ConfigError(
      `${cluster.where("insecure-skip-tls-verify")}: refused, since anybody on the way could then read what is sent: ` +
        `set certificate-authority-data, or allow it with --allow-insecure-server`,
    );
  }
  return { server, ca: cluster.pem("certificate-authority"), insecureSkipTlsVerify };
}

function checkServer(cluster: KubeconfigEntry, server: string, options: KubeconfigOptions): string {
  const where = cluster.where("server");
  if (server === "") throw new ConfigError(`${where}: required`);
  // Quoted nowhere below: a URL can hold a password.
  if (!/^https?:\/\//i.test(server)) throw new ConfigError(`${where}: must begin with https://`);
  if (!URL.canParse(server)) throw new ConfigError(`${where}: is no valid URL`);
  const url = new URL(server);
  if (url.username !== "" || url.password !== "") throw new ConfigError(`${where}: must not hold a user or a password`);
  if (url.search !== "" || url.hash !== "") throw new ConfigError(`${where}: must not hold "?" or "#"`);
  if (url.protocol === "http:" && !options.allowInsecure) {
    throw new ConfigError(
      `${where}: http:// is refused, since credentials would cross the network unprotected: use https://, or allow it ` +
        `with --allow-insecure-server`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Ways of a user entry to sign in that Kubernetes has removed or that this program doesn't do. */
const REFUSED_USER_FIELDS: readonly (readonly [field: string, remedy: string])[] = [
  ["username", "basic auth was removed from Kubernetes: use a token, a client certificate or an exec plugin"],
  ["password", "basic auth was removed from Kubernetes: use a token, a client certificate or an exec plugin"],
  ["auth-provider", "auth providers were removed from Kubernetes: use an exec plugin"],
  ["as", "impersonation is not supported: use the credentials of that user"],
  ["as-uid", "impersonation is not supported: use the credentials of that user"],
  ["as-groups", "impersonation is not supported: use the credentials of that user"],
  ["as-user-extra", "impersonation is not supported: use the credentials of that user"],
];

function readUser(user: KubeconfigEntry, cluster: KubeconfigEntry, options: KubeconfigOptions): Auth {
  for (const [key, remedy] of REFUSED_USER_FIELDS) {
    if (user.has(key)) throw new ConfigError(`${user.where(key)}: ${remedy}`);
  }
  const clientCertificate = user.pem("client-certificate");
  const clientKey = user.pem("client-key");
  if (clientCertificate && !clientKey) {
    throw new ConfigError(`${user.where("client-key")}: required with a certificate`);
  }
  if (clientKey && !clientCertificate) {
    throw new ConfigError(`${user.where("client-certificate")}: required with a key`);
  }
  return {
    name: `user "${user.name}"`,
    token: user.string("token") || undefined,
    tokenFile: user.path("tokenFile"),
    clientCertificate,
    clientKey,
    exec: readExec(user, cluster, options),
  };
}

function readExec(user: KubeconfigEntry, cluster: KubeconfigEntry, options: KubeconfigOptions): ExecPlugin | undefined {
  const exec = user.child("exec");
  if (!exec) return undefined;
  const written = exec.string("command");
  if (written === "") throw new ConfigError(`${exec.where("command")}: required`);
  const baseName = written.slice(written.lastIndexOf("/") + 1);
  if (!options.allowExec?.includes(baseName)) {
    throw new ConfigError(
      `${exec.where("command")}: ${user.label} signs in by running "${baseName}", which is not allowed: start with ` +
        `--allow-exec-auth=${baseName} (and Deno's --allow-run=${baseName}: deno run, not deno task)`,
    );
  }
  const apiVersion = exec.string("apiVersion");
  if (apiVersion !== "client.authentication.k8s.io/v1" && apiVersion !== "client.authentication.k8s.io/v1beta1") {
    throw new ConfigError(
      `${exec.where("apiVersion")}: must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1`,
    );
  }
  const interactive = exec.string("interactiveMode");
  if (interactive === "" && apiVersion === "client.authentication.k8s.io/v1") {
    throw new ConfigError(`${exec.where("interactiveMode")}: required with client.authentication.k8s.io/v1`);
  }
  if (interactive === "Always") {
    throw new ConfigError(`${exec.where("interactiveMode")}: Always is not supported: no plugin gets a terminal here`);
  }
  if (interactive !== "" && interactive !== "Never" && interactive !== "IfAvailable") {
    throw new ConfigError(`${exec.where("interactiveMode")}: must be Never, IfAvailable or Always`);
  }
  return {
    apiVersion,
    // As client-go: a bare name is looked up in $PATH, a relative path starts at the kubeconfig's folder.
    command: written.includes("/") ? exec.resolvePath(written) : written,
    args: exec.strings("args"),
    env: exec.namedValues("env"),
    installHint: exec.string("installHint"),
    clusterInfo: exec.boolean("provideClusterInfo") ? clusterInfo(cluster) : undefined,
  };
}

function clusterInfo(cluster: KubeconfigEntry): ClusterInfo {
  return {
    server: cluster.string("server"),
    "certificate-authority-data": cluster.string("certificate-authority-data") || undefined,
    config: cluster.extension("client.authentication.k8s.io/exec"),
  };
}

/** Where a pod finds its own credentials; the paths are parameters for tests alone. */
export interface InClusterSources {
  /** `$KUBERNETES_SERVICE_HOST` and `$KUBERNETES_SERVICE_PORT`. */
  readonly host?: string;
  readonly port?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly namespaceFile?: string;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The connection of a pod with its mounted ServiceAccount token.
 *
 * @throws {ConfigError} if this is no pod, or its token or CA is not mounted.
 */
export async function inClusterConnection(sources: InClusterSources): Promise<ClusterConnection> {
  const { host, port } = sources;
  if (!host) throw new ConfigError("not in a cluster: KUBERNETES_SERVICE_HOST unset; pass --kubeconfig");
  if (!port) throw new ConfigError("not in a cluster: KUBERNETES_SERVICE_PORT unset; pass --kubeconfig");
  const tokenFile = sources.tokenFile ?? `${SERVICE_ACCOUNT}/token`;
  const caFile = sources.caFile ?? `${SERVICE_ACCOUNT}/ca.crt`;
  for (const file of [tokenFile, caFile]) {
    try {
      await Deno.stat(file);
    } catch (error) {
      throw new ConfigError(
        `in a cluster, but without credentials: ${
          describeReadError(file, error)
        }; does the pod have a ServiceAccount ` +
          `with automountServiceAccountToken?`,
      );
    }
  }
  const namespace = await Deno.readTextFile(sources.namespaceFile ?? `${SERVICE_ACCOUNT}/namespace`).catch(() => "");
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(server)) throw new ConfigError("KUBERNETES_SERVICE_HOST and _PORT make no valid URL");
  return {
    server,
    ca: { file: caFile, from: caFile },
    auth: { name: "the pod's ServiceAccount", tokenFile },
    contextName: IN_CLUSTER,
    namespace: namespace.trim() || "default",
    insecureSkipTlsVerify: false,
  };
}
