/** Faults of the API server and of its storage: away for long, hanging, killed, put back to an older state. */
import { OutputWatch } from "./output_watch.ts";
import type { Rig } from "./rig.ts";
import { between, changes, type FaultRow, pause } from "./rows.ts";
import { fullLists, triesOf, watched } from "./tries.ts";

/** A kubeconfig is on its way to all consumers when this returns: the proxy holds the writes back for a moment. */
async function beginWrites(rig: Rig, generation: number): Promise<void> {
  rig.proxy.set({ matches: ({ method }) => method !== "GET", delay: 400 });
  await rig.world.rotate("c2", generation);
  await pause(200);
}

/** What was deleted since `from` (milliseconds since 1970). */
async function deletesSince(rig: Rig, from: number): Promise<string[]> {
  const writes = await rig.writes();
  return writes.filter(({ verb, at }) => verb.startsWith("delete") && at >= from).map(({ name }) => name);
}

/** Outputs only ever held what their sources hold, or held before: never a value of a time before `values`. */
function expectOnly(rig: Rig, watch: OutputWatch, values: ReadonlyMap<string, readonly string[]>): void {
  for (const { output, type, value } of watch.events) {
    if (type === "DELETED") continue;
    rig.expect(values.get(output)?.includes(value ?? "") ?? false, `${output} got what no source holds`);
  }
}

/** What each output may hold: what is wanted now, and what was `before`. */
async function allowedValues(rig: Rig, before: ReadonlyMap<string, string>): Promise<Map<string, string[]>> {
  const allowed = new Map<string, string[]>();
  for (const [output, value] of [...before, ...await rig.world.wanted()]) {
    allowed.set(output, [...allowed.get(output) ?? [], value]);
  }
  return allowed;
}

/** What comes before {@link changes} once an older state is back: twice as many changes as in other rows. */
async function rotateAndAdd(rig: Rig): Promise<void> {
  await rig.world.rotate("c0", between(rig, 2, 400));
  await rig.world.addCluster("after");
}

const FOUND_OUT = /storage was put back to an older state/;
/** For how long a pass is held up that began before the older state was put back. */
const PASS_SECONDS = 8;

/** As many changes as come once the older state is back. */
async function twoRoundsOfChanges(rig: Rig): Promise<void> {
  await rotateAndAdd(rig);
  await rig.converge();
  await changes(rig);
}

/**
 * Many changes, and then a rotation, so that the watch of its Secret stands beyond all that comes after the older state is
 * back.
 */
async function goFarAhead(rig: Rig): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await rig.api.merge("/api/v1/namespaces/default", { metadata: { labels: { i: `${i}` } } });
  }
  await rig.world.rotate("c0", 500);
  await rig.converge();
}

/** Starts the servers on the state that was backed up. Gives when it was there, and when the API server was started and ready. */
async function putBack(rig: Rig): Promise<{ back: number; started: number; ready: number }> {
  await rig.server.killApi();
  await rig.server.killEtcd();
  await rig.server.restoreEtcd();
  const back = Date.now();
  await rig.server.startEtcd();
  const started = performance.now();
  await rig.server.startApi();
  return { back, started, ready: performance.now() };
}

/** All of it is as it was then, so there is nothing to do, for so many milliseconds. */
async function expectNothingToDo(rig: Rig, back: number, milliseconds: number): Promise<void> {
  await pause(milliseconds);
  const writes = (await rig.writes()).filter(({ resource, at }) => resource === "secrets" && at >= back);
  rig.notes.push(`wrong writes: ${writes.length}`);
  rig.expect(writes.length === 0, `it wrote ${writes.map(({ verb, name }) => `${verb} ${name}`).join(", ")}`);
}

/** What changes in the older state that is back comes to the outputs, and nothing else does. */
async function goOn(rig: Rig, before: ReadonlyMap<string, string>, watch: OutputWatch): Promise<void> {
  await rotateAndAdd(rig);
  const allowed = await allowedValues(rig, before);
  await rig.converge();
  expectOnly(rig, watch, allowed);
  await watch.close();
  await changes(rig);
}

