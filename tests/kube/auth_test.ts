import assert from "node:assert/strict";
import { CredentialError, Credentials } from "../../src/kube/auth.ts";
import { KubeClient } from "../../src/kube/client.ts";
import type { ExecPlugin } from "../../src/kube/config.ts";
import { ApiError, ConnectionError } from "../../src/kube/errors.ts";
import { FakeClock } from "./fake_clock.ts";
import { connectionTo, json, SECRETS, serveHttp, status } from "./protocol_server.ts";

const NEVER = new AbortController().signal;
const API = "client.authentication.k8s.io/v1";

async function withTokenFile(token: string, use: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, token);
    await use(file);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

/** A plugin that is this Deno, printing what `script` says. */
function plugin(script: string, more: Partial<ExecPlugin> = {}): ExecPlugin {
  return { apiVersion: API, command: "deno", args: ["eval", script], env: {}, installHint: "", ...more };
}

const printing = (answer: unknown, more: Partial<ExecPlugin> = {}) =>
  plugin(`console.log(${JSON.stringify(JSON.stringify(answer))})`, more);

Deno.test("token file: read again after a minute; what was read last stands while it can't be", async () => {
  await withTokenFile("one\n", async (tokenFile) => {
    const clock = new FakeClock();
    const credentials = new Credentials({ name: "u", tokenFile, token: "from the kubeconfig" }, clock);
    const first = await credentials.current(NEVER);
    assert.equal(first.token, "one");
    await Deno.writeTextFile(tokenFile, "two");
    assert.equal(await credentials.current(NEVER), first);
    clock.advance(60_000);
    assert.equal((await credentials.current(NEVER)).token, "two");
    await Deno.remove(tokenFile);
    clock.advance(60_000);
    assert.equal((await credentials.current(NEVER)).token, "two");
  });
});

Deno.test("token file: one that can't be read is named, and the token beside it is used if there is one", async () => {
  const tokenFile = "tests/kube/no-such-token";
  await assert.rejects(
    new Credentials({ name: 'user "u"', tokenFile }, new FakeClock()).current(NEVER),
    /^CredentialError: user "u": token file tests\/kube\/no-such-token: no such file$/,
  );
  const beside = await new Credentials({ name: "u", tokenFile, token: "t" }, new FakeClock()).current(NEVER);
  assert.equal(beside.token, "t");
});

Deno.test("a token that can't be in a header is refused without quoting it", async () => {
  await assert.rejects(new Credentials({ name: "u", token: "geheim\nx" }, new FakeClock()).current(NEVER), (error) => {
    assert.ok(error instanceof CredentialError && !error.message.includes("geheim"));
    return true;
  });
});

Deno.test("401: the token file is read again once, and the call succeeds with the new token", async () => {
  await withTokenFile("old", async (tokenFile) => {
    await using server = serveHttp((request) =>
      request.headers.get("authorization") === "Bearer new"
        ? json({ apiVersion: "v1", kind: "Secret", metadata: { name: "x" } })
        : json(status(401, "Unauthorized", "Unauthorized"), 401)
    );
    const client = new KubeClient({ ...server.connection, auth: { name: "u", tokenFile } });
    await assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
      assert.ok(error instanceof ApiError && error.status === 401);
      assert.match(error.message, /credentials rejected \(401\)/);
      return true;
    });
    assert.equal(server.requests.length, 1);
    await Deno.writeTextFile(tokenFile, "new");
    await client.get(SECRETS, { namespace: "a", name: "x" }, NEVER);
    assert.equal(server.requests.length, 3);
    client.close();
  });
});

Deno.test("exec plugin: its token is kept until it expires, and it learns of the cluster what it asked for", async () => {
  const clock = new FakeClock();
  const script = `const info = JSON.parse(Deno.env.get("KUBERNETES_EXEC_INFO"));
    console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: "ExecCredential", status: {
      token: Deno.env.get("WHO") + "-" + new URL(info.spec.cluster.server).port + "-" + info.spec.interactive + "-" + crypto.randomUUID(),
      expirationTimestamp: ${JSON.stringify(new Date(clock.now() + 3_600_000).toISOString())} } }))`;
  const exec = plugin(script, { env: { WHO: "me" }, clusterInfo: { server: "https://h:6443" } });
  const credentials = new Credentials({ name: "u", exec }, clock);
  const first = await credentials.current(NEVER);
  assert.match(first.token!, /^me-6443-false-/);
  clock.advance(3_599_000);
  assert.equal(await credentials.current(NEVER), first);
  clock.advance(1_000);
  assert.notEqual((await credentials.current(NEVER)).token, first.token);
});

