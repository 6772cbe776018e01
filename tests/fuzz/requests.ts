/** What comes from an API server, a kubeconfig or the command line, and what is written into objects for ourselves. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readArgs } from "../../src/cli/args.ts";
import { UsageError } from "../../src/cli/flag_values.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { type Json, stringifyJson } from "../../src/json/json.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { ConfigError, loadKubeconfig } from "../../src/kube/config.ts";
import { ApiError, apiErrorFrom, ConnectionError, type Verb } from "../../src/kube/errors.ts";
import { LineSplitter, LineTooLongError } from "../../src/kube/line_splitter.ts";
import {
  formatLabelSelector,
  LabelSelectorError,
  matchesLabels,
  parseLabelSelector,
} from "../../src/reconcile/label_selector.ts";
import { TargetError } from "../../src/reconcile/object_target.ts";
import { decodeOrigin, encodeOrigin, type Origin } from "../../src/reconcile/origin.ts";
import { applyPatches, PatchError, readPatch } from "../../src/reconcile/patches.ts";
import { checkKubeconfigSecret } from "../../src/reconcile/payload.ts";
import { writeYaml } from "../../src/yaml/write.ts";
import { connectionTo, SECRETS } from "../kube/protocol_server.ts";
import { awaitedOr, parsedOr, PLANTED, PLANTED_BASE64, property, requireClean } from "./property.ts";
import { damagedValues, jsonValues, PROTOTYPE_KEYS, textsOf } from "./texts.ts";

const KUBECONFIG: Json = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "one",
  clusters: [{
    name: "a",
    cluster: { server: "https://127.0.0.1:9", "certificate-authority-data": btoa(`-----BEGIN ${PLANTED}`) },
  }],
  contexts: [{ name: "one", context: { cluster: "a", user: "u", namespace: "n" } }],
  users: [
    { name: "u", user: { token: PLANTED, "client-key-data": PLANTED_BASE64, password: PLANTED } },
    {
      name: "v",
      user: {
        exec: { apiVersion: "client.authentication.k8s.io/v1", command: "aws", env: [{ name: "A", value: PLANTED }] },
      },
    },
  ],
};
const SECRET_OBJECT: Json = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "x", namespace: "a", uid: "u", resourceVersion: "11", labels: { a: "b" } },
  data: { value: PLANTED_BASE64 },
};
const LIST: Json = {
  kind: "SecretList",
  apiVersion: "v1",
  metadata: { resourceVersion: "10" },
  items: [SECRET_OBJECT, SECRET_OBJECT],
};
const STATUS: Json = {
  kind: "Status",
  status: "Failure",
  code: 422,
  reason: "Invalid",
  message: `Secret "x" is invalid: data.value: ${PLANTED}`,
  details: {
    name: "x",
    causes: [{ reason: "FieldValueInvalid", message: `Invalid value: ${PLANTED}`, field: "data[value]" }],
  },
};

// deno-fmt-ignore
const SELECTOR_PIECES = ["a", "b.c/d", "=", "==", "!=", "!", " in ", " notin ", "(", ")", ",", "x", ">", "<", "1", " ", "\t", "", "é", "/", ...PROTOTYPE_KEYS];
const SELECTORS = textsOf(SELECTOR_PIECES, ["a=b,c in (d,e),!f", "x.io/y notin (a, b), z > 5", "a==b"], 15);
// deno-fmt-ignore
const VALUES = ["", "x", "-", "a,b", "a=b", "a=b,c=d", "=", ":8080", "127.0.0.1:70000", "[::1]:80", "[::1", "5x", "10Mi", "999999999999Gi", "0", "-1", "1e9", "2s", "json", "exec", "kube-system", "..", "%", "é", "\0", ...PROTOTYPE_KEYS];
const WORDS = [
  "run",
  "plan",
  "apply",
  "render",
  "test",
  "demo",
  "version",
  "help",
  "nope",
  "--",
  "-",
  "-f",
  "-o",
  "-y",
  "-vh",
  "--nope",
  "---",
  "--=x",
  "--__proto__",
  "--__proto__=x",
  "--no-color=1",
];

const labelName = fc.oneof(fc.constantFrom("a", "b.c/d", "x", ...PROTOTYPE_KEYS), fc.string({ maxLength: 8 }));
const ref = fc.record({
  apiVersion: fc.string(),
  kind: fc.string(),
  namespace: fc.string(),
  name: fc.string({ unit: "binary" }),
}, { noNullPrototype: true });

const never = new AbortController().signal;

export const REQUEST_PROPERTIES = [
  property("command line: options, or an error that names the flag", 1_500, argumentLists(), (args) => {
    const options = parsedOr([UsageError], () => readArgs(args));
    if (options?.listen) assert.ok(options.listen.port >= 0 && options.listen.port <= 65535);
  }),
  property(
    "kubeconfig: any text",
    500,
    textsOf(["users:\n", "- name: u\n", "  user: {token: x}\n", "\n", "{", "}", ": ", "*a", ...PROTOTYPE_KEYS], [
      writeYaml(KUBECONFIG),
    ]),
    (text) => {
      try {
        loadKubeconfig([{ path: "/k", text }]);
      } catch (error) {
        // Damage may put a secret where a name belongs; whole values stay in their places in the next property.
        if (!(error instanceof ConfigError)) throw error;
      }
    },
  ),
  property("kubeconfig: no credential in an error", 600, damagedValues(KUBECONFIG), (value) => {
    for (const context of [undefined, "one", "__proto__"]) {
      parsedOr(
        [ConfigError],
        () => loadKubeconfig([{ path: "/k", text: writeYaml(value) }], { context, allowExec: ["aws"] }),
      );
    }
  }),
  property("kubeconfigs to be published: a verdict without a credential", 700, damagedValues(KUBECONFIG), (value) => {
    const data = { config: btoa(unescape(encodeURIComponent(writeYaml(value)))) };
    const verdict = checkKubeconfigSecret({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data });
    requireClean(`${stringifyJson(verdict as unknown as Json)} `);
  }),
  property(
    "lines: none is lost, however the bytes are split",
    500,
    fc.tuple(fc.array(fc.string({ unit: "binary", maxLength: 30 })), fc.array(fc.nat(40))),
    ([texts, cuts]) => {
      const lines = texts.map((text) => text.replaceAll("\n", " ").trim());
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
      const splitter = new LineSplitter(1_000_000);
      const seen: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        seen.push(...splitter.push(bytes.subarray(at, at + cut)));
        at += cut;
      }
      assert.deepEqual(seen, lines.filter((line) => line !== ""));
      assert.equal(splitter.pending, 0);
    },
  ),
  property("lines: any bytes", 500, fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
    const splitter = new LineSplitter(100);
    for (const chunk of chunks) {
      if (!parsedOr([LineTooLongError, TypeError], () => splitter.push(chunk))) return;
      assert.ok(splitter.pending <= 100);
    }
  }),
  property(
    "API: a list of any shape is a list or an error",
    150,
    damagedBodies(LIST),
    (body) =>
      answered(body, async (client) => {
        const list = await awaitedOr([ApiError, ConnectionError], () => client.list(SECRETS, {}, {}, never));
        for (const { kind, metadata } of list?.items ?? []) assert.ok(typeof kind === "string" && metadata);
      }),
  ),
  property(
    "API: watch lines of any shape are events or an error",
    150,
    damagedBodies({ type: "ADDED", object: SECRET_OBJECT }),
    (body) =>
      answered(`${body}\n`, async (client) => {
        await awaitedOr([ApiError, ConnectionError], async () => {
          const options = { resourceVersion: "1", timeoutSeconds: 60, idleMs: 5_000 };
          for await (const { object } of client.watch(SECRETS, options, never)) assert.ok(object.metadata);
        });
      }),
  ),
  property(
    "API: no error of a write quotes what was written",
    700,
    fc.tuple(
      fc.constantFrom<Verb[]>("apply", "create", "patch", "delete"),
      fc.integer({ min: 400, max: 599 }),
      damagedValues(STATUS),
    ),
    ([verb, status, value]) => {
      const target = { verb, resource: "secrets", namespace: "a", name: "x" };
      const error = apiErrorFrom(status, stringifyJson(value), "5", target);
      requireClean(error.message);
      requireClean(JSON.stringify(error.causes));
    },
  ),
  property("label selectors: parsed, or refused", 2_000, SELECTORS, (text) => {
    const requirements = parsedOr([LabelSelectorError], () => parseLabelSelector(text));
    if (requirements) matchesLabels(requirements, { a: "b" });
  }),
  property(
    "label selectors: what is written is parsed to the same",
    1_000,
    fc.record({
      matchLabels: fc.dictionary(labelName, labelName, { maxKeys: 3 }),
      matchExpressions: fc.array(
        fc.record({
          key: labelName,
          operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist", "Is"),
          values: fc.array(labelName, { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
    }),
    (selector) => {
      const text = parsedOr([LabelSelectorError], () => formatLabelSelector(JSON.parse(JSON.stringify(selector))));
      if (text === undefined) return;
      const requirements = parseLabelSelector(text);
      const wanted = Object.keys(selector.matchLabels).length + selector.matchExpressions.length;
      assert.ok(requirements.length <= wanted && (wanted === 0 || requirements.length > 0), `${text} of ${wanted}`);
    },
  ),
  property("label selectors: any object", 500, jsonValues, (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    parsedOr([LabelSelectorError], () => formatLabelSelector(value as Record<string, Json>));
  }),
  property(
    "origins: written and read again",
    500,
    fc.record({ match: fc.option(ref, { nil: undefined }), template: ref, key: fc.string({ unit: "binary" }) }, {
      noNullPrototype: true,
    }),
    ({ match, template, key }) => {
      const origin: Origin = match ? { trigger: "t", match, template, key } : { trigger: "t", template, key };
      assert.deepEqual(decodeOrigin("t", encodeOrigin(origin)), origin);
    },
  ),
  property(
    "origins: any text is one or none",
    500,
    fc.oneof(
      jsonValues.map((value) => stringifyJson(value)),
      damagedValues({
        match: { apiVersion: "v1", kind: "A", namespace: "n", name: "x" },
        template: { apiVersion: "v1", kind: "A", namespace: "n", name: "x" },
        key: "k",
      }).map((value) => stringifyJson(value)),
      fc.string(),
    ),
    (text) => {
      const origin = decodeOrigin("t", text);
      if (origin) assert.deepEqual(decodeOrigin("t", encodeOrigin(origin)), origin);
    },
  ),
  property("patches: applied, or refused without values", 1_500, damagedValues(PATCH()), (value) => {
    const target = {
      group: "",
      version: "",
      kind: "Secret",
      namespace: "",
      name: "",
      labelSelector: "",
      annotationSelector: "",
    };
    const patch = parsedOr([PatchError, TargetError], () => readPatch(writeYaml(value), target));
    if (patch) parsedOr([PatchError], () => applyPatches(SECRET_OBJECT as never, [patch]));
  }),
];

function PATCH(): Json {
  return [
    { op: "add", path: "/metadata/labels/x", value: "y" },
    { op: "replace", path: "/data/value", value: PLANTED },
    { op: "move", from: "/metadata/labels/a", path: "/metadata/labels/b" },
    { op: "test", path: "/data/value", value: PLANTED },
    { op: "remove", path: "/__proto__/polluted" },
    { op: "add", path: "/constructor/prototype/polluted", value: 1 },
  ];
}

function argumentLists(): fc.Arbitrary<string[]> {
  const flag = fc.constantFrom(...FLAGS.map(({ name }) => `--${name}`));
  const value = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: "binary", maxLength: 12 }));
  const argument = fc.oneof(
    flag,
    value,
    fc.constantFrom(...WORDS),
    fc.tuple(flag, value).map(([name, text]) => `${name}=${text}`),
  );
  return fc.tuple(fc.constantFrom("run", "plan", "apply", "render", "status"), fc.array(argument, { maxLength: 6 }))
    .map(([command, rest]) => [command, ...rest]);
}

function damagedBodies(sample: Json): fc.Arbitrary<string> {
  const whole = damagedValues(sample).map((value) => stringifyJson(value));
  return fc.oneof({ weight: 3, arbitrary: whole }, {
    weight: 1,
    arbitrary: fc.tuple(whole, fc.nat(200)).map(([text, cut]) => text.slice(0, Math.max(0, text.length - cut))),
  });
}

/** A server that answers everything by `body`, and a client of it. */
async function answered(body: string, use: (client: KubeClient) => Promise<void>): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(body, { headers: { "content-type": "application/json" } }),
  );
  const client = new KubeClient(connectionTo(`http://127.0.0.1:${server.addr.port}`));
  try {
    await use(client);
  } finally {
    client.close();
    await server.shutdown();
  }
}
