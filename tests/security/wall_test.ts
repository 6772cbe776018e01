/**
 * Deno's own wall: every command line of docs/security.md works against a real API server with the shipped rights, each
 * permission on it is needed, and another program under the same flags is refused whatever it tries besides.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { preparePushModel } from "../support/push_model.ts";

const DOCS = Deno.readTextFileSync("docs/security.md");
const EXAMPLE = "k8s/examples/push-model";
const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The flags of the documented command line whose first line is `# title`, and the arguments after `main.ts`. */
function commandLine(title: string): { flags: string[]; args: string[] } {
  const block = DOCS.split("```sh\n").find((text) => text.startsWith(`# ${title}\n`))?.split("```")[0];
  assert.ok(block, `docs/security.md has no command line "${title}"`);
  const words = block.slice(block.indexOf("\n")).replaceAll("\\\n", " ").trim().split(/\s+/);
  assert.deepEqual(words.slice(0, 2), ["deno", "run"]);
  const main = words.indexOf("main.ts");
  return { flags: words.slice(2, main), args: words.slice(main + 1) };
}

function replaced(words: readonly string[], places: Readonly<Record<string, string>>): string[] {
  return words.map((word) =>
    Object.entries(places).reduce((text, [place, value]) => text.replaceAll(place, value), word)
  );
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(flags: readonly string[], main: string, args: readonly string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, pathOf(main), ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return command.spawn();
}

async function run(...given: Parameters<typeof start>): Promise<Ended> {
  const { code, stdout, stderr } = await start(...given).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const without = (flags: readonly string[], name: string) => {
  const left = flags.filter((flag) => !flag.startsWith(`${name}=`));
  assert.equal(left.length, flags.length - 1, `${name} is on the command line`);
  return left;
};

/** What the intruder may do is done; all else is refused by Deno, or has no code generation. */
function assertRefused(results: Record<string, string>, allowed: readonly string[]): void {
  const done = Object.entries(results).filter(([, result]) => result === "done").map(([name]) => name);
  assert.deepEqual(done, allowed);
  assert.ok(Object.keys(results).length >= 30);
  const REFUSAL =
    /NotCapable: Requires|^EvalError: Code generation from strings disallowed|^TypeError: Requires (read|import) access|--cached-only is specified/;
  const others = Object.entries(results).filter(([, result]) => result !== "done" && !REFUSAL.test(result));
  assert.deepEqual(others, [], "what failed, failed for another reason");
}

const FIXED = ["--cached-only", "--frozen", "--no-prompt", "--v8-flags=--disallow-code-generation-from-strings"];
const TITLES = [
  "run, in a Pod",
  "plan, apply, run, status and withdraw on a cluster, from a laptop",
  "render and plan on files",
  "apply and run on files",
];

Deno.test("every documented command line says each kind of right, and no right without a bound", () => {
  for (const { flags } of TITLES.map(commandLine)) {
    for (const flag of FIXED) assert.ok(flags.includes(flag), flag);
    for (const right of ["net", "read", "write", "env", "run", "ffi", "sys", "import"]) {
      const said = flags.filter((flag) => flag.startsWith(`--allow-${right}=`) || flag === `--deny-${right}`);
      assert.equal(said.length, 1, `${right}: ${said}`);
    }
    assert.deepEqual(flags.filter((flag) => /^(-A|--allow-all|--allow-[a-z]+)$/.test(flag)), []);
  }
});

Deno.test("deno.json: no task of ours may run programs, load code or make code of strings", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync("deno.json"));
  for (const name of ["demo", "render", "plan", "apply", "run", "adopt", "status", "withdraw", "rbac", "scenarios"]) {
    const words: string[] = tasks[name].command.split(" ");
    const wanted = [
      "--no-prompt",
      "--deny-run",
      "--deny-ffi",
      "--deny-import",
      "--no-remote",
      "--v8-flags=--disallow-code-generation-from-strings",
    ];
    for (const flag of wanted) assert.ok(words.includes(flag), `${name}: ${flag}`);
    if (["render", "plan", "adopt", "status", "rbac"].includes(name)) assert.ok(words.includes("--deny-write"), name);
    if (["demo", "scenarios"].includes(name)) assert.ok(words.includes("--deny-net"), name);
    assert.equal(words.includes("--v8-flags=--heap-growing-percent=50"), name === "run", `${name}: V8's heap`);
  }
});

