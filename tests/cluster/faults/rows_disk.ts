/** A disk that is full or read-only, where the program writes: its log, and its outputs where a folder is the cluster. */
import { findLeaks } from "./leaks.ts";
import type { Rig } from "./rig.ts";
import { between, changes, type FaultRow, pause, type ReplicaRow } from "./rows.ts";
import { SmallDisk } from "./small_disk.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { kubeconfig } from "./world.ts";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/mgmt/leases/moonferry";
/** F23 of reliability §3. */
const STOP_LIMIT = 10_000;
const LIMIT = 60_000;
/** Longer than it takes from an output to the line that tells of it. */
const LINE_LIMIT = 5_000;
/** In four seconds: after 0.25, 0.5, 1, 2 s, and some more for each change of what is watched. */
const MOST_TRIES = 8;

/** Waits until it holds. @returns milliseconds; infinite where it never does */
async function until(holds: () => Promise<boolean>, limit = LIMIT): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < limit) {
    if (await holds()) return performance.now() - started;
    await pause(50);
  }
  return Infinity;
}

/** Asks it to stop. @returns what was wrong with how it did, and how it did */
async function stop(process: Deno.ChildProcess): Promise<{ findings: string[]; note: string }> {
  const asked = performance.now();
  process.kill("SIGTERM");
  const isSlow = setTimeout(() => process.kill("SIGKILL"), 3 * STOP_LIMIT);
  const { code } = await process.status;
  clearTimeout(isSlow);
  const milliseconds = performance.now() - asked;
  const note = `it stopped after ${(milliseconds / 1000).toFixed(1)} s with ${code}`;
  return { findings: code === 0 && milliseconds <= STOP_LIMIT ? [] : [note], note };
}

/** The program on a cluster, whose log goes to a disk that is full. */
async function onFullDisk(rig: Rig, disk: SmallDisk): Promise<void> {
  const args = ["run", "--yes", "--kubeconfig", rig.server.adminKubeconfig, "--mgmt-labels", "cluster-api=enabled"];
  const program = disk.run([...args, "--verbose", "--leader-elect", "--lease-namespace", "mgmt"], `${disk.path}/log`);
  const log = () => Deno.readTextFile(`${disk.outside}/log`);
  let hasEnded = false;
  program.status.then(() => hasEnded = true);
  const holder = async () => (await rig.api.get(LEASE))?.spec.holderIdentity;
  rig.expect(await until(async () => Boolean(await holder())) < LIMIT, "it never led");
  rig.expect(await until(async () => (await log()).includes("as wanted")) < LIMIT, "it wrote no log before");

  await disk.fill();
  // What was begun has room to its end: the last page of the log. Each rotation tells of three outputs.
  for (let round = 0, isFull = false; !isFull; round++) {
    if (round === 40) throw new Error("its disk was never full");
    const { length } = await log();
    await rig.world.rotate(`c${round % 4}`, between(rig, 1001, 9_000_000));
    const milliseconds = await rig.converge();
    rig.expect(milliseconds < 5_000, `while its disk was full outputs waited ${milliseconds} ms`);
    isFull = await until(async () => (await log()).length > length, LINE_LIMIT) === Infinity;
  }
  rig.expect(await disk.refusal() === "ENOSPC", "its disk was not full");
  rig.expect(!hasEnded, "it ended by itself");
  const { renewTime } = (await rig.api.get(LEASE)).spec;
  rig.expect(Date.now() - Date.parse(renewTime) < 10_000, `its lease was renewed at ${renewTime} for the last time`);

  const { findings, note } = await stop(program);
  rig.notes.push(note);
  for (const finding of findings) rig.expect(false, finding);
  rig.expect(!await holder(), `${await holder()} holds the lease still`);
  for (const leak of findLeaks({ "its log on the disk": await log() })) rig.expect(false, leak.slice(4), "I7");
}

export const DISK_ROW: FaultRow = {
  id: "F23/disk",
  title: "the disk of its log full, then it is asked to stop",
  wait: 5_000,
  // Its own program goes past the proxy.
  isDirect: true,
  async inject(rig) {
    await rig.kill();
    const disk = await SmallDisk.open(256);
    try {
      await onFullDisk(rig, disk);
    } finally {
      await disk.close();
    }
    rig.start();
    await changes(rig);
  },
};

const CLUSTERS = ["c0", "c1", "c2", "c3"];
const TEAMS = ["team-a", "team-b", "team-c"];

/** A folder of manifests as the cluster, with outputs on a small disk. */
class FolderWorld {
  readonly #values = new Map<string, string>();

  private constructor(readonly folder: string, readonly logs: string, readonly disk: SmallDisk) {}

