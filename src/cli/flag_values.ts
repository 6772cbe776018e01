/** The values of flags, read one by one: numbers, sizes, durations, names; whatever can't be understood is refused by its flag's name. */
import { editDistance } from "../api/edit_distance.ts";
import { meantKind } from "../api/known_kinds.ts";
import { validateLabelKey, validateLabelValue, validateName, validateNamespace } from "../api/object.ts";
import { DEFAULT_INSTANCE } from "../reconcile/marks.ts";

/** Bad usage: the message names the flag; the caller prints it and exits with 1. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What was given on the command line, by the names of the flags. */
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

export function string(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === "") throw new UsageError(`--${name}: wanted a value, found nothing`);
  return typeof value === "string" ? value : undefined;
}

export function strings(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function list(values: Values, name: string): string[] | undefined {
  const items = string(values, name)?.split(",").map((item) => item.trim()).filter((item) => item !== "");
  return items;
}

export function choice<T extends string>(values: Values, name: string, choices: readonly T[]): T | undefined {
  const value = string(values, name);
  if (value === undefined) return undefined;
  const known = choices.find((candidate) => candidate === value);
  if (known === undefined) throw new UsageError(`--${name}: "${value}" is none of ${choices.join(", ")}`);
  return known;
}

export function readLabels(text: string | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of (text ?? "").split(",").filter((part) => part !== "")) {
    const [key, value, ...more] = part.split("=");
    if (!key || value === undefined || more.length > 0) {
      throw new UsageError(`--mgmt-labels: "${part}" is not KEY=VALUE`);
    }
    const problem = validateLabelKey(key.trim()) ?? validateLabelValue(value.trim());
    if (problem) throw new UsageError(`--mgmt-labels: "${part}": ${problem}`);
    labels[key.trim()] = value.trim();
  }
  return labels;
}

export function readNamespace(name: string, text: string | undefined, absent: string): string {
  if (text === undefined) return absent;
  const problem = validateNamespace(text);
  if (problem) throw new UsageError(`--${name}: "${text}" is no namespace: ${problem}`);
  return text;
}

/** The name of an object. */
export function readName(name: string, text: string | undefined, absent: string): string {
  if (text === undefined) return absent;
  const problem = validateName(text);
  if (problem) throw new UsageError(`--${name}: "${text}" is no name: ${problem}`);
  return text;
}

export function readNamespaces(name: string, namespaces: string[] | undefined): string[] | undefined {
  if (namespaces?.length === 0) throw new UsageError(`--${name}: wanted namespaces, found none`);
  for (const namespace of namespaces ?? []) readNamespace(name, namespace, "");
  return namespaces;
}

/** Group-qualified kinds; one that can't be any would never be written, nor looked for among what is there. */
export function readKinds(name: string, kinds: string[] | undefined): string[] | undefined {
  for (const kind of kinds ?? []) {
    const [, plain, , group = ""] = /^([A-Z][A-Za-z0-9]*)(\.([a-z0-9][a-z0-9.-]*))?$/.exec(kind) ?? [];
    const guess = kind.slice(0, 1).toUpperCase() + kind.slice(1).replace(/s$/, "");
    const meant = plain === undefined ? meantKind("", guess) ?? guess : meantKind(group, plain);
    if (plain !== undefined && meant === undefined) continue;
    const hint = /^[A-Z][A-Za-z0-9]*$/.test(meant!) ? `; did you mean "${meant}${group && `.${group}`}"?` : "";
    throw new UsageError(
      `--${name}: "${kind}" is no kind such as Secret or ClusterProfile.multicluster.x-k8s.io${hint}`,
    );
  }
  return kinds;
}

export function readInstance(text: string | undefined): string {
  if (text === undefined) return DEFAULT_INSTANCE;
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)) return text;
  throw new UsageError(`--instance-id: "${text}" is no label value (up to 63 letters, digits, - _ .)`);
}

/** `:8080` (all addresses), `127.0.0.1:8080`, `[::1]:8080`. */
export function readAddress(name: string, text: string | undefined): { hostname: string; port: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65535) {
    throw new UsageError(`--${name}: "${text}" is no address such as :8080 or 127.0.0.1:8080`);
  }
  return { hostname: match[1] ?? (match[2] === "" ? "0.0.0.0" : match[2]!), port };
}

export function readDuration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!match) throw new UsageError(`--${name}: "${text}" is no duration such as 500ms, 2s or 1m`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}

export function readSize(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)(Ki|Mi|Gi)$/.exec(text);
  if (!match) throw new UsageError(`--${name}: "${text}" is no size such as 512Ki, 256Mi or 1Gi`);
  return Number(match[1]) * { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 }[match[2] as "Ki" | "Mi" | "Gi"];
}

/** `; did you mean "plan"?` where a known word is close. */
export function suggest(word: string, known: readonly string[]): string {
  const closest = known.map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return closest && closest.distance <= 2 ? `; did you mean ${closest.name}?` : "";
}

export function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new UsageError(`--${name}: wanted a whole number from 1 up, found "${text}"`);
  }
  return Number(text);
}
