/**
 * Bad input and what a person gets for it: one row for each, numbered as in docs/bad-input.md. Each is a small pipeline with one
 * thing wrong, given to a command; `%` in arguments and files stands for its folder.
 */

export interface BadInput {
  /** Its number in docs/bad-input.md. */
  readonly row: number;
  readonly name: string;
  /** What is replaced in the pipeline; absent: nothing. */
  readonly replace?: readonly [string, string];
  /** More documents. */
  readonly more?: string;
  /** Given: the pipeline with this replaced, and nothing else, was applied before. */
  readonly applied?: readonly [string, string];
  /** What stands at the output's place, of somebody else. */
  readonly foreign?: string;
  /** Flags; or, where the first is a command, all arguments. */
  readonly args?: readonly string[];
  /** What is said. */
  readonly wants: readonly RegExp[];
  /** Decision: 0 nothing to do, 1 an error, 2 there are changes, 3 something is held. */
  readonly code: 0 | 1 | 2 | 3;
}

const SELECTOR = '{group: "", version: v1, kind: Secret, namespace: src}';

export const PIPELINE = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: {name: s}
spec:
  collectResources: true
  resourceSelectors:
    - ${SELECTOR}
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: {name: t}
spec:
  sourceClusterSelector: {matchLabels: {a: b}}
  eventSourceName: s
  oneForEvent: true
  policyRefs: [{kind: ConfigMap, namespace: mgmt, name: c}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: mgmt, annotations: {projectsveltos.io/instantiate: ok}}
data:
  out.yaml: |
    apiVersion: v1
    kind: Secret
    metadata: {name: "out-{{ .Resource.metadata.name }}", namespace: team}
    type: Opaque
    data: {v: "{{ .Resource.data.value }}"}
---
apiVersion: v1
kind: Secret
metadata: {name: one, namespace: src, labels: {a: b}}
data: {value: UGw0bnRlZEh1bnRlcjJacQ==}
`;

const selector = (text: string) => [SELECTOR, text] as const;
const secrets = (more: string) => selector(`{group: "", version: v1, kind: Secret, namespace: src, ${more}}`);
const script = (line: string) =>
  ["  collectResources: true", `  collectResources: true\n  aggregatedSelection: |\n    ${line}`] as const;
const returning = (value: string) => script(`function evaluate() return ${value} end`);
const value = (text: string) => ["{{ .Resource.data.value }}", text] as const;
const metadata = (more: string) => ["namespace: team}", `namespace: team, ${more}}`] as const;

const OUTPUT = PIPELINE.slice(
  PIPELINE.indexOf('    metadata: {name: "out-'),
  PIPELINE.indexOf("---\napiVersion: v1\nkind: Secret"),
);
/** The output as what a consumer takes for a kubeconfig, with this content. */
const published = (config: string) =>
  [
    OUTPUT,
    `    metadata: {name: out, namespace: team, labels: {x-k8s.io/cluster-profile: c}}\n    data: {config: "${
      btoa(config)
    }"}\n`,
  ] as const;
