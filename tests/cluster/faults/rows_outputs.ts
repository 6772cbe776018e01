/** Faults of what is written: outputs that cannot be put right, that are to be left alone, and that come out of a backup. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { Any } from "./api.ts";
import type { Rig } from "./rig.ts";
import { between, changes, type FaultRow, pause } from "./rows.ts";
import { triesOf } from "./tries.ts";

const OUTPUT = "/api/v1/namespaces/team-a/secrets/default-c2-kubeconfig";
const OTHER = "/api/v1/namespaces/team-b/secrets/default-c2-kubeconfig";
const TRIGGER = "/apis/lib.projectsveltos.io/v1beta1/eventtriggers/push-model";
const NAME = "team-a/default-c2-kubeconfig";

/** The object as a backup has it: what it says itself, and nothing that the API server gave it. */
function restored({ apiVersion, kind, metadata, ...rest }: Any): Any {
  const { name, namespace, labels, annotations } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...rest, status: undefined };
}

const uidOf = async (rig: Rig, path: string): Promise<string> => (await rig.api.get(path)).metadata.uid;

/** An edit of an output that the trigger or the output itself asks to be left alone stays; without that, it goes. */
function leftAlone(hold: (rig: Rig) => Promise<void>, release: (rig: Rig) => Promise<void>): FaultRow["inject"] {
  return async (rig) => {
    await hold(rig);
    await pause(500);
    await rig.world.keep((output) => output === NAME);
    const edited = btoa("edited");
    await rig.api.merge(OUTPUT, { data: { config: edited } });
    rig.world.kept.set(NAME, edited);
    await pause(3000);
    const difference = await rig.difference();
    rig.expect(difference.length === 0, `while it was to be left alone: ${difference.join("; ")}`);
    rig.world.kept.clear();
    await release(rig);
  };
}

/** An output that the API server does not let anybody change: told, left, and nobody else waits for it. */
function unchangeable(spoil: (rig: Rig) => Promise<void>): FaultRow["inject"] {
  return async (rig) => {
    await spoil(rig);
    const uid = await uidOf(rig, OUTPUT), spoilt = (await rig.api.get(OUTPUT)).data.config;
    rig.world.kept.set(NAME, spoilt);
    const position = rig.position, began = Date.now();
    await rig.world.rotate("c2", between(rig, 2, 1000));
    const others = await rig.converge();
    rig.expect(others < 5_000, `the others waited ${others} ms`);
    await rig.logs(/failed: .*team-a\/default-c2-kubeconfig.*(422|Invalid)/, position);
    await pause(6_000);
    rig.expect(await uidOf(rig, OUTPUT) === uid, "it was deleted and made again");
    const tries = (await triesOf(rig.auditLog, began)).filter(({ status }) => status === 422).length;
    rig.notes.push(`tries in 6 s: ${tries}`);
    rig.expect(tries > 0 && tries <= 8, `${tries} tries at what cannot be written, in 6 s`);
    // Somebody takes it out of the way.
    rig.world.kept.clear();
    await rig.api.delete(OUTPUT);
  };
}