Deno.test("exec plugin: a rejected credential makes it run again", async () => {
  const answer = { apiVersion: API, kind: "ExecCredential" };
  const script = `console.log(JSON.stringify({ ...${
    JSON.stringify(answer)
  }, status: { token: crypto.randomUUID() } }))`;
  const credentials = new Credentials({ name: "u", exec: plugin(script) }, new FakeClock());
  const first = await credentials.current(NEVER);
  assert.equal(await credentials.current(NEVER), first);
  const next = await credentials.replacement(first, NEVER);
  assert.ok(next && next.token !== first.token);
  // Two calls were rejected with the same credential: the second takes what the first has brought.
  assert.equal(await credentials.replacement(first, NEVER), next);
});

const badPlugins: { name: string; exec: ExecPlugin; wantError: RegExp }[] = [
  {
    name: "not installed",
    exec: plugin("", { command: "/no/such/plugin", installHint: "get it at example.com" }),
    wantError: /exec plugin "\/no\/such\/plugin": (not found: get it at example\.com|Deno may not run it)/,
  },
  {
    name: "fails",
    exec: plugin('console.error("\\x1b[31mlog in first"); Deno.exit(3)'),
    wantError: /failed with exit code 3: .*log in first$/,
  },
  { name: "prints no JSON", exec: plugin('console.log("hello")'), wantError: /no JSON/ },
  { name: "prints another kind", exec: printing({ apiVersion: API, kind: "Secret" }), wantError: /no ExecCredential/ },
  {
    name: "answers in another version",
    exec: printing({ apiVersion: `${API}beta1`, kind: "ExecCredential", status: { token: "t" } }),
    wantError: /another version/,
  },
  {
    name: "gives nothing",
    exec: printing({ apiVersion: API, kind: "ExecCredential", status: {} }),
    wantError: /neither a token nor a client certificate/,
  },
  {
    name: "gives a certificate without a key",
    exec: printing({ apiVersion: API, kind: "ExecCredential", status: { clientCertificateData: "x" } }),
    wantError: /must come together/,
  },
  {
    name: "gives an odd time",
    exec: printing({ apiVersion: API, kind: "ExecCredential", status: { token: "t", expirationTimestamp: "soon" } }),
    wantError: /no RFC 3339 time/,
  },
];

for (const { name, exec, wantError } of badPlugins) {
  Deno.test(`exec plugin that ${name}`, async () => {
    await assert.rejects(new Credentials({ name: 'user "u"', exec }, new FakeClock()).current(NEVER), (error) => {
      assert.ok(error instanceof CredentialError);
      assert.match(error.message, wantError);
      return true;
    });
  });
}

Deno.test("credentials that can't be had are a connection error that names them, and nothing is sent", async () => {
  const connection = connectionTo("http://127.0.0.1:9", {
    auth: { name: 'user "u"', tokenFile: "tests/kube/no-such-token" },
  });
  const client = new KubeClient(connection);
  await assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
    assert.ok(error instanceof ConnectionError && error.failure === "credentials" && !error.maybeDone);
    assert.match(error.message, /user "u": token file tests\/kube\/no-such-token: no such file/);
    return true;
  });
  client.close();
});

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const badPems = [
  { name: "damaged CA", more: { ca: { text: PEM, from: "the CA" } }, want: /the CA: certificate 1 of 1 is damaged/ },
  { name: "CA that is none", more: { ca: { text: "x", from: "the CA" } }, want: /the CA: holds no certificate/ },
  {
    name: "missing CA file",
    more: { ca: { file: "tests/kube/no-such-ca", from: "the CA" } },
    want: /the CA: tests\/kube\/no-such-ca: no such file/,
  },
  {
    name: "damaged client certificate",
    more: {
      auth: {
        name: "u",
        clientCertificate: { text: PEM, from: "the cert" },
        clientKey: { text: "x", from: "the key" },
      },
    },
    want: /the cert: certificate 1 of 1 is damaged/,
  },
];

for (const { name, more, want } of badPems) {
  Deno.test(`${name}: named`, async () => {
    const client = new KubeClient(connectionTo("https://127.0.0.1:9", more));
    await assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), want);
    client.close();
  });
}
