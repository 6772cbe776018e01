/**
 * Random objects of Kubernetes: the usual skeleton, with labels, conditions, ports, numbers of both kinds, nulls, texts that
 * are times, durations, numbers or none of them, keys that are no identifiers. The same seed gives the same objects.
 */
import { Float64, type Json, type JsonObject } from "../../src/json/json.ts";
import type { Random } from "./generate_lua.ts";

/** Texts by what they may be taken for; each list has some that look like it and aren't. */
export const TEXTS = {
  time: [
    ...["2025-03-01T10:00:00Z", "2024-02-29T23:59:59.999999999Z", "1969-12-31T23:59:59-07:00", "2025-03-30T02:30:00Z"],
    ...["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-06-15T12:34:56.789+05:30", "2025-03-01T10:00:00.5Z"],
    ...["2025-02-30T00:00:00Z", "2025-03-01", "2025-03-01 10:00:00Z", "2025-03-01T10:00:00", "2025-03-01t10:00:00z"],
    ...["2025-03-01T24:00:00Z", "2025-03-01T10:00:60Z", "2025-3-1T1:2:3Z", "10000-01-01T00:00:00Z", ""],
    ...["2025-03-01T10:00:00,5Z", "2025-03-01T10:00:00.Z", "2025-03-01T10:00:00+24:00", "2025-03-01T10:00:00+0530"],
    ...["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2025-03-01T10:00:00-00:00"],
  ],
  duration: [
    ...["1h", "90s", "1h30m5s", "-2m", "1.5h", "100ms", "1us", "1µs", "10ns", "0", "0s", "+5s", "2562047h47m16.854s"],
    ...[
      "-2562047h47m16.854775808s",
      "9223372036s",
      "1h-1m",
      "1d",
      "1",
      "h",
      "",
      ".5s",
      "5.s",
      ".s",
      "1H",
      "1 h",
      "1e3s",
    ],
    ...["999999999999h", "0.000000001s", "0.0000000001s", "3000000h", "1m1m", "1ms1h", "--1s"],
  ],
  number: [
    ...["0", "1", "-1", "42", "007", "+5", "-0", "9223372036854775807", "9223372036854775808", "-9223372036854775808"],
    ...[
      "18446744073709551615",
      "18446744073709551616",
      "1.5",
      "-2.25",
      "1e3",
      "1E-2",
      ".5",
      "5.",
      "0x10",
      "0b1",
      "1_000",
    ],
    ...[
      "NaN",
      "nan",
      "Inf",
      "-inf",
      "+Infinity",
      "1e309",
      "-1e309",
      "1e-400",
      "0x1p-2",
      "0x1.8p1",
      "1u",
      " 1",
      "1 ",
      "",
      "١",
    ],
    ...["0x1p1024", "1__0", "_1", "1_", "0x_1p0", "100m", "2Gi", "0.1e-6", "123456789.123456789", "1e", "1e+", "e1"],
  ],
  bool: ["true", "false", "True", "TRUE", "t", "1", "0", "F", "f", "yes", "tRUE", "", "no", "False", "T", "FALSE"],
  plain: [
    ...["web", "web-front-01", "a", "", "abc", "Running", "x.y/z", "nginx:1.27", "registry.io/team/app@sha256:abcdef"],
    ...[
      "héllo",
      "日本語",
      "😀",
      "e\u0301",
      "ß",
      "a\nb",
      "tab\there",
      'quote"s',
      "back\\slash",
      "\u0000",
      "\u00a0",
      "ÀÉ",
      "İ",
    ],
    ...["aaaaaaaaaa", "10.0.0.1", "fe80::1", "foo.bar.svc", "Zz", "\ufeffbom", "a\r\nb", "𝒳y", "\u2028", "{}", "k=v"],
  ],
} as const;

const KEYS = [
  ...["app", "tier", "env", "n", "app.kubernetes.io/name", "k8s.io/x", "a-b", "a b", "in", "size", "type", "true", "1"],
  ...[
    "has",
    "resource",
    "map",
    "__proto__",
    "constructor",
    "toString",
    "x",
    "y",
    "name",
    "value",
    "",
    "é",
    "as",
    "null",
  ],
] as const;

export function randomText(random: Random): string {
  return random.pick(random.pick([TEXTS.time, TEXTS.duration, TEXTS.number, TEXTS.bool, TEXTS.plain, TEXTS.plain]));
}

function number(random: Random): Json {
  return random.pick<() => Json>([
    () => random.below(10),
    () => random.below(10) - 5,
    () => random.below(100_000),
    () => random.below(100) / 8,
    () => new Float64(random.below(5)),
    () => random.pick<Json>([80, 443, 8080, 65536, 3, 1, 0, -1]),
    () => random.pick<Json>([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, new Float64(1e21), new Float64(2 ** 53)]),
    () =>
      random.pick<Json>([
        0.1,
        1e-7,
        1.5e300,
        -0.5,
        123456.789,
        new Float64(-0),
        new Float64(1e6),
        new Float64(2 ** 63),
      ]),
  ])();
}

