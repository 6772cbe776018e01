import assert from "node:assert/strict";
import { compareObjects, type KubeObject, nameOf, resourceVersionOf, uidOf } from "../../src/api/object.ts";
import type { CacheChange } from "../../src/kube/cache.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { type Clock, systemClock } from "../../src/kube/clock.ts";
import { type ClusterConnection, loadKubeconfig, readKubeconfigFiles } from "../../src/kube/config.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { ApiError, ConnectionError } from "../../src/kube/errors.ts";
import { readInitialList } from "../../src/kube/initial_list.ts";
import { Reflector } from "../../src/kube/reflector.ts";
import type { ReflectorQuery } from "../../src/kube/reflector_state.ts";
import type { ResourceType } from "../../src/kube/resource.ts";
import { KubeServer } from "../support/kube_server.ts";

const SECRETS: ResourceType = {
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  verbs: ["create", "delete", "get", "list", "patch", "watch"],
};
const WIDGETS: ResourceType = { ...SECRETS, group: "example.com", kind: "Widget", plural: "widgets" };
const WRITE = { fieldManager: "tester" };
const APPLY = { ...WRITE, force: true };
const CANARY = "TOPSECRETVALUE";

const widgetDefinition = (servedVersions: string[]) =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
      versions: ["v1", "v2"].map((name) => ({
        name,
        served: servedVersions.includes(name),
        storage: name === "v1",
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      })),
    },
  });

function secret(namespace: string, name: string, values: Record<string, string> = {}): KubeObject {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, data };
}

function widget(namespace: string, name: string): KubeObject {
  return { apiVersion: "example.com/v1", kind: "Widget", metadata: { namespace, name } };
}

async function connect(file: string): Promise<ClusterConnection> {
  return loadKubeconfig(await readKubeconfigFiles([file], false));
}

/** Limits a test, so that what hangs is a failure. */
const limit = () => AbortSignal.timeout(60_000);

/** A reflector that runs, and what it has reported. */
class Running implements AsyncDisposable {
  readonly changes: string[] = [];
  readonly reasons: string[] = [];
  readonly reflector: Reflector;
  #stop = new AbortController();
  #running: Promise<void>;

  constructor(client: KubeClient, query: ReflectorQuery, clock: Clock = systemClock) {
    this.reflector = new Reflector(query, { client, discovery: new Discovery(client, clock), clock });
    this.reflector.subscribe({
      changed: (change) => this.changes.push(describe(change)),
      stateChanged: ({ unknown }) => this.reasons.push(unknown?.reason ?? "known"),
    });
    this.#running = this.reflector.run(this.#stop.signal);
  }

  names(): string[] {
    return this.reflector.cache.list().map(nameOf);
  }

  /** Looks again at every change, and fails after a minute. */
  async until(holds: () => boolean): Promise<void> {
    const signal = limit();
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        unsubscribe();
        settle();
      };
      const look = () => {
        if (holds()) end(resolve);
      };
      const unsubscribe = this.reflector.subscribe({ changed: look, stateChanged: look });
      signal.addEventListener("abort", () =>
        end(() => {
          const state = JSON.stringify(this.reflector.state);
          reject(new Error(`not so within a minute: ${state}, ${this.changes.join("; ")}, ${this.reasons.join("; ")}`));
        }));
      look();
    });
  }

  async [Symbol.asyncDispose]() {
    this.#stop.abort();
    await this.#running;
  }
}

/** On it, 90 s pass in 3. */
const fastClock: Clock = {
  now: () => 30 * Date.now(),
  monotonic: () => 30 * performance.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 30, signal),
  random: () => Math.random(),
};

/** Passes bytes on to a port of this machine until it is told to swallow those of all connections that are open. */
class SilencingProxy implements AsyncDisposable {
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #open = new Set<{ silent: boolean; readonly ends: readonly Deno.Conn[] }>();
  #serving: Promise<void>;

