/** What a user gets for input that is wrong: one clear message with the place, exit code 1, and nothing written. */
import assert from "node:assert/strict";
import { json, serveHttp, status } from "../kube/protocol_server.ts";
import { moonferry } from "../support/moonferry.ts";

const EXAMPLE = "k8s/examples/push-model";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];

interface Row {
  readonly name: string;
  /** Files of a scratch folder: a text, or an example's file and what is replaced in it. */
  readonly files?: Record<string, string | { readonly from: string; readonly replace: readonly [string, string] }>;
  /** What else is in the folder. */
  readonly make?: (folder: string) => Promise<unknown>;
  /** Variables; in their values `%` stands for the folder as well. */
  readonly env?: Record<string, string>;
  /** More flags of Deno. */
  readonly denoFlags?: readonly string[];
  /** `%` stands for the scratch folder. */
  readonly args: readonly string[];
  readonly wants: readonly RegExp[];
}

const PIPELINE = ["-f", "%", "-f", `${EXAMPLE}/cluster`, "--output-dir", "%/out", "--yes", ...LABELS];
const whole = (file: string) => ({ from: `${EXAMPLE}/${file}.yaml`, replace: ["", ""] as const });
const pipeline = (changed: Row["files"]) => ({
  "eventsource.yaml": whole("eventsource"),
  "eventtrigger.yaml": whole("eventtrigger"),
  "template.yaml": whole("template"),
  ...changed,
});

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "https://127.0.0.1:9"}}]
contexts: [{name: one, context: {cluster: a, user: u}}]
users: [{name: u, user: {token: made-up}}]
`;

/** One whose context is set, with this cluster and this user. */
const complete = (cluster: string, user = "{token: made-up}") =>
  `apiVersion: v1
