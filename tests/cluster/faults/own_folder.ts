/**
 * Leaves nothing behind of a run that is stopped: the API servers and programs that it has started end with it, and what all of
 * them keep in temporary folders is one folder, which goes.
 */

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
/** What was just killed may write a moment longer. */
const TRIES = 50;

/**
 * Does the work with a temporary folder of its own for this process and all that it starts; afterwards, and where the process is
 * told to stop, the folder is removed. Told to stop, it ends all that it has started, and exits as a signal would have made it.
 */
export async function inOwnFolder<T>(work: () => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-faults-" });
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", folder);
  const stops = Object.entries(SIGNALS).map(([name, number]) => {
    const signal = name as keyof typeof SIGNALS;
    const stop = () => {
      // All in one go: nothing is started meanwhile, and nothing that fails for want of them ends the process first.
      killDescendants(Deno.pid);
      remove(folder);
      Deno.exit(128 + number);
    };
    Deno.addSignalListener(signal, stop);
    return () => Deno.removeSignalListener(signal, stop);
  });
  try {
    return await work();
  } finally {
    for (const stop of stops) stop();
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    remove(folder);
  }
}

/** Kills everything that the process has started, and what that has started. */
export function killDescendants(pid: number): void {
  for (const child of descendantsOf(pid)) {
    try {
      Deno.kill(child, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** The processes that this one has started, and those that they have, by Linux's own list. */
function descendantsOf(pid: number): number[] {
  const parents = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    try {
      // After the name, which may hold anything: the state, and the parent.
      return [Number(name), Number(Deno.readTextFileSync(`/proc/${name}/stat`).split(") ").at(-1)!.split(" ")[1])];
    } catch {
      // It has ended since.
      return [Number(name), 0];
    }
  });
  const found = [pid];
  for (const ancestor of found) {
    found.push(...parents.filter(([, parent]) => parent === ancestor).map(([child]) => child!));
  }
  return found.slice(1);
}

function remove(folder: string): void {
  for (let tries = 1;; tries++) {
    try {
      return Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (tries === TRIES) throw error;
    }
  }
}