export const OUTPUT_ROWS: readonly FaultRow[] = [
  {
    id: "F14/immutable",
    title: "an output made immutable, its source rotated",
    wait: 0,
    inject: unchangeable((rig) => rig.api.merge(OUTPUT, { immutable: true })),
  },
  {
    id: "F14/type",
    title: "an output swapped by one of another type, its source rotated",
    wait: 0,
    inject: unchangeable(async (rig) => {
      const object = restored(await rig.api.get(OUTPUT));
      // In its place before the program can be: it stops meanwhile.
      await rig.kill();
      await rig.api.delete(OUTPUT);
      await rig.api.ask("POST", "/api/v1/namespaces/team-a/secrets?fieldManager=world", {
        ...object,
        type: "example.com/x",
      });
      rig.start();
      await rig.logs(/selected/, 0);
    }),
  },
  {
    id: "F14/one-time",
    title: "an output edited under OneTime",
    wait: 0,
    inject: leftAlone(
      (rig) => rig.api.merge(TRIGGER, { spec: { syncMode: "OneTime" } }),
      (rig) => rig.api.merge(TRIGGER, { spec: { syncMode: "Continuous" } }),
    ),
  },
  {
    id: "F14/suspend",
    title: "an output edited while it is suspended",
    wait: 0,
    async inject(rig) {
      const suspend = (value: string | null) =>
        rig.api.merge(OUTPUT, { metadata: { annotations: { "moonferry.dev/suspend": value } } });
      await leftAlone(() => suspend("true"), async () => {
        // Another one is put right all the while.
        await rig.api.merge(OTHER, { data: { config: btoa("edited") } });
        await suspend(null);
      })(rig);
    },
  },
  {
    id: "F14/marks",
    title: "our marks taken off outputs: one of them, and all",
    wait: 5_000,
    // Which marks must agree, and what is adopted: tests/reconcile/inventory_test.ts, tests/reconcile/reconcile_test.ts.
    async inject(rig) {
      for (
        const [path, marks] of [[OUTPUT, ["instance"]], [OTHER, ["instance", "trigger", "origin", "on-stop"]]] as const
      ) {
        const none = Object.fromEntries(marks.map((mark) => [`moonferry.dev/${mark}`, null]));
        await rig.api.merge(path, { metadata: { labels: none, ...(marks.length > 1 ? { annotations: none } : {}) } });
      }
      const paths = [OUTPUT, OTHER];
      const versions = async () =>
        (await Promise.all(paths.map((path) => rig.api.get(path)))).map((object) =>
          `${object?.metadata.uid} ${object?.metadata.resourceVersion}`
        ).join();
      for (const team of ["team-a", "team-b"]) rig.world.foreign.add(`${team}/default-c2-kubeconfig`);
      // It is told. Before it was seen, a write may have been under way, whose preconditions do not hold any more.
      await eventually(async () => {
        const told = JSON.stringify(await rig.server.eventsOf("push-model"));
        assert.match(told, /team-[ab]\/default-c2-kubeconfig[^"]*not ours/);
      }).catch((error) => rig.expect(false, `no Event tells of it: ${error.message}`));
      const before = await versions(), began = Date.now();
      // Rotated, withdrawn and published again: nothing of that touches what does not prove to be ours.
      await rig.world.rotate("c2", between(rig, 2, 1000));
      await rig.converge();
      await rig.world.unpublish("c2");
      await rig.permitWithdrawals();
      await rig.converge();
      await rig.world.addCluster("c2");
      await rig.converge();
      rig.expect(
        await versions() === before,
        "what carries our marks no longer, or not all of them, was written or deleted",
      );
      const tries = (await triesOf(rig.auditLog, began)).filter(({ verb, uri }) =>
        ["patch", "create", "update", "delete"].includes(verb) && paths.some((path) => uri.startsWith(path))
      );
      rig.expect(tries.length === 0, `${tries.length} writes were tried`);
      // Somebody lets Moonferry have them.
      rig.world.foreign.clear();
      for (const path of paths) {
        await rig.api.merge(path, { metadata: { annotations: { "moonferry.dev/adopt": "true" } } });
      }
    },
  },
  {
    id: "F25",
    title: "everything out of a backup: new UIDs, no managedFields",
    wait: 5_000,
    isShort: true,
    async inject(rig) {
      // Somebody else's Secret stands where an output is wanted.
      const foreign = "/api/v1/namespaces/team-a/secrets/default-c9-kubeconfig";
      await rig.api.ask("POST", "/api/v1/namespaces/team-a/secrets?fieldManager=world", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "default-c9-kubeconfig", namespace: "team-a", labels: { theirs: "yes" } },
        data: { config: btoa("theirs") },
      });
      rig.world.foreign.add("team-a/default-c9-kubeconfig");
      await rig.world.addCluster("c9");
      await rig.converge();

      await rig.kill();
      const collections = [
        "/apis/lib.projectsveltos.io/v1beta1/eventtriggers",
        "/apis/lib.projectsveltos.io/v1beta1/eventsources",
        "/api/v1/namespaces/mgmt/configmaps",
        "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters",
        ...["mgmt", "team-a", "team-b", "team-c"].map((name) => `/api/v1/namespaces/${name}/secrets`),
      ];
      const began = Date.now();
      const uids = new Map<string, string>();
      for (const collection of collections) {
        const { items, kind, apiVersion } = await rig.api.get(collection);
        for (const item of items) {
          const object = restored({ apiVersion, kind: kind.replace(/List$/, ""), ...item });
          await rig.api.delete(`${collection}/${item.metadata.name}`);
          const made = await rig.api.ask("POST", `${collection}?fieldManager=velero`, object);
          uids.set(`${collection}/${item.metadata.name}`, made.metadata.uid);
        }
      }
      const { resourceVersion } = (await rig.api.get(foreign)).metadata;
      rig.start();
      await rig.logs(/selected/, 0);
      await changes(rig);
      await rig.world.rotate("c2", between(rig, 2, 1000));
      await rig.converge();
      await rig.world.unpublish("c3");
      await rig.permitWithdrawals();
      await rig.converge();

      rig.expect(
        (await rig.api.get(foreign)).metadata.resourceVersion === resourceVersion,
        "what is foreign was written",
      );
      const writes = (await rig.writes()).filter(({ resource, at }) => resource === "secrets" && at >= began);
      let wrong = 0;
      for (const [path, uid] of uids) {
        const [, namespace, name] = /namespaces\/(team-[^/]+)\/secrets\/(.*)/.exec(path) ?? [];
        if (namespace === undefined || rig.mayGo.has(`${namespace}/${name}`)) continue;
        const now = await rig.api.get(path);
        if (now?.metadata.uid !== uid) wrong++;
        const managers = (now?.metadata.managedFields ?? []).map(({ manager }: Any) => manager);
        const isReclaimed = namespace !== undefined && name === "default-c2-kubeconfig";
        if (isReclaimed && !managers.includes("moonferry")) wrong++;
      }
      rig.notes.push(`objects restored: ${uids.size}, writes: ${writes.length}, wrong decisions: ${wrong}`);
      rig.expect(wrong === 0, `${wrong} outputs were made anew, or not claimed`);
      await rig.api.delete(foreign);
      rig.world.foreign.clear();
      await rig.world.rotate("c9", between(rig, 2, 1000));
    },
  },
];
