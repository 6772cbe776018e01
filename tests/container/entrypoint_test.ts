/**
 * The container's entry point, beside a `deno` that only tells how it was called: which rights the arguments give, that they
 * arrive as they were, and that nothing in them widens a right.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const OWN = `--allow-read=${ROOT}/src,${ROOT}/lua,${ACCOUNT}`;
const POD = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };

let bin = "";
Deno.test.beforeAll(async () => {
  bin = await Deno.makeTempDir({ prefix: "moonferry-entrypoint-" });
  await Deno.writeTextFile(`${bin}/deno`, `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done\n`);
  await Deno.chmod(`${bin}/deno`, 0o755);
});
Deno.test.afterAll(() => Deno.remove(bin, { recursive: true }));

interface Called {
  readonly code: number;
  readonly stderr: string;
  readonly flags: readonly string[];
  readonly args: readonly string[];
}

/** How the entry point calls Deno, with these variables and no others. */
async function call(args: readonly string[], env: Record<string, string> = {}): Promise<Called> {
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: [`${ROOT}/container/entrypoint.sh`, ...args],
    clearEnv: true,
    env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const words = decoder.decode(stdout).split("\0").slice(0, -1);
  const main = words.indexOf(`${ROOT}/main.ts`);
  return { code, stderr: decoder.decode(stderr), flags: words.slice(0, main), args: words.slice(main + 1) };
}

/** What is said of one kind of right. */
const said = ({ flags }: Called, right: string) =>
  flags.filter((flag) => flag.startsWith(`--allow-${right}`) || flag.startsWith(`--deny-${right}`));

Deno.test("in a Pod: the API server, the port that is served, our source and the account, and nothing else", async () => {
  const called = await call(["run", "--listen=:8080", "--mgmt-labels", "cluster-api=enabled"], POD);
  assert.deepEqual(called.flags, [
    "run",
    ...["--cached-only", "--frozen", "--no-prompt", `--config=${ROOT}/deno.json`],
    ...["--v8-flags=--disallow-code-generation-from-strings", "--v8-flags=--heap-growing-percent=50"],
    ...["--allow-net=0.0.0.0:8080,10.0.0.1:443", OWN, "--deny-write"],
    "--allow-env=HOME,USERPROFILE,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT,HOSTNAME",
    ...["--deny-run", "--deny-ffi", "--deny-sys", "--deny-import"],
  ]);
  assert.deepEqual(called.args, ["run", "--listen=:8080", "--mgmt-labels", "cluster-api=enabled"]);
});

Deno.test("the flags are those of docs/security.md", async () => {
  const docs = await Deno.readTextFile(`${ROOT}/docs/security.md`);
  const block = docs.split("# run, in a Pod\n")[1]!.split("```")[0]!.replaceAll("\\\n", " ");
  const documented = block.trim().split(/\s+/).slice(1);
  const { flags } = await call(["run", "--listen", "0.0.0.0:8080"], POD);
  const sets = (words: readonly string[]) => words.map((word) => word.split(/[=,]/).toSorted().join(" ")).toSorted();
  const places = {
    "$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT": "10.0.0.1:443",
    "src,lua": `${ROOT}/src,${ROOT}/lua`,
  };
  const wanted = documented.slice(0, documented.indexOf("main.ts")).map((word) =>
    Object.entries(places).reduce((text, [place, value]) => text.replace(place, value), word)
  );
  assert.deepEqual(sets(flags.filter((flag) => !flag.startsWith("--config="))), sets(wanted));
});

Deno.test("arguments arrive as they were", async () => {
  const args = [
    "plan",
    "--trigger",
    "a b",
    "",
    "it's",
    'quoted "word"',
    "$(id)",
    "`id`",
    "*",
    "\\",
    "a\nb",
    "--",
    "-f",
  ];
  const called = await call(args, POD);
  assert.equal(called.code, 0);
  assert.deepEqual(called.args, args);
});

