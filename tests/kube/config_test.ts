import assert from "node:assert/strict";
import {
  ConfigError,
  inClusterConnection,
  type KubeconfigFile,
  type KubeconfigOptions,
  loadKubeconfig,
  readKubeconfigFiles,
} from "../../src/kube/config.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** A kubeconfig with one context `t`, cluster `c` and user `u`. */
function kubeconfig(cluster: string, user: string, more = ""): string {
  return `apiVersion: v1
kind: Config
current-context: t
clusters: [{name: c, cluster: ${cluster}}]
contexts: [{name: t, context: {cluster: c, user: u}}]
users: [{name: u, user: ${user}}]
${more}`;
}

const AT = (text: string, path = "/home/me/.kube/config"): KubeconfigFile => ({ path, text });
const OK_CLUSTER = '{server: "https://h:6443"}';

// What client-go v0.36.3 (clientcmd, RawConfig and ClientConfig) answered for the same files.
const A = AT(
  `current-context: one
clusters: [{name: c, cluster: {server: "https://a:1"}}]
contexts: [{name: one, context: {cluster: c, user: u, namespace: na}}]
users: [{name: u, user: {token: ta}}]`,
  "/k/a.yaml",
);
const B = AT(
  `current-context: two
clusters: [{name: c, cluster: {server: "https://b:1"}}]
contexts: [{name: one, context: {cluster: cb, user: u}}, {name: two, context: {cluster: c, user: ub}}]
users: [{name: u, user: {tokenFile: sub/tok, token: tb}}, {name: ub, user: {tokenFile: sub/tok}}]`,
  "/k/b.yaml",
);
const E1 = AT(`current-context: t\nclusters: [{name: c, cluster: {server: "https://one:1"}}]`, "/k/e1.yaml");
const E2 = AT(
  `clusters: [{name: c, cluster: {server: "https://two:1", certificate-authority: ca.pem}}]
contexts: [{name: t, context: {cluster: c, user: u}}]`,
  "/k/e2.yaml",
);
const E3 = AT(
  `current-context: zz
contexts: [{name: t, context: {cluster: c, user: u, namespace: n3}}]
users: [{name: u, user: {token: x}}]`,
  "/k/e3.yaml",
);

const merged: {
  name: string;
  files: KubeconfigFile[];
  context?: string;
  want: { server: string; namespace: string; token?: string; tokenFile?: string; caFile?: string };
}[] = [
  { name: "one file", files: [A], want: { server: "https://a:1", namespace: "na", token: "ta" } },
  {
    name: "the first file with a name wins",
    files: [A, B],
    want: { server: "https://a:1", namespace: "na", token: "ta" },
  },
  {
    name: "the other way round",
    files: [B, A],
    want: { server: "https://b:1", namespace: "default", tokenFile: "/k/sub/tok" },
  },
  {
    name: "a chosen context of the second file with a cluster of the first",
    files: [A, B],
    context: "two",
    want: { server: "https://a:1", namespace: "default", tokenFile: "/k/sub/tok" },
  },
  {
    name: "an empty file adds nothing",
    files: [AT("", "/k/zero"), A],
    want: { server: "https://a:1", namespace: "na", token: "ta" },
  },
  {
    name: "three files complete each other; an entry is taken whole, not field by field",
    files: [E1, E2, E3],
    want: { server: "https://one:1", namespace: "default", token: "x" },
  },
  {
    name: "in the other order",
    files: [E3, E2, E1],
    context: "t",
    want: { server: "https://two:1", namespace: "n3", token: "x", caFile: "/k/ca.pem" },
  },
];

for (const { name, files, context, want } of merged) {
  Deno.test(`kubeconfig: ${name}`, () => {
    const connection = loadKubeconfig(files, { context });
    const { ca } = connection;
    assert.deepEqual({
      server: connection.server,
      namespace: connection.namespace,
      token: connection.auth.token,
      tokenFile: connection.auth.tokenFile,
      caFile: ca && "file" in ca ? ca.file : undefined,
    }, { token: undefined, tokenFile: undefined, caFile: undefined, ...want });
  });
}