Deno.test("on files", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-wall-" });
  const out = `${folder}/out`;
  const places = { "cluster,out": `${EXAMPLE},${out}`, "=cluster": `=${EXAMPLE}`, "=out": `=${out}` };
  const words = (args: readonly string[]) =>
    args.map((word) => word === "cluster" ? EXAMPLE : word === "out" ? out : word);
  const labels = ["--mgmt-labels", "cluster-api=enabled"];
  try {
    await t.step("plan", async () => {
      const { flags, args } = commandLine("render and plan on files");
      const ended = await run(replaced(flags, places), "../../main.ts", [...words(args), ...labels]);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stdout, /6 to create/);
      const unread = await run(without(flags, "--allow-read"), "../../main.ts", [...words(args), ...labels]);
      assert.equal(unread.code, 1);
      assert.match(unread.stderr, /^moonferry: .*: Deno may not read it: start with --allow-read=\S+\n$/);
    });
    await t.step("apply", async () => {
      const { flags, args } = commandLine("apply and run on files");
      const unwritten = await run(without(replaced(flags, places), "--allow-write"), "../../main.ts", [
        ...words(args),
        ...labels,
      ]);
      assert.equal(unwritten.code, 1);
      assert.match(unwritten.stdout, /x failed .*Requires write access to ".*", run again with the --allow-write flag/);
      const ended = await run(replaced(flags, places), "../../main.ts", [...words(args), ...labels]);
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal([...Deno.readDirSync(`${out}/team-argo/Secret`)].length, 3);
    });
    await t.step("another program under these flags", async () => {
      const { flags } = commandLine("render and plan on files");
      const ended = await run(replaced(flags, places), "./intruder.ts", [EXAMPLE, "9", "10"]);
      assertRefused(JSON.parse(ended.stdout), ["read what it may"]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("on a real API server, with the shipped rights", async (t) => {
  const server = await KubeServer.start();
  // Stands for the folder where a Pod finds its ServiceAccount.
  const account = await Deno.makeTempDir({ prefix: "moonferry-account-" });
  try {
    await preparePushModel(server);
    const rights = await Deno.readTextFile("k8s/base/rbac/rbac.yaml");
    const subject = "  - kind: ServiceAccount\n    name: moonferry\n    namespace: moonferry\n";
    assert.ok(rights.includes(subject));
    const user = "  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n    name: token-user\n";
    await server.apply("apiVersion: v1\nkind: Namespace\nmetadata: { name: moonferry }");
    await server.apply(rights.replaceAll(subject, user));
    await Deno.copyFile(`${server.folder}/ca.crt`, `${account}/ca.crt`);
    await Deno.writeTextFile(`${account}/token`, "made-up-token-of-the-tests\n");
    const kubeconfig = `${account}/kubeconfig`;
    await Deno.writeTextFile(
      kubeconfig,
      `apiVersion: v1
kind: Config
current-context: test
clusters: [{ name: test, cluster: { server: "${server.url}", certificate-authority: ca.crt } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
users: [{ name: test, user: { tokenFile: token } }]
`,
    );
    const pod = commandLine("run, in a Pod");
    const listen = freePort();
    const places = {
      "$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT": `127.0.0.1:${server.port}`,
      "0.0.0.0:8080": `127.0.0.1:${listen}`,
      "/var/run/secrets/kubernetes.io/serviceaccount": account,
    };
    const flags = replaced(pod.flags, places);
    const args = [
      ...replaced(pod.args, places),
      ...["--kubeconfig", kubeconfig, "--mgmt-labels", "cluster-api=enabled", "--leader-elect"],
      ...["--lease-namespace", "moonferry", "--report-namespace", "moonferry"],
      ...["--source-namespaces", "mgmt", "--target-namespaces", "team-argo,team-batch"],
    ];

    await t.step("run as in a Pod delivers, tells how it is, and ends well", async () => {
      const process = start(flags, "../../main.ts", args, { HOSTNAME: "moonferry-0" });
      const stderr = new Response(process.stderr).text();
      void process.stdout.cancel();
      try {
        await eventually(async () => {
          const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
          assert.equal(items.length, 6);
          const { status } = await server.get("eventtriggers.lib.projectsveltos.io", "push-model");
          assert.equal(status.conditions[0].status, "True");
          assert.equal(
            (await server.get("configmaps", "-n", "moonferry", "-l", "moonferry.dev/report")).items.length,
            1,
          );
          assert.deepEqual((await server.eventsOf("push-model")).map(({ reason }) => reason), ["Delivered"]);
        });
        assert.match((await server.get("lease", "-n", "moonferry", "moonferry")).spec.holderIdentity, /^moonferry-0\//);
        const answer = await fetch(`http://127.0.0.1:${listen}/readyz`);
        assert.equal(await answer.text(), "ok\n");
      } finally {
        process.kill("SIGTERM");
      }
      assert.equal((await process.status).code, 0);
      // No right was missing: neither Deno's nor the cluster's.
      assert.doesNotMatch(await stderr, /"level":"(warn|error)"|forbidden|NotCapable|Requires/);
    });

    await t.step("each permission is needed, and what is missing is said in one line", async () => {
      const rows = [
        ["--allow-net", /^moonferry: cannot get \/version: .*: start with --allow-net=127\.0\.0\.1:\d+\n$/],
        ["--allow-read", /^moonferry: .*kubeconfig: Deno may not read it: start with --allow-read=.*\n$/],
        [
          "--allow-env",
          /^moonferry: Deno may not read the variable HOME: start with --allow-env=HOME,USERPROFILE,.*\n$/,
        ],
      ] as const;
      for (const [name, message] of rows) {
        const { code, stderr } = await run(without(flags, name), "../../main.ts", args);
        assert.equal(code, 1, name);
        assert.match(stderr, message);
      }
    });

    await t.step("another program under these flags", async () => {
      const ended = await run(flags, "./intruder.ts", [account, String(server.port), String(server.etcdPort)]);
      assertRefused(JSON.parse(ended.stdout), ["read what it may", "connect to where it may"]);
    });

    const laptop = commandLine("plan, apply, run, status and withdraw on a cluster, from a laptop");
    const home = {
      "mgmt.example.com:6443": `127.0.0.1:${server.port}`,
      "$HOME/.kube/config": server.adminKubeconfig,
    };
    const env = { KUBECONFIG: server.adminKubeconfig };
    const withFlags = replaced(laptop.flags, home);
    const more = ["--mgmt-labels", "cluster-api=enabled"];

    await t.step("plan, status, apply and withdraw from a laptop", async () => {
      const planned = await run(withFlags, "../../main.ts", [...laptop.args, ...more], env);
      assert.equal(planned.code, 0, planned.stderr);
      assert.match(planned.stdout, /6 as wanted/);
      const status = await run(withFlags, "../../main.ts", ["status"], env);
      assert.equal(status.code, 0, status.stderr);
      await server.kubectl(["delete", "secret", "-n", "team-argo", "default-reef-kubeconfig"]);
      const applied = await run(withFlags, "../../main.ts", ["apply", "--yes", ...more], env);
      assert.equal(applied.code, 0, applied.stderr);
      await server.get("secret", "-n", "team-argo", "default-reef-kubeconfig");
      await server.kubectl(["delete", "eventtriggers.lib.projectsveltos.io", "push-model"]);
      const withdrawn = await run(withFlags, "../../main.ts", ["withdraw", "--trigger", "push-model", "--yes"], env);
      assert.equal(withdrawn.code, 0, withdrawn.stderr);
      const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
      assert.deepEqual(items, []);
    });

    await t.step("another program under those flags", async () => {
      const ports = [String(server.port), String(server.etcdPort)];
      const ended = await run(withFlags, "./intruder.ts", [server.folder, ...ports], env);
      // One file is readable and its folder is not.
      assertRefused(JSON.parse(ended.stdout), ["connect to where it may"]);
    });
  } finally {
    await server.stop();
    await Deno.remove(account, { recursive: true });
  }
});

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