const kubeconfig = (user: string, cluster = 'server: "https://c.example.com"') =>
  published(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {${cluster}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users: [{name: u, user: {${user}}}]
`);
/** One target for every match, with the match's name in it. */
const SHARED = [
  OUTPUT,
  '    metadata: {name: shared, namespace: team}\n    stringData: {v: "{{ .Resource.metadata.name }}"}\n',
] as const;

/** Another object that the selector takes. */
const SECOND = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: two, namespace: src}\ndata: {value: eHh4}\n";

export const BAD_INPUT: readonly BadInput[] = [
  {
    row: 1,
    name: "a selector without kind",
    replace: selector('{group: "", version: v1}'),
    wants: [/EventSource s spec\.resourceSelectors\[0\]\.kind: required/],
    code: 1,
  },
  {
    row: 1,
    name: "a selector with an empty version",
    replace: selector('{group: "", version: "", kind: Secret}'),
    wants: [/EventSource s spec\.resourceSelectors\[0\]\.version: required, found an empty text/],
    code: 1,
  },
  {
    row: 2,
    name: "group core",
    replace: selector("{group: core, version: v1, kind: Secret}"),
    wants: [/spec\.resourceSelectors\[0\]\.group: the core group is written ""/],
    code: 1,
  },
  {
    row: 3,
    name: "a kind in the plural",
    replace: selector('{group: "", version: v1, kind: secrets}'),
    wants: [/spec\.resourceSelectors\[0\]\.kind: unknown kind "secrets"; did you mean "Secret"\?/],
    code: 1,
  },
  {
    row: 3,
    name: "a kind that is misspelt",
    replace: selector('{group: "", version: v1, kind: Secert}'),
    wants: [/spec\.resourceSelectors\[0\]\.kind: unknown kind "Secert"; did you mean "Secret"\?/],
    code: 1,
  },
  {
    row: 6,
    name: "an operation that is none",
    replace: secrets("labelFilters: [{key: a, operation: Exists}]"),
    wants: [/labelFilters\[0\]\.operation: must be Equal, Different, Has or DoesNotHave, found "Exists"/],
    code: 1,
  },
  {
    row: 7,
    name: "a value with Has",
    replace: secrets("labelFilters: [{key: a, operation: Has, value: b}]"),
    wants: [/note .*labelFilters\[0\]\.value: ignored with operation Has/, /1 to create/],
    code: 2,
  },
  {
    row: 7,
    name: "Equal without a value is the empty label",
    replace: secrets("labelFilters: [{key: a, operation: Equal}]"),
    wants: [/0 selected \(Secret 0\)/],
    code: 0,
  },
  {
    row: 8,
    name: "a label key that is none",
    replace: secrets('labelFilters: [{key: "a b", operation: Has}]'),
    wants: [/labelFilters\[0\]\.key: "a b": /],
    code: 1,
  },
  {
    row: 9,
    name: "a namespace with a cluster-scoped kind",
    replace: selector('{group: "", version: v1, kind: Namespace, namespace: src}'),
    wants: [/resourceSelectors\[0\].*: Namespace is cluster-scoped: remove the namespace from the selector/],
    code: 1,
  },
  {
    row: 10,
    name: "every Secret there is",
    replace: selector('{group: "", version: v1, kind: Secret}'),
    wants: [
      /note .*selects every Secret of the cluster: whoever writes this EventSource can read them; name a namespace/,
    ],
    code: 2,
  },
  {
    row: 11,
    name: "a namespace that may not be read",
    args: ["--source-namespaces", "mgmt"],
    wants: [
      /resourceSelectors\[0\].*namespace src is not one of those that may be read: start with --source-namespaces=mgmt,src/,
      /\(SourceNamespaceNotAllowed\)/,
    ],
    code: 1,
  },
  {
    row: 11,
    name: "all namespaces where only some may be read",
    replace: selector('{group: "", version: v1, kind: Secret, labelFilters: [{key: a, operation: Has}]}'),
    args: ["--source-namespaces", "mgmt,src"],
    wants: [
      /all namespaces are not to be read with --source-namespaces=mgmt,src: name one of them in the field namespace/,
    ],
    code: 1,
  },
  {
    row: 12,
    name: "CEL that is none",
    replace: secrets("evaluateCEL: [{name: rule-a, rule: 'resource.x =='}]"),
    wants: [/evaluateCEL\[0\] \(rule-a\): 1:14: found the end of the rule/, /\n +resource\.x ==\n +\^/],
    code: 1,
  },
  {
    row: 13,
    name: "CEL that gives a text",
    replace: secrets("evaluateCEL: [{name: rule-a, rule: 'resource.kind'}]"),
    args: ["-v"],
    wants: [
      /note .*\(rule-a\): fails on one object, which counts as no match; on Secret src\/one: must return bool, got string/,
    ],
    code: 0,
  },
  {
    row: 14,
    name: "CEL that reads a field that is not there",
    replace: secrets("evaluateCEL: [{name: rule-a, rule: 'resource.nope.x == 1'}]"),
    args: ["-v"],
    wants: [/note .*\(rule-a\): fails on one object, which counts as no match; on Secret src\/one: no such key: nope/],
    code: 0,
  },
  {
    row: 15,
    name: "two CEL rules",
    replace: secrets("evaluateCEL: [{name: a, rule: 'true'}, {name: b, rule: 'false'}]"),
    wants: [/note .*evaluateCEL: rules are OR-ed: write one rule with && if all must hold/],
    code: 2,
  },
  {
    row: 17,
    name: "no such EventSource",
    replace: ["eventSourceName: s", "eventSourceName: nope"],
    wants: [
      /EventTrigger t spec\.eventSourceName: there is no EventSource nope\. Its outputs stay as they are until there is one\. \(EventSourceNotFound\)/,
    ],
    code: 1,
  },
  {
    row: 18,
    name: ".Resource without collectResources",
    replace: ["collectResources: true", "collectResources: false"],
    wants: [
      /for Secret src\/one: map has no entry for key "metadata"/,
      /only if the EventSource has `collectResources: true`/,
    ],
    code: 1,
  },
  {
    row: 19,
    name: "CloudEvents",
    replace: ["  collectResources: true", "  collectResources: true\n  messagingMatchCriteria: [{subject: a}]"],
    wants: [/EventSource s spec\.messagingMatchCriteria: CloudEvents are not supported; select Kubernetes objects/],
    code: 1,
  },
  {
    row: 20,
    name: "more matches than there may be",
    more: "---\napiVersion: v1\nkind: Secret\nmetadata: {name: two, namespace: src}\n",
    args: ["--max-matches", "1"],
    wants: [
      /EventSource s: 2 matches, more than 1 \(limit --max-matches\)\. Its outputs stay as they are.*\(LimitExceeded\)/,
    ],
    code: 1,
  },
  {
    row: 22,
    name: "a script without evaluate",
    replace: script("local x = 1"),
    wants: [/EventSource s aggregatedSelection: there is no function evaluate\(\); it must be global/],
    code: 1,
  },
  ...[["nil", "nil"], ['"x"', "a text"], ["1", "a number"]].map(([lua, found]): BadInput => ({
    row: 23,
    name: `a script that returns ${found}`,
    replace: returning(lua!),
    wants: [new RegExp(`EventSource s aggregatedSelection: evaluate\\(\\) must return a table, found ${found}`)],
    code: 1,
  })),
  { row: 24, name: "an empty table says nothing", replace: returning("{}"), wants: [/0 matches/], code: 0 },
  {
    row: 24,
    name: "resources that are an empty table",
    replace: returning("{resources = {}}"),
    wants: [/EventSource s aggregatedSelection: resources must be a list, found an empty table.*leave resources unset/],
    code: 1,
  },
  {
    row: 25,
    name: "resources that are a text",
    replace: returning('{resources = "x"}'),
    wants: [/EventSource s aggregatedSelection: resources must be a list, found a text/],
    code: 1,
  },
  {
    row: 25,
    name: "resources with a hole",
    replace: returning("{resources = {resources[1], nil, resources[1]}}"),
    wants: [/EventSource s aggregatedSelection: resources has a hole at 2: every element must be an object/],
    code: 1,
  },
  {
    row: 26,
    name: "a resource without kind",
    replace: returning('{resources = {{metadata = {name = "x"}}}}'),
    wants: [/EventSource s aggregatedSelection: resources\[1\]\.kind: required/],
    code: 1,
  },
  {
    row: 27,
    name: "a function among the results",
    replace: returning('{resources = {{kind = "X", f = print}}}'),
    wants: [/EventSource s aggregatedSelection: resources\[1\]\.f: a function can't be returned/],
    code: 1,
  },
  {
    row: 29,
    name: "a text larger than the memory",
    replace: script('function evaluate() local s = ("x"):rep(1000) while true do s = s .. s end end'),
    args: ["--lua-memory", "32Mi"],
    wants: [/EventSource s aggregatedSelection.*--lua-memory/],
    code: 1,
  },
  {
    row: 30,
    name: "os.execute",
    replace: script('function evaluate() os.execute("x") return {} end'),
    wants: [/EventSource s aggregatedSelection:1: os\.execute is not available in this sandbox/],
    code: 1,
  },
  {
    row: 31,
    name: "bytecode",
    replace: ["  collectResources: true", '  collectResources: true\n  aggregatedSelection: "\\eLua"'],
    wants: [/EventSource s aggregatedSelection.*binary chunks are not allowed/],
    code: 1,
  },
  {
    row: 33,
    name: "a number that is none",
    replace: returning('{resources = {{kind = "X", a = 0/0}}}'),
    wants: [/EventSource s aggregatedSelection: resources\[1\]\.a: NaN can't be returned/],
    code: 1,
  },
  {
    row: 37,
    name: "a script that clears the screen",
    replace: script("function evaluate() error('\\27[2J\\27]0;title\\7gone') end"),
    wants: [/EventSource s aggregatedSelection.*\ufffd\[2J\ufffd\]0;title\ufffdgone/],
    code: 1,
  },
  {
    row: 38,
    name: "pairs over an object is in the order of its keys",
    replace: script(
      'function evaluate() local k = "" for n in pairs(resources[1].metadata) do k = k .. n .. "," end error(k) end',
    ),
    wants: [/labels,name,namespace,/],
    code: 1,
  },
  {
    row: 39,
    name: "no such template",
    replace: ["name: c}]", "name: nope}]"],
    wants: [
      /EventTrigger t spec\.policyRefs: there is no ConfigMap mgmt\/nope\. What it gives stays as it is.*\(TemplateNotFound\)/,
    ],
    code: 1,
  },
  {
    row: 40,
    name: "a template without its annotation",
    replace: [", annotations: {projectsveltos.io/instantiate: ok}", ""],
    wants: [/It holds "\{\{" but is not rendered: annotate ConfigMap mgmt\/c projectsveltos\.io\/instantiate: ok/],
    code: 1,
  },
  {
    row: 42,
    name: "a key that is not there",
    replace: value("{{ .Resource.data.nope }}"),
    wants: [/ConfigMap mgmt\/c key "out\.yaml" at 5:23 for Secret src\/one: map has no entry for key "nope"/, /hint: /],
    code: 1,
  },
  ...([
    ['env "HOME"', "env", "it reads the controller's environment"],
    ['expandenv "$HOME"', "expandenv", "it reads the controller's environment"],
    ['getHostByName "example.com"', "getHostByName", "it asks the network"],
  ] as const).map(([call, name, why]): BadInput => ({
    row: 43,
    name,
    replace: value(`{{ ${call} }}`),
    wants: [new RegExp(`5:14: function "${name}" is left out on purpose: ${why}`)],
    code: 1,
  })),
  {
    row: 44,
    name: "a text of a billion letters",
    replace: value('{{ repeat 1000000000 "x" }}'),
    wants: [/at 5:14 for Secret src\/one: a text of more than 16777216 bytes \(limit --template-output-size\)/],
    code: 1,
  },
  {
    row: 45,
    name: "a template that renders to nothing",
    replace: [
      PIPELINE.slice(PIPELINE.indexOf("  out.yaml"), PIPELINE.indexOf("---\napiVersion: v1\nkind: Secret")),
      "  out.yaml: '# nothing'\n",
    ],
    args: ["-v"],
    wants: [/note .*ConfigMap mgmt\/c key "out\.yaml" for Secret src\/one: rendered to no document/],
    code: 0,
  },
  {
    row: 46,
    name: "a template that renders to a list",
    replace: ["    apiVersion: v1\n    kind: Secret\n", "    - apiVersion: v1\n    ---\n    kind: Secret\n"],
    wants: [/for Secret src\/one: document 1 is not a map: wanted a Kubernetes object/],
    code: 1,
  },
  {
    row: 46,
    name: "a template that renders to no YAML",
    replace: ["    type: Opaque", "    \ttype: Opaque"],
    wants: [/for Secret src\/one: what it renders is not YAML: line \d+: /],
    code: 1,
  },
  {
    row: 47,
    name: "a kind that may not be written",
    replace: ["    kind: Secret\n    meta", "    kind: ClusterRoleBinding\n    meta"],
    wants: [
      /kinds: kind ClusterRoleBinding is not among the allowed kinds \(Secret\)/,
      /--allowed-kinds=Secret,ClusterRoleBinding/,
    ],
    code: 3,
  },
  {
    row: 48,
    name: "a Secret that mints a credential",
    replace: ["type: Opaque", "type: kubernetes.io/service-account-token"],
    wants: [
      /kinds: a Secret of type kubernetes\.io\/service-account-token would mint a credential/,
      /give it another type/,
    ],
    code: 3,
  },
  {
    row: 48,
    name: "a Secret with which a machine joins the cluster",
    replace: ["type: Opaque", "type: bootstrap.kubernetes.io/token"],
    wants: [/kinds: a Secret of type bootstrap\.kubernetes\.io\/token would mint a credential/],
    code: 3,
  },
  {
    row: 49,
    name: "a namespace of Kubernetes' own",
    replace: ["namespace: team}", "namespace: kube-system}"],
    wants: [/namespaces: namespace kube-system is Kubernetes' own/, /--target-namespaces=kube-system/],
    code: 3,
  },
  {
    row: 49,
    name: "no namespace",
    replace: [", namespace: team}", "}"],
    args: ["-v"],
    wants: [/\+ create +Secret default\/out-one/, /note .*no metadata\.namespace, so it goes to namespace default/],
    code: 2,
  },
  ...["123", "true", "null", "no", "014"].map((label): BadInput => ({
    row: 50,
    name: `a label ${label} without quotes`,
    replace: metadata(`labels: {x: ${label}}`),
    wants: [/metadata\.labels\["x"\]: must be a string, found (a number|a boolean|null); quote it/],
    code: 1,
  })),
  {
    row: 51,
    name: "a label value that is too long",
    replace: metadata(`labels: {x: ${"v".repeat(64)}}`),
    wants: [/metadata\.labels\["x"\]: 64 characters, more than 63/],
    code: 1,
  },
  {
    row: 51,
    name: "a label value that is none",
    replace: metadata('labels: {x: "b c"}'),
    wants: [/metadata\.labels\["x"\]: must be letters, digits, -, _ and \./],
    code: 1,
  },
  {
    row: 52,
    name: "a name in capitals",
    replace: ['"out-{{', '"Prod_{{'],
    wants: [/for Secret src\/one: Secret: metadata\.name "Prod_one": must be lower-case letters.*RFC 1123/],
    code: 1,
  },
  {
    row: 54,
    name: "data that is null",
    replace: ['{v: "{{ .Resource.data.value }}"}', "{v: }"],
    wants: [/for Secret src\/one: Secret: data\.v: must be base64 text, found null/],
    code: 1,
  },
  {
    row: 54,
    name: "an empty kubeconfig",
    replace: published(""),
    wants: [/payload: data\.config is empty/],
    code: 3,
  },
  {
    row: 55,
    name: "data that is no base64",
    replace: value("not base64!"),
    wants: [/for Secret src\/one: Secret: data\.v: is not base64/],
    code: 1,
  },
  {
    row: 55,
    name: "base64 of base64",
    replace: published(btoa("kind: Config")),
    wants: [/payload: data\.config is not a kubeconfig: it is not a map/, /--no-payload-check/],
    code: 3,
  },
  {
    row: 55,
    name: "no YAML in the place of a kubeconfig",
    replace: published("a: b\n  c: d\n"),
    wants: [/payload: data\.config is not YAML, so it is no kubeconfig/, /--no-payload-check/],
    code: 3,
  },
  {
    row: 56,
    name: "a Secret that is too large",
    replace: value('{{ repeat 1048577 "x" | b64enc }}'),
    wants: [/for Secret src\/one: Secret: data: 1048577 bytes, more than the 1048576 a Secret can hold/],
    code: 1,
  },
  {
    row: 56,
    name: "a ConfigMap that is too large",
    replace: [
      `    kind: Secret\n${OUTPUT}`,
      "    kind: ConfigMap\n    metadata: {name: out, namespace: team}\n    data: {v: '{{ repeat 1048577 \"x\" }}'}\n",
    ],
    args: ["--allowed-kinds=ConfigMap"],
    wants: [/ConfigMap: data and binaryData: 1048577 bytes, more than the 1048576 a ConfigMap can hold/],
    code: 1,
  },
  {
    row: 57,
    name: "a key that is there twice: the last one counts",
    replace: ["    type: Opaque", "    type: kubernetes.io/service-account-token\n    type: Opaque"],
    wants: [
      /\+ create +Secret team\/out-one/,
      /note .*ConfigMap mgmt\/c key "out.yaml": on line \d+ of what it renders the key "type" is there again in one map: the last/,
    ],
    code: 2,
  },
  {
    row: 57,
    name: "a key that is there twice in a file",
    replace: ["  oneForEvent: true", "  oneForEvent: false\n  oneForEvent: true"],
    wants: [/all\.yaml:\d+:3: the key "oneForEvent" is there twice in one map: the last one counts/, /\+ create/],
    code: 2,
  },
  {
    row: 58,
    name: "finalizers",
    replace: metadata("finalizers: [a/b]"),
    wants: [/metadata\.finalizers: not allowed in a template/],
    code: 1,
  },
  {
    row: 58,
    name: "a uid",
    replace: metadata("uid: 7b6a8a1e-0000-4000-8000-000000000000"),
    wants: [/metadata\.uid: not allowed in a template/],
    code: 1,
  },
  {
    row: 58,
    name: "managedFields",
    replace: metadata("managedFields: [{manager: kubectl}]"),
    wants: [/metadata\.managedFields: not allowed in a template/],
    code: 1,
  },
  {
    row: 59,
    name: "our own marks",
    replace: metadata("labels: {moonferry.dev/instance: x}"),
    wants: [/moonferry\.dev\/instance.*reserved/],
    code: 1,
  },
  {
    row: 60,
    name: "two matches, one target, and nobody has it",
    replace: SHARED,
    more: SECOND,
    wants: [/collision: 2 outputs want Secret team\/shared with different content: .*src\/one.*src\/two/],
    code: 3,
  },
  {
    row: 60,
    name: "two matches, one target: who has it keeps it",
    applied: SHARED,
    replace: SHARED,
    more: SECOND,
    wants: [/collision: .*Secret team\/shared.*src\/one/, /1 as wanted/, /src\/two/],
    code: 3,
  },
  {
    row: 61,
    name: "the target is there and not ours",
    foreign: "apiVersion: v1\nkind: Secret\nmetadata: {name: out-one, namespace: team}\ndata: {other: eA==}\n",
    wants: [
      /ownership: it exists and is not ours: it carries none of Moonferry's marks/,
      /to let it pass: delete it, or let Moonferry take it over: annotate it moonferry\.dev\/adopt=true, or --adopt/,
    ],
    code: 3,
  },
  {
    row: 61,
    name: "the target has some of our marks",
    foreign: "apiVersion: v1\nkind: Secret\n" +
      "metadata: {name: out-one, namespace: team, labels: {moonferry.dev/instance: moonferry}}\n",
    wants: [/ownership: it exists and is not ours: some of Moonferry's marks are there, but they don't agree/],
    code: 3,
  },
  ...([
    ["exec", "exec: {command: sh}", "runs a program", "exec"],
    ["auth-provider", "auth-provider: {name: gcp}", "auth-provider", "auth-provider"],
    ["a file path", "tokenFile: /x", "refers to files \\(tokenFile\\) that a consumer does not have", "files"],
    ["basic auth", "username: a, password: b", "basic auth", "basic-auth"],
  ] as const).map(([name, user, found, relaxation]): BadInput => ({
    row: 63,
    name: `a kubeconfig with ${name}`,
    replace: kubeconfig(user),
    wants: [new RegExp(`payload: .*${found}`), new RegExp(`to let it pass: .*--allow-kubeconfig=${relaxation}`)],
    code: 3,
  })),
  {
    row: 63,
    name: "a kubeconfig that does not check TLS",
    replace: kubeconfig("token: made-up", 'server: "https://c.example.com", insecure-skip-tls-verify: true'),
    wants: [/payload: .*insecure-skip-tls-verify/, /to let it pass: --allow-kubeconfig=insecure-tls/],
    code: 3,
  },
  {
    row: 64,
    name: "bootstrap data in the place of a kubeconfig",
    replace: published("## template: jinja\n#cloud-config\nruncmd:\n- kubeadm join\n"),
    wants: [/payload: data\.config is not a kubeconfig: kind must be Config/],
    code: 3,
  },
  {
    row: 65,
    name: "the same name in two namespaces",
    replace: selector('{group: "", version: v1, kind: Secret, labelFilters: [{key: a, operation: Has}]}'),
    more:
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: one, namespace: other, labels: {a: b}}\ndata: {value: eHh4}\n",
    wants: [/collision: 2 outputs want Secret team\/out-one with different content: .*other\/one.*src\/one/],
    code: 3,
  },
  {
    row: 67,
    name: "a field that is not acted on",
    replace: ["  oneForEvent: true", "  oneForEvent: true\n  helmCharts: [{a: b}]"],
    wants: [/EventTrigger t spec\.helmCharts: Helm charts are not supported; deploy them with Sveltos or Flux/],
    code: 1,
  },
  {
    row: 68,
    name: "a trigger that does not select this cluster",
    replace: ["matchLabels: {a: b}", "matchLabels: {a: c}"],
    wants: [/note .*does not select the management cluster: it wants a=c, mgmt\/mgmt has a=b\. .*--mgmt-labels a=c/],
    code: 0,
  },
  {
    row: 74,
    name: "a duration that is none",
    args: ["plan", "--lua-time", "5x"],
    wants: [/--lua-time: "5x" is no duration such as 500ms, 2s or 1m/, /--help/],
    code: 1,
  },
  ...[["secret", "Secret"], ["secrets", "Secret"], ["Secert", "Secret"], [
    "Clusters.cluster.x-k8s.io",
    "Cluster.cluster.x-k8s.io",
  ]]
    .map(([kind, meant]): BadInput => ({
      row: 74,
      name: `--allowed-kinds=${kind}`,
      args: [`--allowed-kinds=${kind}`],
      wants: [new RegExp(`--allowed-kinds: "${kind}" is no kind such as Secret or .*; did you mean "${meant}"\\?`)],
      code: 1,
    })),
  {
    row: 74,
    name: "all kinds there are",
    args: ["--allowed-kinds=*"],
    wants: [/--allowed-kinds: "\*" is no kind such as Secret or ClusterProfile\.multicluster\.x-k8s\.io\n/],
    code: 1,
  },
  {
    row: 74,
    name: "a port that is none",
    args: ["run", "--listen", ":70000"],
    wants: [/--listen: ":70000" is no address such as :8080/],
    code: 1,
  },
  {
    row: 77,
    name: "a kind that is misspelt",
    replace: ["kind: EventTrigger", "kind: EventTriger"],
    wants: [
      /all\.yaml:\d+: unknown kind "EventTriger" of lib\.projectsveltos\.io\/v1beta1; did you mean EventTrigger\?/,
    ],
    code: 1,
  },
  {
    row: 77,
    name: "no EventTrigger",
    args: ["plan", "-f", "%/empty"],
    wants: [/empty: there is no EventTrigger in these files/],
    code: 1,
  },
  {
    row: 74,
    name: "a label that can't be one",
    args: ["plan", "-f", "%/in", "--mgmt-labels", "cluster-api=en abled"],
    wants: [/--mgmt-labels: "cluster-api=en abled": /],
    code: 1,
  },
  {
    row: 77,
    name: "a file in the place of the output folder",
    args: ["run", "-f", "%/in", "--output-dir", "%/in/all.yaml", "--yes"],
    wants: [/--output-dir .*all\.yaml: no folder, and none can be made there: /],
    code: 1,
  },
  {
    row: 77,
    name: "no folder",
    args: ["plan", "-f", "%/nope"],
    wants: [/nope: no such file or folder/],
    code: 1,
  },
  {
    row: 80,
    name: "another version of the objects",
    replace: ["v1beta1\nkind: EventTrigger", "v1alpha1\nkind: EventTrigger"],
    wants: [
      /the files hold EventTrigger as lib\.projectsveltos\.io\/v1alpha1, and a folder can't convert to lib\.projectsveltos\.io\/v1beta1\n/,
    ],
    code: 1,
  },
];