const refused: { name: string; files: KubeconfigFile[]; options?: KubeconfigOptions; wantError: RegExp }[] = [
  { name: "empty", files: [AT("")], wantError: /\.kube\/config: has no contexts/ },
  {
    name: "no YAML",
    files: [AT("a: [")],
    wantError: /^kubeconfig \/home\/me\/\.kube\/config(:\d+)?: is no valid YAML$/,
  },
  { name: "a list", files: [AT("[]")], wantError: /wanted a map/ },
  { name: "another kind", files: [AT("kind: Secret")], wantError: /kind: must be Config/ },
  { name: "another version", files: [AT("apiVersion: v2\nkind: Config")], wantError: /apiVersion: must be v1/ },
  {
    name: "no current-context",
    files: [AT(kubeconfig(OK_CLUSTER, "{}").replace("current-context: t", ""))],
    wantError: /no current-context is set: choose one with --context \(t\)$/,
  },
  {
    name: "unknown context",
    files: [AT(kubeconfig(OK_CLUSTER, "{}"))],
    options: { context: "prod" },
    wantError: /context "prod" is not in contexts \(there are: t\)/,
  },
  {
    name: "unknown cluster",
    files: [AT(kubeconfig(OK_CLUSTER, "{}").replace("name: c,", "name: d,"))],
    wantError: /context "t" names cluster "c", which is not in clusters \(there: d\)/,
  },
  {
    name: "unknown user",
    files: [AT(kubeconfig(OK_CLUSTER, "{}").replace("name: u,", "name: v,"))],
    wantError: /context "t" names user "u", which is not in users \(there: v\)/,
  },
  {
    name: "no cluster named",
    files: [AT(kubeconfig(OK_CLUSTER, "{}").replace("cluster: c, user", "user"))],
    wantError: /context "t": cluster: required/,
  },
  {
    name: "the same name twice",
    files: [AT(kubeconfig(OK_CLUSTER, "{}").replace("users: [", "users: [{name: u, user: {}}, "))],
    wantError: /users: "u" is there twice/,
  },
  { name: "no server", files: [AT(kubeconfig("{}", "{}"))], wantError: /cluster "c": server: required/ },
  {
    name: "server without scheme",
    files: [AT(kubeconfig("{server: 'h:6443'}", "{}"))],
    wantError: /server: must begin with https:/,
  },
  {
    name: "http",
    files: [AT(kubeconfig("{server: 'http://127.0.0.1:8001'}", "{}"))],
    wantError: /http:\/\/ is refused.*--allow-insecure-server/,
  },
  {
    name: "password in the URL",
    files: [AT(kubeconfig("{server: 'https://a:geheim@h'}", "{}"))],
    wantError: /^(?!.*geheim).*must not hold a user or a password/,
  },
  {
    name: "TLS not checked",
    files: [AT(kubeconfig("{server: 'https://h', insecure-skip-tls-verify: true}", "{}"))],
    wantError: /cluster "c": insecure-skip-tls-verify: refused/,
  },
  {
    name: "proxy",
    files: [AT(kubeconfig("{server: 'https://h', proxy-url: 'http://p'}", "{}"))],
    wantError: /proxy-url: not supported/,
  },
  {
    name: "TLS name that is not the host",
    files: [AT(kubeconfig("{server: 'https://h', tls-server-name: other}", "{}"))],
    wantError: /tls-server-name: not supported/,
  },
  {
    name: "number for a token",
    files: [AT(kubeconfig(OK_CLUSTER, "{token: 123}"))],
    wantError: /user "u": token: must be a string; quote it/,
  },
  { name: "basic auth", files: [AT(kubeconfig(OK_CLUSTER, "{username: a, password: b}"))], wantError: /basic auth/ },
  {
    name: "auth provider",
    files: [AT(kubeconfig(OK_CLUSTER, "{auth-provider: {name: gcp}}"))],
    wantError: /user "u": auth-provider: .* exec plugin/,
  },
  { name: "impersonation", files: [AT(kubeconfig(OK_CLUSTER, "{as: root, token: t}"))], wantError: /impersonation/ },
  {
    name: "certificate without key",
    files: [AT(kubeconfig(OK_CLUSTER, `{client-certificate-data: ${btoa(CERTIFICATE)}}`))],
    wantError: /client-key: required/,
  },
  {
    name: "CA not base64",
    files: [AT(kubeconfig("{server: 'https://h', certificate-authority-data: '%%%'}", "{}"))],
    wantError: /cluster "c": certificate-authority-data: is not base64/,
  },
  {
    name: "CA no PEM",
    files: [AT(kubeconfig("{server: 'https://h', certificate-authority-data: QUJD}", "{}"))],
    wantError: /certificate-authority-data: holds no PEM block/,
  },
  {
    name: "exec plugin that is not allowed",
    files: [AT(kubeconfig(OK_CLUSTER, "{exec: {command: /usr/bin/aws}}"))],
    wantError: /exec: command: .*"aws".*--allow-exec-auth=aws \(and Deno's --allow-run=aws: deno run, not deno task\)/,
  },
  {
    name: "another exec plugin is allowed",
    files: [AT(kubeconfig(OK_CLUSTER, "{exec: {command: aws.sh}}"))],
    options: { allowExec: ["aws"] },
    wantError: /--allow-exec-auth=aws\.sh/,
  },
  {
    name: "exec plugin of a removed version",
    files: [AT(kubeconfig(OK_CLUSTER, "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}}"))],
    options: { allowExec: ["aws"] },
    wantError: /apiVersion: must be client\.authentication\.k8s\.io\/v1 or/,
  },
  {
    name: "exec plugin that needs a terminal",
    files: [
      AT(kubeconfig(
        OK_CLUSTER,
        "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}",
      )),
    ],
    options: { allowExec: ["aws"] },
    wantError: /interactiveMode: Always is not supported/,
  },
];

for (const { name, files, options, wantError } of refused) {
  Deno.test(`kubeconfig refused: ${name}`, () => {
    assert.throws(() => loadKubeconfig(files, options), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, wantError);
      return true;
    });
  });
}

