/**
 * What a credential Secret holds: whether the bytes about to be published are a kubeconfig that a consumer can use without
 * running a program, reading a file or trusting anybody. It answers with fields and rules, never with the bytes.
 */
import { Buffer } from "node:buffer";
import { createHash, X509Certificate } from "node:crypto";
import { field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { readYaml, YamlError } from "../yaml/read.ts";

/** Keys under which consumers look for the kubeconfig; the first that is there is checked. */
export const KUBECONFIG_KEYS = ["config", "Config", "kubeconfig", "value"];

/** What is held unless `--allow-kubeconfig` names it. */
export const KUBECONFIG_RELAXATIONS = ["exec", "auth-provider", "files", "basic-auth", "insecure-tls"] as const;
export type KubeconfigRelaxation = typeof KUBECONFIG_RELAXATIONS[number];

export interface PayloadProblem {
  readonly reason: string;
  /** The relaxation that lets it pass; absent where only `--no-payload-check` does. */
  readonly relaxation?: KubeconfigRelaxation;
}

export interface PayloadVerdict {
  readonly problems: readonly PayloadProblem[];
  readonly warnings: readonly string[];
  /** When the first client certificate in it expires, in milliseconds since 1970; absent where none says. */
  readonly expires?: number;
}

/**
 * Checks every kubeconfig of a Secret with base64 `data`; no problems means that it may be published. An object of another
 * kind is no place for a credential, whatever it holds.
 */
export function checkKubeconfigSecret(secret: JsonObject): PayloadVerdict {
  if (secret.kind !== "Secret") {
    return problem(`a ${secret.kind} is no place for a credential: consumers look for a Secret, and many may read it`);
  }
  const data = field(secret, "data");
  const keys = KUBECONFIG_KEYS.filter((name) => field(data, name) !== undefined);
  if (keys.length === 0) return problem(`data has none of the keys ${KUBECONFIG_KEYS.join(", ")}`);
  const verdicts = keys.map((key) => checkEncoded(field(data, key)!, `data.${key}`));
  const expires = earliest(verdicts.map((verdict) => verdict.expires));
  return {
    problems: verdicts.flatMap((verdict) => verdict.problems),
    warnings: verdicts.flatMap((verdict) => verdict.warnings),
    ...(expires === undefined ? {} : { expires }),
  };
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Verdicts by kubeconfig: one cluster's goes to many consumers, and parsing its certificates takes longest. */
const verdicts = new Map<string, PayloadVerdict>();
const MAX_VERDICTS = 4096;

function checkEncoded(encoded: Json, where: string): PayloadVerdict {
  if (typeof encoded !== "string") return problem(`${where} is empty`);
  // Not the text itself: what was rotated long ago would stay in memory.
  const key = `${where} ${createHash("sha256").update(encoded).digest("base64")}`;
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
    verdicts.set(key, verdict = decodeAndCheck(encoded, where));
  }
  return verdict;
}

function decodeAndCheck(encoded: string, where: string): PayloadVerdict {
  if (encoded === "") return problem(`${where} is empty`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return problem(`${where} is not text, so it is no kubeconfig`);
  }
  try {
    return checkKubeconfig(readYaml(text), where);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return problem(`${where} is not YAML, so it is no kubeconfig`);
  }
}

function problem(reason: string): PayloadVerdict {
  return { problems: [{ reason }], warnings: [] };
}

/** Follows current-context → context → cluster and user, as a client would. */
function checkKubeconfig(config: Json, where: string): PayloadVerdict {
  if (!isJsonObject(config)) return problem(`${where} is not a kubeconfig: it is not a map`);
  const kind = field(config, "kind");
  if (kind !== "Config") {
    const hint = typeof kind === "string" && /^[A-Za-z]{1,40}$/.test(kind) ? ` (its kind is ${kind})` : "";
    return problem(`${where} is not a kubeconfig: kind must be Config${hint}`);
  }
  const current = field(config, "current-context");
  if (typeof current !== "string" || current === "") return problem(`${where} has no current-context`);
  const context = named(config, "contexts", current, "context");
  if (!context) return problem(`${where}: its current-context is not among its contexts`);
  const cluster = named(config, "clusters", field(context, "cluster"), "cluster");
  if (!cluster) return problem(`${where}: the cluster of its current context is not among its clusters`);
  const user = named(config, "users", field(context, "user"), "user");
  if (!user) return problem(`${where}: the user of its current context is not among its users`);

  const problems: PayloadProblem[] = [];
  const server = field(cluster, "server");
  if (typeof server !== "string" || server === "") problems.push({ reason: `${where}: its cluster has no server` });
  // Whoever holds the file may switch context, so every entry counts, not only the current ones.
  const clusters = entriesOf(config, "clusters", "cluster"), users = entriesOf(config, "users", "user");
  for (const [relaxation, reason] of RULES.flatMap((rule) => rule(clusters, users))) {
    problems.push({ reason: `${where}: ${reason}`, relaxation });
  }
  const certificates = [
    ...clusters.map((entry) => field(entry, "certificate-authority-data")),
    ...users.map((entry) => field(entry, "client-certificate-data")),
  ];
  const broken = certificates.filter((value) => typeof value === "string" && value !== "" && !isCertificate(value));
  const warnings = broken.length > 0 ? [`${where}: ${broken.length} of its certificates can't be parsed`] : [];
  const expires = earliest(users.map((user) => expiryOf(field(user, "client-certificate-data"))));
  return { problems, warnings, ...(expires === undefined ? {} : { expires }) };
}

/** When the certificate expires; undefined for what is none. */
function expiryOf(encoded: Json | undefined): number | undefined {
  if (typeof encoded !== "string" || encoded === "") return undefined;
  try {
    return new X509Certificate(Buffer.from(encoded, "base64")).validToDate.getTime();
  } catch {
    return undefined;
  }
}

type Rule = (clusters: readonly Json[], users: readonly Json[]) => [KubeconfigRelaxation, string][];

const CLUSTER_FILES = ["certificate-authority"];
const USER_FILES = ["client-certificate", "client-key", "tokenFile"];

const RULES: readonly Rule[] = [
  (clusters) =>
    clusters.some((cluster) => {
        const server = field(cluster, "server");
        return typeof server === "string" && server !== "" && !/^https:\/\//i.test(server);
      })
      ? [["insecure-tls", "a server is not https"]]
      : [],
  (clusters) =>
    clusters.some((cluster) => field(cluster, "insecure-skip-tls-verify") === true)
      ? [["insecure-tls", "insecure-skip-tls-verify is set"]]
      : [],
  (_clusters, users) =>
    users.some((user) => isSet(user, "exec"))
      ? [["exec", "a user runs a program (exec) on the consumer's machine"]]
      : [],
  (_clusters, users) =>
    users.some((user) => isSet(user, "auth-provider")) ? [["auth-provider", "a user has an auth-provider"]] : [],
  (_clusters, users) =>
    users.some((user) => isSet(user, "username") || isSet(user, "password"))
      ? [["basic-auth", "a user has a password (basic auth)"]]
      : [],
  (clusters, users) => {
    const files = [
      ...CLUSTER_FILES.filter((name) => clusters.some((cluster) => isSet(cluster, name))),
      ...USER_FILES.filter((name) => users.some((user) => isSet(user, name))),
    ];
    return files.length > 0
      ? [["files", `it refers to files (${files.join(", ")}) that a consumer does not have`]]
      : [];
  },
];

function entriesOf(config: Json, list: string, inner: string): Json[] {
  const entries = field(config, list);
  return Array.isArray(entries) ? entries.flatMap((entry) => field(entry, inner) ?? []) : [];
}

function isCertificate(encoded: string): boolean {
  try {
    return new X509Certificate(Buffer.from(encoded, "base64")).subject !== undefined;
  } catch {
    return false;
  }
}

function named(config: Json, list: string, name: Json | undefined, inner: string): Json | undefined {
  const entries = field(config, list);
  if (!Array.isArray(entries) || typeof name !== "string") return undefined;
  const value = field(entries.find((entry) => field(entry, "name") === name), inner);
  return isJsonObject(value) ? value : undefined;
}

function isSet(object: Json, key: string): boolean {
  const value = field(object, key) ?? null;
  return value !== null && value !== "";
}