const NET: readonly { name: string; args: string[]; env?: Record<string, string>; want: string }[] = [
  { name: "no cluster, no port", args: ["version"], want: "--deny-net" },
  { name: "the port in a word of its own", args: ["run", "--listen", ":9"], want: "--allow-net=0.0.0.0:9" },
  { name: "one address alone", args: ["run", "--listen=127.0.0.1:9"], want: "--allow-net=127.0.0.1:9" },
  { name: "IPv6 that is served", args: ["run", "--listen=[::]:9"], want: "--allow-net=[::]:9" },
  {
    name: "a cluster of IPv6",
    args: ["plan"],
    env: { ...POD, KUBERNETES_SERVICE_HOST: "fd00::1" },
    want: "--allow-net=[fd00::1]:443",
  },
  {
    name: "rbac asks the cluster besides files",
    args: ["rbac", "-f", "/in", "--check"],
    env: POD,
    want: "--allow-net=10.0.0.1:443",
  },
  { name: "files are no cluster", args: ["plan", "-f", "/in"], env: POD, want: "--deny-net" },
  {
    name: "a kubeconfig's server",
    args: ["plan", "--kubeconfig=/k"],
    env: { MOONFERRY_ALLOW_NET: "mgmt.example.com:6443" },
    want: "--allow-net=mgmt.example.com:6443",
  },
  { name: "what follows -- is no flag", args: ["test", "--", "--listen=:9"], want: "--deny-net" },
];
for (const { name, args, env, want } of NET) {
  Deno.test(`net: ${name}`, async () => assert.deepEqual(said(await call(args, env), "net"), [want]));
}

const FILES: readonly { name: string; args: string[]; env?: Record<string, string>; read: string; write: string }[] = [
  {
    name: "manifests",
    args: ["plan", "-f", "/in", "--file=/more", "-f/third"],
    read: ",/in,/more,/third",
    write: "--deny-write",
  },
  { name: "manifests from standard input", args: ["render", "-f", "-"], read: "", write: "--deny-write" },
  {
    name: "a folder to write to",
    args: ["apply", "-f", "/in", "--output-dir", "/out dir"],
    read: ",/in,/out dir",
    write: "--allow-write=/out dir",
  },
  {
    name: "kubeconfigs",
    args: ["plan", "--kubeconfig", "/k"],
    env: { KUBECONFIG: "/a:/b" },
    read: ",/k,/a,/b",
    write: "--deny-write",
  },
  {
    name: "what a kubeconfig names",
    args: ["plan"],
    env: { MOONFERRY_ALLOW_READ: "/certs" },
    read: ",/certs",
    write: "--deny-write",
  },
];
for (const { name, args, env, read, write } of FILES) {
  Deno.test(`files: ${name}`, async () => {
    const called = await call(args, env);
    assert.deepEqual(said(called, "read"), [OWN + read]);
    assert.deepEqual(said(called, "write"), [write]);
    assert.deepEqual(called.args, args);
  });
}

const REFUSED: readonly { name: string; args: string[]; env?: Record<string, string>; want: RegExp }[] = [
  {
    name: "two addresses in one",
    args: ["run", "--listen=:8080,example.com:443"],
    want: /^moonferry: --listen: this is no address/,
  },
  { name: "an address of nothing", args: ["run", "--listen="], want: /^moonferry: --listen: this is no address/ },
  {
    name: "two hosts in a variable",
    args: ["run"],
    env: { ...POD, KUBERNETES_SERVICE_HOST: "10.0.0.1,example.com" },
    want: /^moonferry: KUBERNETES_SERVICE_HOST: this is no address/,
  },
  {
    name: "two ports in a variable",
    args: ["run"],
    env: { ...POD, KUBERNETES_SERVICE_PORT: "443,example.com:80" },
    want: /^moonferry: KUBERNETES_SERVICE_HOST: this is no address/,
  },
  { name: "a path with a comma", args: ["plan", "-f", "/in,/etc"], want: /^moonferry: -f: the path has a comma/ },
  {
    name: "an output with a comma",
    args: ["apply", "-f", "/in", "--output-dir=/out,/"],
    want: /^moonferry: --output-dir: the path has a comma/,
  },
];
for (const { name, args, env, want } of REFUSED) {
  Deno.test(`refused: ${name}`, async () => {
    const called = await call(args, env);
    assert.equal(called.code, 1);
    assert.match(called.stderr, want);
    assert.deepEqual(called.args, []);
  });
}

Deno.test("found by a path that is not absolute", async () => {
  const { code, stdout } = await new Deno.Command("/bin/sh", {
    args: ["container/entrypoint.sh", "version"],
    cwd: ROOT,
    clearEnv: true,
    env: { PATH: `${bin}:/usr/bin:/bin` },
  }).output();
  assert.equal(code, 0);
  assert.ok(new TextDecoder().decode(stdout).includes(`\0${ROOT}/main.ts\0`));
});