function scalar(random: Random): Json {
  return random.pick<() => Json>([
    () => randomText(random),
    () => randomText(random),
    () => number(random),
    () => random.chance(0.5),
    () => null,
  ])();
}

function list(random: Random, depth: number, element: () => Json = () => value(random, depth - 1)): Json[] {
  return Array.from({ length: random.pick([0, 1, 1, 2, 2, 3, 5]) }, element);
}

function texts(random: Random, count: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: random.below(count + 1) }, () => [random.pick(KEYS), randomText(random)]),
  );
}

function value(random: Random, depth: number): Json {
  if (depth <= 0) return scalar(random);
  return random.pick<() => Json>([
    () => scalar(random),
    () => scalar(random),
    () => list(random, depth),
    () => list(random, depth, () => number(random)),
    () => list(random, depth, () => randomText(random)),
    () => list(random, depth, () => ({ name: random.pick(["a", "b", "web"]), ...object(random, depth - 1) })),
    () => object(random, depth - 1),
    () => texts(random, 3),
  ])();
}

function object(random: Random, depth: number): JsonObject {
  const entries = Array.from({ length: random.below(4) }, () => [random.pick(KEYS), value(random, depth)] as const);
  return Object.fromEntries(entries);
}

function condition(random: Random): JsonObject {
  return {
    type: random.pick(["Ready", "Available", "Progressing"]),
    status: random.pick(["True", "False", "Unknown"]),
    ...(random.chance(0.5) ? { lastTransitionTime: random.pick(TEXTS.time.slice(0, 8)) } : {}),
    ...(random.chance(0.3) ? { observedGeneration: random.below(4) } : {}),
  };
}

function container(random: Random): JsonObject {
  return {
    name: random.pick(["a", "web", "sidecar"]),
    image: random.pick(["nginx:1.27", "redis:7", "registry.io/team/app@sha256:abcdef", "app"]),
    ...(random.chance(0.7) ? { ports: list(random, 1, () => ({ containerPort: random.pick([80, 443, 8080]) })) } : {}),
    ...(random.chance(0.3) ? { resources: { limits: { cpu: "100m", memory: "2Gi" } } } : {}),
  };
}

/** An object of some kind; what it has varies, and one key or another is null. */
export function randomObject(random: Random): JsonObject {
  const metadata: JsonObject = {
    name: random.pick(["web-1", "web-front-01", "a", "x.y"]),
    ...(random.chance(0.8) ? { namespace: random.pick(["default", "team-a", "prod"]) } : {}),
    ...(random.chance(0.8) ? { labels: texts(random, 4) } : {}),
    ...(random.chance(0.6) ? { annotations: texts(random, 3) } : {}),
    ...(random.chance(0.8) ? { creationTimestamp: random.pick(TEXTS.time.slice(0, 8)) } : {}),
    ...(random.chance(0.4) ? { finalizers: list(random, 1, () => random.pick(["x", "y/z"])) } : {}),
    generation: random.below(5),
  };
  return {
    apiVersion: random.pick(["v1", "apps/v1", "cluster.x-k8s.io/v1beta1"]),
    kind: random.pick(["Pod", "Secret", "Cluster", "Deployment"]),
    metadata,
    spec: {
      replicas: number(random),
      paused: random.chance(0.5),
      ...(random.chance(0.7) ? { containers: list(random, 2, () => container(random)) } : {}),
      ...(random.chance(0.5) ? { interval: random.pick(TEXTS.duration) } : {}),
      ...(random.chance(0.3) ? { selector: { matchLabels: texts(random, 2) } } : {}),
      ...object(random, 3),
    },
    ...(random.chance(0.7)
      ? {
        status: {
          phase: random.pick(["Running", "Provisioned", "Failed"]),
          conditions: list(random, 1, () => condition(random)),
          ready: random.chance(0.5),
          load: number(random),
          ...object(random, 2),
        },
      }
      : {}),
    ...(random.chance(0.3) ? { data: texts(random, 3) } : {}),
  };
}

/** JSON text that keeps floats floats: `3.0`, not `3`. */
export function formatObject(object: Json): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(object, function (this: Record<string, unknown>, key: string) {
    // Not the second argument, which toJSON has changed already.
    const json = this[key];
    if (typeof json === "bigint") return rawJSON(String(json));
    if (!(json instanceof Float64)) return json;
    const text = Object.is(json.value, -0) ? "-0" : String(json.value);
    return rawJSON(/[.e]/.test(text) ? text : `${text}.0`);
  });
}