Deno.test("kubeconfig: data wins over files, paths start at the file's folder", () => {
  const user = `{client-certificate-data: ${btoa(CERTIFICATE)}, client-certificate: no.pem, client-key: keys/k.pem}`;
  const { auth, ca } = loadKubeconfig([
    AT(kubeconfig("{server: 'https://h/', certificate-authority: /etc/ca.pem}", user)),
  ]);
  assert.equal(auth.clientCertificate && "text" in auth.clientCertificate && auth.clientCertificate.text, CERTIFICATE);
  assert.equal(auth.clientKey && "file" in auth.clientKey && auth.clientKey.file, "/home/me/.kube/keys/k.pem");
  assert.equal(ca && "file" in ca && ca.file, "/etc/ca.pem");
});

Deno.test("kubeconfig: insecure servers where allowed", () => {
  const options = { allowInsecure: true };
  const http = loadKubeconfig([AT(kubeconfig("{server: 'http://127.0.0.1:8001'}", "{}"))], options);
  assert.equal(http.server, "http://127.0.0.1:8001");
  const unchecked = loadKubeconfig([
    AT(kubeconfig("{server: 'https://h:1/k8s/c-1/', insecure-skip-tls-verify: true}", "{}")),
  ], options);
  assert.deepEqual([unchecked.server, unchecked.insecureSkipTlsVerify], ["https://h:1/k8s/c-1", true]);
});

Deno.test("kubeconfig: an allowed exec plugin with what it asked for", () => {
  const exec = `{command: ./bin/aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, args: [a, b],
    env: [{name: AWS_PROFILE, value: p}, {name: __proto__, value: q}], provideClusterInfo: true}`;
  const cluster =
    "{server: 'https://h:6443', extensions: [{name: client.authentication.k8s.io/exec, extension: {x: 1}}]}";
  const { auth } = loadKubeconfig([AT(kubeconfig(cluster, `{exec: ${exec}}`))], { allowExec: ["aws"] });
  assert.equal(auth.exec?.command, "/home/me/.kube/bin/aws");
  assert.deepEqual(auth.exec?.args, ["a", "b"]);
  assert.deepEqual(Object.entries(auth.exec!.env), [["AWS_PROFILE", "p"], ["__proto__", "q"]]);
  assert.equal(auth.exec?.clusterInfo?.server, "https://h:6443");
  assert.deepEqual(auth.exec?.clusterInfo?.config, { x: 1 });
});

Deno.test("kubeconfig files: a missing one is named, or passed over in a list", async () => {
  const there = "tests/kube/config_test.ts", missing = "tests/kube/no-such-file";
  await assert.rejects(readKubeconfigFiles([missing], false), /kubeconfig tests\/kube\/no-such-file: no such file/);
  await assert.rejects(readKubeconfigFiles([missing], true), /no such file/);
  await assert.rejects(readKubeconfigFiles([], true), /no kubeconfig/);
  await assert.rejects(readKubeconfigFiles(["tests/kube"], false), /tests\/kube: a folder, not a file/);
  assert.deepEqual((await readKubeconfigFiles([missing, there, ""], true)).map(({ path }) => path), [there]);
  await assert.rejects(readKubeconfigFiles([there, missing], false), /no such file/);
});

Deno.test({
  name: "kubeconfig files: one that Deno may not read says which permission it needs",
  permissions: { read: false },
  fn: async () => {
    await assert.rejects(readKubeconfigFiles(["deno.json"], false), /deno\.json: .*start with --allow-read=deno\.json/);
  },
});

Deno.test("in-cluster: what is missing is named", async () => {
  await assert.rejects(
    inClusterConnection({}),
    /^ConfigError: not in a cluster: KUBERNETES_SERVICE_HOST unset; pass --kubeconfig$/,
  );
  await assert.rejects(inClusterConnection({ host: "10.0.0.1" }), /KUBERNETES_SERVICE_PORT unset/);
  await assert.rejects(
    inClusterConnection({ host: "10.0.0.1", port: "443", tokenFile: "tests/kube/no-token" }),
    /in a cluster, but without credentials: tests\/kube\/no-token: no such file/,
  );
});

Deno.test("in-cluster: an IPv6 host gets its brackets", async () => {
  const file = "tests/kube/config_test.ts";
  const connection = await inClusterConnection({
    host: "fd00::1",
    port: "443",
    tokenFile: file,
    caFile: file,
    namespaceFile: "tests/kube/no-such-file",
  });
  assert.deepEqual(
    [connection.server, connection.namespace, connection.contextName, connection.auth.tokenFile],
    ["https://[fd00::1]:443", "default", "in-cluster", file],
  );
});