export const SERVER_ROWS: readonly FaultRow[] = [
  {
    id: "F2/60",
    title: "API server killed, down for 60 s",
    wait: 5_000,
    isDirect: true,
    async inject(rig) {
      const position = rig.position;
      await rig.server.killApi();
      await pause(60_000);
      const back = Date.now();
      await rig.server.startApi();
      const returned = performance.now();
      await rig.logs(/known again/, position);
      // Longer than any backoff of a connection: all watches are back, and have said what they have to say.
      await pause(7_000);
      rig.notes.push(`known again ${((performance.now() - returned) / 1000 - 7).toFixed(1)} s after its return`);
      const deleted = await deletesSince(rig, back);
      rig.expect(deleted.length === 0, `on its return it deleted ${deleted.join(", ")}`);
      const tries = await triesOf(rig.auditLog, back);
      const lists = fullLists(tries), watches = watched(tries);
      rig.notes.push(`lists after its return: ${[...lists.values()].reduce((sum, count) => sum + count, 0)}`);
      rig.expect(watches.size > 3, `only ${watches.size} watches are back`);
      // A watch that goes on needs no list; what is asked at each pass is asked when a watch is back, and no more often.
      for (const [what, count] of lists) {
        const allowed = watches.has(what) ? 1 : watches.size;
        rig.expect(count <= allowed, `${what} was listed ${count} times on its return`);
      }
      await changes(rig);
    },
  },
  {
    id: "F3/70",
    title: "etcd stopped for 70 s, writes under way",
    wait: 30_000,
    async inject(rig) {
      const before = await rig.world.found();
      const watch = await OutputWatch.open(rig.api);
      const began = Date.now();
      await beginWrites(rig, between(rig, 2, 1000));
      rig.server.signalEtcd("SIGSTOP");
      await pause(70_000);
      rig.server.signalEtcd("SIGCONT");
      rig.proxy.set();
      const away = (await triesOf(rig.auditLog, began)).filter(({ verb, status }) => verb === "patch" && status >= 500);
      rig.notes.push(`writes that were answered with an error: ${away.length}`);
      rig.expect(away.length > 0, "no write was under way when etcd stopped");
      const allowed = await allowedValues(rig, before);
      await rig.converge();
      expectOnly(rig, watch, allowed);
      await watch.close();
      await changes(rig);
    },
  },
  {
    id: "F3/kill",
    title: "etcd killed and started again, writes under way",
    wait: 30_000,
    async inject(rig) {
      const before = await rig.world.found();
      const watch = await OutputWatch.open(rig.api);
      const began = Date.now();
      await beginWrites(rig, between(rig, 2, 1000));
      await rig.server.killEtcd();
      await pause(between(rig, 1000, 4000));
      await rig.server.startEtcd();
      rig.proxy.set();
      const allowed = await allowedValues(rig, before);
      await rig.converge();
      expectOnly(rig, watch, allowed);
      await watch.close();
      const deleted = await deletesSince(rig, began);
      rig.expect(deleted.length === 0, `it deleted ${deleted.join(", ")}`);
      await changes(rig);
    },
  },
  {
    id: "F3/restore",
    title: "an older state of etcd put back",
    wait: 10_000,
    isDirect: true,
    isShort: true,
    usual: twoRoundsOfChanges,
    async inject(rig) {
      await rig.server.backUpEtcd();
      // A future that will be lost: one more cluster, one less, many changes.
      await rig.world.addCluster("lost");
      await rig.world.unpublish("c1");
      await rig.permitWithdrawals();
      await goFarAhead(rig);
      rig.mayGo.clear();
      const position = rig.position;
      const { back, started, ready } = await putBack(rig);
      const before = await rig.world.found();
      const watch = await OutputWatch.open(rig.api);
      await rig.logs(FOUND_OUT, position);
      const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
      rig.notes.push(
        `found out ${seconds(started)} s after the API server was started, ${seconds(ready)} s after it was ready`,
      );
      await expectNothingToDo(rig, back, 6_000);
      await goOn(rig, before, watch);
    },
  },
  {
    id: "F3/restore-pass",
    title: "an older state of etcd put back while a plan is being made",
    wait: 10_000,
    isShort: true,
    usual: twoRoundsOfChanges,
    async inject(rig) {
      await rig.server.backUpEtcd();
      await goFarAhead(rig);
      // The pass that a cluster of the lost future causes asks for its outputs, and is told to wait for longer than the
      // server is away: it began before, and ends after.
      const asked = Promise.withResolvers<void>();
      rig.proxy.set({
        matches: ({ method, path }) => {
          const isOfLost = method === "GET" && /\/secrets\/[^/?]*lost/.test(path);
          if (isOfLost) asked.resolve();
          return isOfLost;
        },
        answer: { status: 503, reason: "ServiceUnavailable", retryAfter: PASS_SECONDS },
      });
      await rig.world.addCluster("lost");
      await asked.promise;
      const position = rig.position, askedAt = performance.now();
      const { back } = await putBack(rig);
      rig.proxy.set();
      const before = await rig.world.found();
      const watch = await OutputWatch.open(rig.api);
      await rig.logs(FOUND_OUT, position);
      const left = 1000 * PASS_SECONDS * 1.25 - (performance.now() - askedAt);
      rig.notes.push(`found out ${(left / 1000).toFixed(1)} s before the pass had to ask again`);
      await expectNothingToDo(rig, back, Math.max(0, left) + 6_000);
      await goOn(rig, before, watch);
    },
  },
];