  constructor(to: number) {
    this.#serving = this.#serve(to);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  silence(): void {
    for (const link of this.#open) link.silent = true;
  }

  async #serve(to: number): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: to });
      const link = { silent: false, ends: [near, far] };
      this.#open.add(link);
      for (const [from, into] of [[near, far], [far, near]] as const) this.#pump(from, into, link);
    }
  }

  async #pump(from: Deno.Conn, into: Deno.Conn, link: { readonly silent: boolean }): Promise<void> {
    try {
      for await (const bytes of from.readable) {
        if (link.silent) continue;
        for (let at = 0; at < bytes.length;) at += await into.write(bytes.subarray(at));
      }
      if (!link.silent) into.close();
    } catch {
      // One end was closed.
    }
  }

  async [Symbol.asyncDispose]() {
    this.#listener.close();
    await this.#serving;
    for (const end of [...this.#open].flatMap(({ ends }) => ends)) {
      try {
        end.close();
      } catch {
        // It was closed before.
      }
    }
  }
}

function describe({ type, object, seen }: CacheChange): string {
  return `${seen} ${type} ${nameOf(object)}`;
}

Deno.test("client and reflectors against a real API server", async (t) => {
  const server = await KubeServer.start();
  const admin = new KubeClient(await connect(server.adminKubeconfig));
  const namespace = async (name: string) => {
    await server.apply(JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
    return name;
  };
  try {
    await t.step("create, get, apply, patch and delete one object", async () => {
      const ns = await namespace("writes"), signal = limit();
      const created = await admin.create(SECRETS, secret(ns, "x", { a: "1" }), WRITE, signal);
      assert.deepEqual(created.data, { a: btoa("1") });
      assert.deepEqual(await admin.get(SECRETS, { namespace: ns, name: "x" }, signal), created);

      const again = await assertApiError(admin.create(SECRETS, secret(ns, "x"), WRITE, signal), 409, "AlreadyExists");
      assert.equal(again.message, "cannot create secrets writes/x: it exists already (409)");

      const { object, created: isNew } = await admin.apply(SECRETS, secret(ns, "y", { b: "2" }), APPLY, signal);
      assert.deepEqual([isNew, nameOf(object)], [true, "y"]);
      assert.equal((await admin.apply(SECRETS, secret(ns, "y", { b: "2" }), APPLY, signal)).created, false);

      const patched = await admin.mergePatch(
        SECRETS,
        { namespace: ns, name: "x" },
        { data: { a: null } },
        WRITE,
        signal,
      );
      assert.equal(patched.data, undefined);

      await admin.delete(SECRETS, { namespace: ns, name: "x" }, {}, signal);
      const gone = await assertApiError(admin.get(SECRETS, { namespace: ns, name: "x" }, signal), 404, "NotFound");
      assert.ok(gone.isObjectAbsent);
    });

    await t.step("a dry run changes nothing", async () => {
      const ns = await namespace("dry"), signal = limit();
      await admin.create(SECRETS, secret(ns, "x"), { ...WRITE, dryRun: true }, signal);
      await admin.apply(SECRETS, secret(ns, "y"), { ...APPLY, dryRun: true }, signal);
      assert.deepEqual((await admin.listAll(SECRETS, { namespace: ns }, signal)).items, []);
      await admin.create(SECRETS, secret(ns, "x"), WRITE, signal);
      await admin.delete(SECRETS, { namespace: ns, name: "x" }, { dryRun: true }, signal);
      assert.equal((await admin.listAll(SECRETS, { namespace: ns }, signal)).items.length, 1);
    });

    await t.step(
      "preconditions: another version or another UID is refused, and a deleted object is not made again",
      async () => {
        const ns = await namespace("preconditions"), signal = limit();
        const old = await admin.create(SECRETS, secret(ns, "x"), WRITE, signal);
        await admin.mergePatch(
          SECRETS,
          { namespace: ns, name: "x" },
          { metadata: { labels: { a: "b" } } },
          WRITE,
          signal,
        );
        const stale = resourceVersionOf(old)!, uid = uidOf(old)!;
        const withMetadata = (more: Record<string, string>) => {
          const object = secret(ns, "x");
          return { ...object, metadata: { ...object.metadata, ...more } };
        };
        const name = { namespace: ns, name: "x" };
        await assertApiError(
          admin.apply(SECRETS, withMetadata({ resourceVersion: stale }), APPLY, signal),
          409,
          "Conflict",
        );
        await assertApiError(
          admin.mergePatch(SECRETS, name, { metadata: { resourceVersion: stale } }, WRITE, signal),
          409,
        );
        await assertApiError(admin.delete(SECRETS, name, { resourceVersion: stale }, signal), 409, "Conflict");
        const wrong = await assertApiError(admin.delete(SECRETS, name, { uid: "another" }, signal), 409, "Conflict");
        assert.match(wrong.message, /cannot delete secrets preconditions\/x: it has changed, or is not the object/);
        await admin.delete(SECRETS, name, { uid }, signal);
        await assertApiError(admin.apply(SECRETS, withMetadata({ uid }), APPLY, signal), 409, "Conflict");
        await assertApiError(admin.get(SECRETS, name, signal), 404);
      },
    );

    await t.step("without force, the fields of others are named with their manager", async () => {
      const ns = await namespace("managers"), signal = limit();
      await admin.apply(SECRETS, secret(ns, "x", { a: "1" }), { fieldManager: "other", force: true }, signal);
      const conflict = await assertApiError(
        admin.apply(SECRETS, secret(ns, "x", { a: "2" }), { ...WRITE, force: false }, signal),
        409,
        "Conflict",
      );
      assert.ok(conflict.hasCause("FieldManagerConflict"));
      assert.match(conflict.message, /other field managers own \.data\.a \(other\)/);
    });

    await t.step("no error of a write holds bytes of the Secret", async () => {
      const ns = await namespace("canary"), signal = limit();
      const bad: [string, Record<string, KubeObject["metadata"] | string | boolean>][] = [
        ["a map for a value", { data: { config: { [CANARY]: CANARY } } }],
        ["no base64", { data: { config: `${CANARY}!` } }],
        ["a bad key", { data: { "a b": btoa(CANARY) } }],
        ["a bad type for data", { data: CANARY }],
        ["a bad label", { metadata: { name: "x", namespace: ns, labels: { a: `${CANARY} ${CANARY}` } } }],
        ["a label that is a number", { metadata: { name: "x", namespace: ns, labels: { a: { [CANARY]: "1" } } } }],
      ];
      for (const [name, fields] of bad) {
        const object = { ...secret(ns, "x"), ...fields } as KubeObject;
        for (
          const write of [
            () => admin.create(SECRETS, object, WRITE, signal),
            () => admin.apply(SECRETS, object, APPLY, signal),
          ]
        ) {
          await assert.rejects(write, (error) => {
            assert.ok(error instanceof ApiError, `${name}: ${error}`);
            assert.ok(!`${error.message} ${JSON.stringify(error)} ${error.stack}`.includes(CANARY), name);
            return true;
          });
        }
      }
      const typed = { ...secret(ns, "x"), data: { config: { [CANARY]: CANARY } } } as KubeObject;
      const error = await assertApiError(admin.apply(SECRETS, typed, APPLY, signal), 500);
      assert.match(error.message, /\.data\.config has a value of the wrong type$/);
      await admin.create(SECRETS, { ...secret(ns, "fixed", { a: "1" }), immutable: true }, WRITE, signal);
      const fixed = await assertApiError(
        admin.apply(SECRETS, secret(ns, "fixed", { a: CANARY }), APPLY, signal),
        422,
        "Invalid",
      );
      assert.match(fixed.message, /invalid \(422\): data \(FieldValueForbidden\)$/);
    });

    await t.step("pages: all of them, or, when their version expires on the way, one list anew", async () => {
      const ns = await namespace("pages"), signal = limit();
      for (let i = 0; i < 7; i++) await admin.create(SECRETS, secret(ns, `s${i}`), WRITE, signal);
      const paged = await admin.listAll(SECRETS, { namespace: ns }, signal, 3);
      assert.deepEqual(paged.items.map(nameOf), ["s0", "s1", "s2", "s3", "s4", "s5", "s6"]);
      assert.deepEqual([paged.items[0]!.apiVersion, paged.items[0]!.kind], ["v1", "Secret"]);

      const first = await admin.list(SECRETS, { namespace: ns }, { limit: 3 }, signal);
      await admin.create(SECRETS, secret(ns, "s7"), WRITE, signal);
      // The server answers old pages from its memory, as long as it has one.
      await server.killApi();
      await server.compact();
      await server.startApi();
      const expired = await assertApiError(
        admin.list(SECRETS, { namespace: ns }, { limit: 3, continueToken: first.continueToken }, signal),
        410,
        "Expired",
      );
      assert.ok(expired.isExpired);
    });

    await t.step("who we are: a token, a certificate without rights, a wrong token, a wrong CA", async () => {
      const signal = limit();
      const token = (await Deno.readTextFile(`${server.folder}/tokens.csv`)).split(",")[0]!;
      const connection = await connect(server.adminKubeconfig);
      const tokenFile = `${server.folder}/token-file`;
      await Deno.writeTextFile(tokenFile, `${token}\n`);
      const byToken = new KubeClient({ ...connection, auth: { name: "t", tokenFile } });
      const forbidden = await assertApiError(
        byToken.listAll(SECRETS, { namespace: "default" }, signal),
        403,
        "Forbidden",
      );
      assert.match(
        forbidden.message,
        /the right to list secrets in namespace default: .*User "token-user" cannot list/,
      );
      byToken.close();

      const reader = new KubeClient(await connect(server.readerKubeconfig));
      await assertApiError(reader.get(SECRETS, { namespace: "default", name: "x" }, signal), 403, "Forbidden");
      reader.close();

      const wrongToken = new KubeClient({ ...connection, auth: { name: "t", token: "wrong" } });
      const rejected = await assertApiError(wrongToken.listAll(SECRETS, {}, signal), 401, "Unauthorized");
      assert.match(rejected.message, /credentials rejected \(401\)/);
      wrongToken.close();

      const wrongCa = new KubeClient(await connect(`${server.folder}/wrong-ca.kubeconfig`));
      await assert.rejects(wrongCa.listAll(SECRETS, {}, signal), (error) => {
        assert.ok(error instanceof ConnectionError && error.failure === "certificate" && !error.maybeDone);
        assert.match(
          error.message,
          /signed by an unknown authority: is certificate-authority-data that of this cluster\?/,
        );
        return true;
      });
      wrongCa.close();
    });

    await t.step("an exec plugin's client certificate", async () => {
      const script = `const read = (name) => Deno.readTextFileSync(${JSON.stringify(server.folder)} + "/" + name);
        console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential",
          status: { clientCertificateData: read("admin.crt"), clientKeyData: read("admin.key") } }))`;
      const exec = {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "deno",
        args: ["eval", script],
        env: {},
        installHint: "",
      } as const;
      const client = new KubeClient({ ...await connect(server.adminKubeconfig), auth: { name: "plugin", exec } });
      await client.listAll(SECRETS, {}, limit());
      client.close();
    });

    await t.step("client certificates in files are taken up when they are replaced", async () => {
      const signal = limit(), { folder } = server;
      const put = async (name: string) => {
        await Deno.copyFile(`${folder}/${name}.crt`, `${folder}/mine.crt`);
        await Deno.copyFile(`${folder}/${name}.key`, `${folder}/mine.key`);
      };
      const file = (path: string) => ({ file: path, from: path });
      const auth = {
        name: "files",
        clientCertificate: file(`${folder}/mine.crt`),
        clientKey: file(`${folder}/mine.key`),
      };
      await put("reader");
      const client = new KubeClient({ ...await connect(server.adminKubeconfig), auth }, { clock: fastClock });
      await assertApiError(client.listAll(SECRETS, {}, signal), 403);
      await put("admin");
      await untilDone(() => client.listAll(SECRETS, {}, signal));
      client.close();
    });

    await t.step("discovery: served, preferred, served otherwise, misspelt", async () => {
      const signal = limit();
      await server.apply(widgetDefinition(["v1", "v2"]));
      await server.kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
      const discovery = new Discovery(admin, systemClock);
      const served = async (group: string, version: string, kind: string) => {
        const answer = await discovery.resolve({ group, version, kind }, signal);
        assert.equal(answer.state, "served", JSON.stringify(answer));
        return answer.state === "served" ? [answer.type.plural, answer.type.version, answer.type.namespaced] : [];
      };
      assert.deepEqual(await served("", "v1", "Secret"), ["secrets", "v1", true]);
      assert.deepEqual(await served("", "", "Namespace"), ["namespaces", "v1", false]);
      assert.deepEqual(await served("apps", "", "Deployment"), ["deployments", "v1", true]);
      await until(async () =>
        (await discovery.resolve({ group: "example.com", version: "v1", kind: "Widget" }, signal)).state === "served"
      );
      // Kubernetes prefers v2 to v1.
      assert.deepEqual(await served("example.com", "", "Widget"), ["widgets", "v2", true]);
      const message = async (group: string, version: string, kind: string) => {
        const answer = await discovery.resolve({ group, version, kind }, signal);
        assert.equal(answer.state, "not served");
        return answer.state === "not served" ? answer.message : "";
      };
      assert.equal(
        await message("example.com", "v9", "Widget"),
        "the API server does not serve Widget.example.com/v9 (served: v2, v1)",
      );
      assert.match(await message("", "v1", "secret"), /does not serve secret\/v1 \(did you mean "Secret"\?\)$/);
      assert.equal(
        await message("nowhere.example.com", "v1", "X"),
        "the API server does not serve X.nowhere.example.com/v1",
      );
      // Discovery itself is open to all who are signed in; a server that can't be asked is something else.
      const wrong = new KubeClient({ ...await connect(server.adminKubeconfig), auth: { name: "t", token: "wrong" } });
      const unknown = await new Discovery(wrong, systemClock).resolve(
        { group: "", version: "v1", kind: "Secret" },
        signal,
      );
      assert.equal(unknown.state, "unknown");
      wrong.close();
    });

    await t.step("reflector: follows additions, changes, deletions and labels", async () => {
      const ns = await namespace("follows"), signal = limit();
      const labelled = (name: string, team: string) => {
        const object = secret(ns, name);
        return { ...object, metadata: { ...object.metadata, labels: { team } } };
      };
      await admin.create(SECRETS, labelled("b", "x"), WRITE, signal);
      await admin.create(SECRETS, labelled("other", "y"), WRITE, signal);
      await using running = new Running(admin, { ...SECRETS, namespace: ns, labelSelector: "team=x" });
      await running.reflector.waitForSync(signal);
      assert.deepEqual(running.names(), ["b"]);
      await admin.create(SECRETS, labelled("a", "x"), WRITE, signal);
      await running.until(() => running.names().join() === "a,b");
      await admin.mergePatch(
        SECRETS,
        { namespace: ns, name: "b" },
        { metadata: { labels: { team: "y" } } },
        WRITE,
        signal,
      );
      await running.until(() => running.names().join() === "a");
      await admin.mergePatch(
        SECRETS,
        { namespace: ns, name: "other" },
        { metadata: { labels: { team: "x" } } },
        WRITE,
        signal,
      );
      await admin.delete(SECRETS, { namespace: ns, name: "a" }, {}, signal);
      await running.until(() => running.names().join() === "other");
      assert.deepEqual(running.changes, [
        "list added b",
        "watch added a",
        "watch deleted b",
        "watch added other",
        "watch deleted a",
      ]);
    });

    await t.step(
      "reflector: a definition that is deleted deletes nothing; made again, it goes on by itself",
      async () => {
        const ns = await namespace("dying"), signal = limit();
        for (const name of ["one", "two", "three"]) {
          await untilDone(() => admin.create(WIDGETS, widget(ns, name), WRITE, signal));
        }
        const query = { group: "example.com", version: "v1", kind: "Widget" };
        await using running = new Running(admin, query);
        await running.reflector.waitForSync(signal);
        // A single deletion is one, while the definition stands.
        await admin.delete(WIDGETS, { namespace: ns, name: "three" }, {}, signal);
        await running.until(() => running.changes.includes("watch deleted three"));

        await server.kubectl(["delete", "crd", "widgets.example.com", "--wait=true"]);
        await running.until(() => running.reflector.state.unknown !== undefined);
        await running.until(() => running.reflector.state.unknown?.reason === "KindNotServed");
        assert.deepEqual(running.names(), ["one", "two"]);
        assert.deepEqual(running.changes.filter((change) => change.includes("deleted")), ["watch deleted three"]);
        assert.equal(running.reflector.state.world, 0);

        await server.apply(widgetDefinition(["v1"]));
        await untilDone(() => admin.create(WIDGETS, widget(ns, "one"), WRITE, signal));
        // The list may come before the object: then the watch brings it.
        await running.until(() => running.reflector.state.unknown === undefined && running.names().join() === "one");
        assert.equal(running.reflector.state.world, 1);
        // Whoever deleted "two", nobody saw it: it is a finding of the list.
        assert.ok(running.changes.includes("list deleted two"));
      },
    );

    await t.step("reflector: a dying definition is noticed without the right to read definitions", async () => {
      const ns = await namespace("dying-unseen"), signal = limit();
      await untilDone(() => admin.apply(WIDGETS, widget(ns, "x"), APPLY, signal));
      await server.apply(
        JSON.stringify({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRole",
          metadata: { name: "widgets" },
          rules: [{ apiGroups: ["example.com"], resources: ["widgets"], verbs: ["list", "watch"] }],
        }),
      );
      await server.kubectl(["create", "clusterrolebinding", "widgets", "--clusterrole=widgets", "--user=reader"]);
      const reader = new KubeClient(await connect(server.readerKubeconfig));
      await using running = new Running(reader, { group: "example.com", version: "v1", kind: "Widget", namespace: ns });
      await running.reflector.waitForSync(signal);
      await server.kubectl(["delete", "crd", "widgets.example.com", "--wait=true"]);
      await running.until(() => running.reflector.state.unknown?.reason === "KindNotServed");
      assert.deepEqual([running.names(), running.changes], [["x"], ["list added x"]]);
      reader.close();
    });

    await t.step("reflector: a version that is no longer served makes it unknown, with what is served", async () => {
      const signal = limit();
      await server.apply(widgetDefinition(["v1", "v2"]));
      const query = { group: "example.com", version: "v2", kind: "Widget" };
      await using running = new Running(admin, query);
      await running.reflector.waitForSync(signal);
      const before = running.names();
      await server.apply(widgetDefinition(["v1"]));
      await running.until(() => /served: v1/.test(running.reflector.state.unknown?.message ?? ""));
      assert.equal(running.reflector.state.unknown?.reason, "KindNotServed");
      assert.deepEqual(running.names(), before);
      assert.deepEqual(running.changes.filter((change) => change.includes("deleted")), []);
    });

    await t.step("reflector: the API server dies and comes back with other objects", async () => {
      const ns = await namespace("restart"), signal = limit();
      await admin.create(SECRETS, secret(ns, "a"), WRITE, signal);
      await using running = new Running(admin, { ...SECRETS, namespace: ns });
      await running.reflector.waitForSync(signal);
      await server.killApi();
      await assert.rejects(admin.listAll(SECRETS, {}, signal), (error) => {
        assert.ok(error instanceof ConnectionError && error.failure === "refused", String(error));
        return true;
      });
      await server.startApi();
      await untilDone(() => admin.create(SECRETS, secret(ns, "b"), WRITE, signal));
      await running.until(() => running.names().join() === "a,b");
      assert.deepEqual(running.changes, ["list added a", "watch added b"]);
    });

    await t.step("a list is streamed, and where the server does not stream, it is read in pages", async () => {
      const ns = await namespace("streams"), signal = limit();
      for (const name of ["b", "a", "c"]) await admin.create(SECRETS, secret(ns, name, { x: name }), WRITE, signal);
      const read = async () => {
        const parts = { client: admin, discovery: new Discovery(admin, systemClock), clock: systemClock };
        const options = { timeoutSeconds: 300, idleMs: 90_000 };
        const listed = await readInitialList(parts, SECRETS, { namespace: ns }, options, signal);
        return { ...listed, mayStream: parts.discovery.mayStreamLists(SECRETS) };
      };
      const paged = await admin.listAll(SECRETS, { namespace: ns }, signal);
      const streamed = await read();
      assert.ok(streamed.watching && streamed.mayStream);
      assert.deepEqual(streamed.items.sort(compareObjects), paged.items);
      await admin.delete(SECRETS, { namespace: ns, name: "c" }, {}, signal);
      const { value } = await streamed.watching.next();
      assert.deepEqual([value?.type, nameOf(value!.object)], ["DELETED", "c"]);
      await streamed.watching.return();

      await server.killApi();
      await server.startApi(["--feature-gates", "WatchList=false"]);
      const fallen = await read();
      assert.deepEqual([fallen.watching, fallen.mayStream], [undefined, false]);
      assert.deepEqual(fallen.items.map(nameOf), ["a", "b"]);
      await server.killApi();
      await server.startApi();
    });

    await t.step("reflector: a history that was thrown away makes it list again and find what it missed", async () => {
      const ns = await namespace("compacted"), signal = limit();
      await admin.create(SECRETS, secret(ns, "a"), WRITE, signal);
      await admin.create(SECRETS, secret(ns, "b"), WRITE, signal);
      await using running = new Running(admin, { ...SECRETS, namespace: ns });
      await running.reflector.waitForSync(signal);
      await server.killApi();
      await deleteFromEtcd(server, `/registry/secrets/${ns}/a`);
      await server.compact();
      await server.startApi();
      await running.until(() => running.names().join() === "b");
      assert.deepEqual(running.changes, ["list added a", "list added b", "list deleted a"]);
      assert.equal(running.reflector.state.world, 0);
    });

    await t.step(
      "reflector: a connection that dies without a word is replaced, and what was missed is found",
      async () => {
        const ns = await namespace("silence"), signal = limit();
        await admin.create(SECRETS, secret(ns, "a"), WRITE, signal);
        await using proxy = new SilencingProxy(server.port);
        const connection = { ...await connect(server.adminKubeconfig), server: `https://127.0.0.1:${proxy.port}` };
        const client = new KubeClient(connection, { clock: fastClock });
        await using running = new Running(client, { ...SECRETS, namespace: ns }, fastClock);
        await running.reflector.waitForSync(signal);
        await admin.create(SECRETS, secret(ns, "b"), WRITE, signal);
        await running.until(() => running.names().join() === "a,b");
        proxy.silence();
        await admin.delete(SECRETS, { namespace: ns, name: "a" }, {}, signal);
        await running.until(() => running.names().join() === "b");
        assert.deepEqual(running.changes, ["list added a", "watch added b", "watch deleted a"]);
        client.close();
      },
    );

    await t.step("reflector: rights that are taken away make it unknown; given again, it goes on", async () => {
      const ns = await namespace("rights"), signal = limit();
      const reader = new KubeClient(await connect(server.readerKubeconfig));
      await using running = new Running(reader, { ...SECRETS, namespace: ns });
      await running.until(() => running.reflector.state.unknown?.reason === "Forbidden");
      assert.match(
        running.reflector.state.unknown!.message,
        /cannot list secrets in namespace rights: forbidden \(403\)/,
      );
      await admin.create(SECRETS, secret(ns, "a"), WRITE, signal);
      await server.kubectl(["create", "role", "r", "-n", ns, "--verb=list,watch", "--resource=secrets"]);
      await server.kubectl(["create", "rolebinding", "r", "-n", ns, "--role=r", "--user=reader"]);
      await running.reflector.waitForSync(signal);
      assert.deepEqual(running.names(), ["a"]);
      reader.close();
    });
  } finally {
    admin.close();
    await server.stop();
  }
});

async function assertApiError(promise: Promise<unknown>, status: number, reason?: string): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.status, status, error.message);
    if (reason !== undefined) assert.equal(error.reason, reason);
    return error;
  }
  assert.fail(`no error, wanted ${status}`);
}

/** Tries until it works: what a definition or a server needs before it takes the first object. */
async function untilDone(write: () => Promise<unknown>): Promise<void> {
  await until(async () => {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) return false;
      throw error;
    }
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const signal = limit();
  while (!await holds()) await systemClock.sleep(50, signal);
}

/** While no API server runs: nobody will ever tell of it. */
async function deleteFromEtcd(server: KubeServer, key: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.etcdPort}/v3/kv/deleterange`, {
    method: "POST",
    body: JSON.stringify({ key: btoa(key) }),
  });
  assert.equal((await response.json()).deleted, "1");
}