kind: Config
current-context: one
clusters: [{name: a, cluster: ${cluster}}]
contexts: [{name: one, context: {cluster: a, user: u}}]
users: [{name: u, user: ${user}}]
`;
const SERVER = 'server: "https://127.0.0.1:9"';
const withKubeconfig = (text: string) => ({
  files: { kubeconfig: text },
  args: ["plan", "--kubeconfig", "%/kubeconfig"],
});
/** A home without a kubeconfig. */
const NO_HOME = { HOME: "%", KUBECONFIG: "" };
const BROKEN_PEM = btoa("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

const ROWS: readonly Row[] = [
  {
    name: "a trigger selector that is none",
    args: ["plan", "-f", "%", "--trigger-selector", "team in a"],
    wants: [/--trigger-selector: found "a", expected "\("/],
  },
  {
    name: "a trigger that the selector does not name",
    files: pipeline({}),
    args: ["plan", "-f", "%", "--trigger-selector", "team=a", "--trigger", "push-model"],
    wants: [/EventTrigger push-model does not match --trigger-selector team=a/],
  },
  {
    name: "times of a lease that don't go together",
    args: ["run", "--lease-duration", "10s"],
    wants: [/--lease-duration.*: the lease duration must be longer than the renew deadline/],
  },
  {
    name: "an election in a folder",
    args: ["run", "-f", "%", "--output-dir", "%/out", "--leader-elect=true"],
    wants: [/--leader-elect does not go with -f/],
  },
  {
    name: "to elect and not to elect",
    args: ["run", "--leader-elect", "--leader-elect=false"],
    wants: [/--leader-elect and --no-leader-elect exclude each other/],
  },
  {
    name: "a namespace that is none",
    args: ["render", "-f", "%", "--sveltos-namespace", "Sveltos_NS"],
    wants: [/--sveltos-namespace: "Sveltos_NS" is no namespace: must be lower-case letters/],
  },
  {
    name: "no such path",
    args: ["apply", "-f", "%/nope", "--output-dir", "%/out"],
    wants: [/nope: no such file or folder/],
  },
  {
    name: "broken YAML",
    files: { "a.yaml": "a: b\n  c: d\n" },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/a\.yaml:2:4: mapping values are not allowed in this context/],
  },
  {
    name: "a document that is no object",
    files: { "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n---\n- 1\n" },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/a\.yaml:5: not a Kubernetes object/],
  },
  {
    name: "a line of shell left in",
    files: { "a.yaml": "cat > x.yaml <<EOF\n" },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/a\.yaml:1: is a line of shell/],
  },
  {
    name: "a whole heredoc",
    files: { "a.yaml": "# how to\ncat > x.yaml <<'EOF'\napiVersion: v1\nkind: Secret\nmetadata: {name: x}\nEOF\n" },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/a\.yaml:2: is a line of shell, not YAML: leave the heredoc around the manifest out/],
  },
  {
    name: "the same object in two files",
    files: { "a.yaml": whole("eventtrigger"), "b.yaml": whole("eventtrigger") },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/EventTrigger push-model is there twice: .*a\.yaml:2 and .*b\.yaml:2/],
  },
  {
    name: "no EventTrigger",
    files: { "a.yaml": whole("eventsource") },
    args: ["apply", "-f", "%", "--output-dir", "%/out"],
    wants: [/there is no EventTrigger/],
  },
  {
    name: "unknown field",
    files: pipeline({
      "eventsource.yaml": { from: `${EXAMPLE}/eventsource.yaml`, replace: ["collectResources", "collectResource"] },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/EventSource push-model spec\.collectResource: unknown field; did you mean collectResources\?/],
  },
  {
    name: "a field that is not acted on",
    files: pipeline({
      "eventtrigger.yaml": {
        from: `${EXAMPLE}/eventtrigger.yaml`,
        replace: ["  oneForEvent", "  helmCharts: [{}]\n  oneForEvent"],
      },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/EventTrigger push-model spec\.helmCharts: Helm charts are not supported/],
  },
  {
    name: "Lua syntax error",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: ["function evaluate()", "function evaluate("],
      },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/EventSource push-model aggregatedSelection:34: syntax error near 'local'/],
  },
  {
    name: "Lua run-time error",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: ["local targets, without = {}, {}", "local x = nil + 1"],
      },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/EventSource push-model aggregatedSelection:54: cannot perform add operation between nil and number/],
  },
  {
    name: "Lua run-time error, with its traceback",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: ["local targets, without = {}, {}", "local function inner() return nil + 1 end local x = inner()"],
      },
    }),
    args: ["apply", ...PIPELINE, "--verbose"],
    wants: [
      /aggregatedSelection:54: cannot perform add/,
      /called from:\s+line 54: in function 'inner'\s+line 54: in the script/,
    ],
  },
  {
    name: "Lua that raises a Secret",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: ["local targets, without = {}, {}", 'error("seen " .. secrets["mgmt/reef-kubeconfig"].data.value)'],
      },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/aggregatedSelection:54: seen \[redacted\]/],
  },
  {
    name: "Lua endless loop",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: ["local targets, without = {}, {}", "while true do end"],
      },
    }),
    args: ["apply", ...PIPELINE, "--lua-time", "200ms"],
    wants: [/EventSource push-model aggregatedSelection: stopped after 0\.2 s of CPU \(limit --lua-time\)/],
  },
  {
    name: "CEL that takes more than it may",
    files: pipeline({
      "eventsource.yaml": {
        from: `${EXAMPLE}/eventsource.yaml`,
        replace: [
          "  resourceSelectors:\n",
          "  resourceSelectors:\n    - {group: '', version: v1, kind: Namespace, evaluateCEL: [{name: big, rule: 'resource.metadata.all(k, resource.all(l, k != l))'}]}\n",
        ],
      },
    }),
    args: ["apply", ...PIPELINE, "--cel-cost", "10"],
    wants: [
      /EventSource push-model spec\.resourceSelectors\[0\]\.evaluateCEL\[0\] \(big\) for Namespace \S+: 1:22: stopped after 10 steps \(limit --cel-cost\)/,
    ],
  },
  {
    name: "template that is none",
    files: pipeline({ "template.yaml": { from: `${EXAMPLE}/template.yaml`, replace: ["| quote }}", "| foo }}"] } }),
    args: ["apply", ...PIPELINE],
    wants: [/ConfigMap mgmt\/push-model key "secret\.yaml" as template: 5:84: function "foo" not defined/, /\n +\^/],
  },
  {
    name: "template that fails for every match, said once",
    files: pipeline({
      "template.yaml": { from: `${EXAMPLE}/template.yaml`, replace: ["$target.profileName |", "$target.nope |"] },
    }),
    args: ["apply", ...PIPELINE],
    wants: [
      /at 5:\d+ for InventoryTarget team-argo\/mgmt\.harbour: map has no entry for key "nope"/,
      /the same for 5 other matches/,
    ],
  },
  {
    name: "template that fails with a Secret",
    files: pipeline({
      "template.yaml": {
        from: `${EXAMPLE}/template.yaml`,
        replace: ["{{- $target := .Resource.spec }}", "{{- $target := .Resource.spec }}{{ fail $target.kubeconfig }}"],
      },
    }),
    args: ["apply", ...PIPELINE],
    wants: [/error calling fail: \[redacted\]/],
  },
  { name: "unknown flag", args: ["plan", "--ouput", "json"], wants: [/unknown flag --ouput; did you mean --output\?/] },
  { name: "unknown command", args: ["plann"], wants: [/unknown command "plann"; did you mean plan\?/] },
  { name: "apply without a place to write to", args: ["apply", "-f", EXAMPLE], wants: [/needs --output-dir/] },
  {
    name: "nobody to ask",
    args: ["apply", ...PIPELINE.filter((arg) => arg !== "--yes")],
    files: pipeline({}),
    wants: [/add --yes/],
  },
  {
    name: "kubeconfig without current context",
    files: { "kubeconfig": KUBECONFIG },
    args: ["apply", "--kubeconfig", "%/kubeconfig", "--yes"],
    wants: [/no current-context is set: choose one with --context \(one\)/],
  },
  {
    name: "no such kubeconfig",
    args: ["apply", "--kubeconfig", "%/none", "--yes"],
    wants: [/none: no such file; name one with --kubeconfig/],
  },
  {
    name: "kubeconfig without the user that its context names",
    ...withKubeconfig(complete(`{${SERVER}}`).replace("user: u}", "user: v}")),
    wants: [/kubeconfig.*context "one" names user "v", which is not in users \(there: u\)/],
  },
  { name: "an empty kubeconfig", ...withKubeconfig(""), wants: [/kubeconfig.*no current-context|kubeconfig: .*empty/] },
  {
    name: "a folder in the place of a kubeconfig",
    args: ["plan", "--kubeconfig", "%"],
    wants: [/: a folder, not a file/],
  },
  {
    name: "a kubeconfig with an exec plugin",
    ...withKubeconfig(
      complete(`{${SERVER}}`, "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}"),
    ),
    wants: [/user "u".*exec.*--allow-exec-auth=aws \(and Deno's --allow-run=aws/],
  },
  {
    name: "a kubeconfig that does not check TLS",
    ...withKubeconfig(complete(`{${SERVER}, insecure-skip-tls-verify: true}`)),
    wants: [/cluster "a".*insecure-skip-tls-verify: refused.*--allow-insecure-server/],
  },
  {
    name: "a kubeconfig with a server without TLS",
    ...withKubeconfig(complete('{server: "http://127.0.0.1:9"}')),
    wants: [/cluster "a".*http:\/\/ is refused.*--allow-insecure-server/],
  },
  {
    name: "a damaged CA",
    ...withKubeconfig(complete(`{${SERVER}, certificate-authority-data: ${BROKEN_PEM}}`)),
    wants: [/cluster "a".*certificate-authority/],
  },
  {
    name: "a damaged client certificate",
    ...withKubeconfig(
      complete(`{${SERVER}}`, `{client-certificate-data: ${BROKEN_PEM}, client-key-data: ${BROKEN_PEM}}`),
    ),
    wants: [/user "u".*client-certificate/],
  },
  {
    name: "a kubeconfig that Deno may not read",
    ...withKubeconfig(complete(`{${SERVER}}`)),
    denoFlags: ["--deny-read=%/kubeconfig"],
    wants: [/kubeconfig: Deno may not read it: start with --allow-read=\S+\/kubeconfig/],
  },
  {
    name: "a CA file that Deno may not read",
    ...withKubeconfig(complete(`{${SERVER}, certificate-authority: ca.pem}`)),
    denoFlags: ["--deny-read=%/ca.pem"],
    wants: [/ca\.pem: Deno may not read it: start with --allow-read=\S+\/ca\.pem/],
  },
  {
    name: "in no cluster and without a kubeconfig",
    args: ["plan"],
    env: { ...NO_HOME, KUBERNETES_SERVICE_HOST: "", KUBERNETES_SERVICE_PORT: "" },
    wants: [/not in a cluster: KUBERNETES_SERVICE_HOST unset; pass --kubeconfig/],
  },
  {
    name: "in a cluster without a token",
    args: ["plan"],
    env: { ...NO_HOME, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "9" },
    wants: [/in a cluster, but without credentials: \S+\/token: no such file/],
  },
  {
    name: "a link that leads out of the folder",
    make: (folder) => Deno.symlink("/etc", `${folder}/link`),
    args: ["plan", "-f", "%"],
    wants: [/\/link: a link that leads out of/],
  },
  {
    name: "a file of more than 10 MiB",
    make: (folder) => Deno.writeFile(`${folder}/a.yaml`, new Uint8Array(10 * 1024 * 1024 + 1)),
    args: ["plan", "-f", "%"],
    wants: [/a\.yaml: 10485761 bytes, more than the 10485760 of a manifest/],
  },
  {
    name: "a file that is not text",
    make: (folder) => Deno.writeFile(`${folder}/a.yaml`, new Uint8Array([0x61, 0xff])),
    args: ["plan", "-f", "%"],
    wants: [/a\.yaml: not UTF-8 text/],
  },
];

for (const row of ROWS) {
  Deno.test(`bad input: ${row.name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const [name, content] of Object.entries(row.files ?? {})) {
        await Deno.writeTextFile(`${folder}/${name}`, await textOf(content));
      }
      await row.make?.(folder);
      const inFolder = (text: string) => text.replace("%", folder);
      const env = Object.fromEntries(Object.entries(row.env ?? {}).map(([name, value]) => [name, inFolder(value)]));
      // Deno finds its cache by the home.
      if (env.HOME !== undefined) env.DENO_DIR = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
      const result = await moonferry(row.args.map(inFolder), env, row.denoFlags?.map(inFolder));
      const said = result.stdout + result.stderr;
      for (const wanted of row.wants) assert.match(said, wanted);
      assert.equal(result.code, 1, said);
      assert.doesNotMatch(
        said,
        /\n\s+at .*\.ts:|certificate-authority-data: ?[A-Za-z0-9+/=]{20}|YXBpVmVyc2lvbjog/,
        "no host stack, no Secret bytes",
      );
      await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound, "nothing is written");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function textOf(content: NonNullable<Row["files"]>[string]): Promise<string> {
  if (typeof content === "string") return content;
  const text = await Deno.readTextFile(content.from);
  const [old, fresh] = content.replace;
  if (old === "") return text;
  assert.ok(text.includes(old), `${content.from} has no "${old}" to replace`);
  return text.replace(old, () => fresh);
}

Deno.test("bad input: a token that the API server rejects", async () => {
  await using server = serveHttp(() => json(status(401, "Unauthorized", "Unauthorized"), 401));
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/kubeconfig`;
    await Deno.writeTextFile(file, complete(`{server: "${server.connection.server}"}`));
    const { code, stdout, stderr } = await moonferry(["plan", "--kubeconfig", file, "--allow-insecure-server"]);
    assert.match(stdout + stderr, /credentials rejected \(401\): is the token or the client certificate still valid\?/);
    assert.equal(code, 1);
    assert.doesNotMatch(stdout + stderr, /made-up/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