  static async create(disk: SmallDisk): Promise<FolderWorld> {
    const [folder, logs] = [
      await Deno.makeTempDir({ prefix: "moonferry-manifests-" }),
      await Deno.makeTempDir({ prefix: "moonferry-log-" }),
    ];
    const world = new FolderWorld(folder, logs, disk);
    for (const file of ["eventsource", "template", "eventtrigger"]) {
      await Deno.copyFile(`k8s/examples/push-model/${file}.yaml`, `${world.folder}/${file}.yaml`);
    }
    const namespaces = TEAMS.map((name) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { x-k8s.io/cluster-inventory-consumer: "yes" } }\n`
    );
    const clusters = CLUSTERS.map((name) =>
      `apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: ${name}, namespace: mgmt, labels: { clusterprofile-name: ${name} } }\n`
    );
    await Deno.writeTextFile(`${world.folder}/world.yaml`, [...namespaces, ...clusters].join("---\n"));
    for (const name of CLUSTERS) await world.rotate(name, 1);
    return world;
  }

  async rotate(name: string, generation: number): Promise<void> {
    const value = btoa(kubeconfig(name, generation));
    const text = `apiVersion: v1
kind: Secret
metadata: { name: ${name}-kubeconfig, namespace: mgmt, labels: { cluster.x-k8s.io/cluster-name: ${name} } }
type: cluster.x-k8s.io/secret
data: { value: ${value} }
`;
    // At once, so that nobody reads half of it.
    await Deno.writeTextFile(`${this.folder}/.${name}.new`, text);
    await Deno.rename(`${this.folder}/.${name}.new`, `${this.folder}/${name}.yaml`);
    this.#values.set(name, value);
  }

  run(): Deno.ChildProcess {
    const args = ["run", "--yes", "-f", this.folder, "--output-dir", `${this.disk.path}/out`];
    return this.disk.run([...args, "--mgmt-labels", "cluster-api=enabled"], `${this.logs}/log`);
  }

  /** Is kept elsewhere: a disk that a file is open on can't be made read-only, and the folder is watched. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.logs}/log`);
  }

  async remove(): Promise<void> {
    for (const folder of [this.folder, this.logs]) await Deno.remove(folder, { recursive: true });
  }

  wanted(): Map<string, string> {
    return new Map(
      TEAMS.flatMap((team) =>
        CLUSTERS.map((name) => [`${team}/Secret/default-${name}-kubeconfig.yaml`, this.#values.get(name)!])
      ),
    );
  }

  /** What is there, by its path: the kubeconfig, in base64; of what is no such output, all of it. */
  async found(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const out = `${this.disk.outside}/out`;
    const visit = async (folder: string): Promise<void> => {
      for await (const { name, isDirectory } of Deno.readDir(`${out}/${folder}`)) {
        const path = `${folder}${name}`;
        if (isDirectory) await visit(`${path}/`);
        else {
          const text = await Deno.readTextFile(`${out}/${path}`).catch(() => "");
          found.set(path, /^ {2}config: "?([A-Za-z0-9+/=]+)"?$/m.exec(text)?.[1] ?? text);
        }
      }
    };
    await visit("").catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    return found;
  }

  async isRight(): Promise<boolean> {
    const found = await this.found(), wanted = this.wanted();
    return found.size === wanted.size && [...wanted].every(([path, value]) => found.get(path) === value);
  }
}

const hasSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
  one.size === other.size && [...one].every(([path, value]) => other.get(path) === value);

async function onFullFolder(disk: SmallDisk, random: () => number): Promise<Verdict> {
  const findings: string[] = [], notes: string[] = [];
  const expect = (holds: boolean, otherwise: string, id = "own") => {
    if (!holds) findings.push(`${id}: ${otherwise}`);
  };
  const world = await FolderWorld.create(disk);
  const told = (pattern: RegExp, from: number) => until(async () => pattern.test((await world.log()).slice(from)));
  const generation = () => 2 + Math.floor(random() * 1_000_000);
  let program = world.run();
  try {
    if (await until(() => world.isRight()) === Infinity) {
      throw new Error(`never right:\n${(await world.log()).slice(-2000)}`);
    }
    for (const [fault, refusal] of [["full", "ENOSPC"], ["read-only", "EROFS"]] as const) {
      // What was there before is whole, and stays until there is room for what is new.
      const before = await world.found(), from = (await world.log()).length;
      if (fault === "full") await disk.fill();
      else await disk.setReadOnly(true);
      await world.rotate("c0", generation());
      await pause(4_000);
      expect(await disk.refusal() === refusal, `the disk was not ${fault}`);
      const tries = (await world.log()).slice(from).match(/No space left|ENOSPC|Read-only|EROFS/gi)?.length ?? 0;
      notes.push(`${fault}: ${tries} refused writes in 4 s`);
      expect(tries <= MOST_TRIES * TEAMS.length, `${tries} writes of ${TEAMS.length} outputs were tried in 4 s`);
      expect(hasSame(before, await world.found()), `outputs were changed or lost while the disk was ${fault}`, "I3");
      if (fault === "full") await disk.free();
      else await disk.setReadOnly(false);
      const recovered = await until(() => world.isRight());
      notes.push(`right ${(recovered / 1000).toFixed(1)} s after the disk was not ${fault} any more`);
      expect(recovered < LIMIT, `outputs were never right after the disk was ${fault}`, "I3");
      expect(
        await told(/No space left|ENOSPC|Read-only|EROFS/i, from) < LIMIT,
        `nothing was told of a disk that is ${fault}`,
      );
    }
    await disk.fill();
    await world.rotate("c1", generation());
    await pause(2_000);
    const { findings: late, note } = await stop(program);
    notes.push(note);
    findings.push(...late.map((text) => `own: ${text}`));
    // It starts on a disk that is full, and goes on once there is room.
    program = world.run();
    await pause(3_000);
    await disk.free();
    const recovery = await until(() => world.isRight());
    expect(recovery < LIMIT, "outputs were never right in the end", "I3");
    for (const leak of findLeaks({ "the log": await world.log() })) expect(false, leak.slice(4), "I7");
    const abroad = [...(await world.found()).keys()].filter((path) => !world.wanted().has(path));
    findings.push(...abroad.map((path) => `I1: ${path}`));
    return verdictOf(recovery, findings, [], notes);
  } finally {
    try {
      program.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await program.status;
    await world.remove();
  }
}

export const FOLDER_ROW: ReplicaRow = {
  id: "F23/folder",
  title: "a folder as the cluster, the disk of its outputs full, read-only, and full when it stops",
  wait: 30_000,
  async *judgeRuns(runs, chance) {
    for (let run = 0; run < runs; run++) {
      chance.begin(run);
      const disk = await SmallDisk.open(256);
      try {
        yield await onFullFolder(disk, chance.next);
      } finally {
        await disk.close();
      }
    }
  },
};
