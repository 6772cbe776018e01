/** Takes the lead from one of two replicas at a moment of chance, while it has something to write, and waits until all is right. */
import { otherThan, type Replicas, type Slot } from "./replicas.ts";

/** How a leader is lost. */
export type LeaderFault = "SIGKILL" | "SIGTERM" | "SIGSTOP, later SIGCONT";

export interface Swap {
  readonly fault: LeaderFault;
  /** From the signal to the moment when the other holds the lease, and when all outputs have what was asked for since. */
  readonly takeover: number;
  readonly delivered: number;
  /** Exit code of the old leader; undefined for one that was killed. */
  readonly code?: number;
}

const LIMIT_MILLISECONDS = 60_000;

export class LeaderSwaps {
  /** The last words of leaders that ended without being told to. */
  readonly gaveUp: string[] = [];

  /**
   * @param random numbers in [0, 1)
   * @param prefix of every value that the inputs are given
   */
  constructor(readonly replicas: Replicas, readonly random: () => number, readonly prefix = "") {}

  /**
   * One fault, repeated until it has met a leader: one on a busy machine may have ended by itself before.
   *
   * @param stoppedFor how long a leader is stopped at least, in milliseconds
   * @throws where something is lost
   */
  async swap(fault: LeaderFault, name: string, stoppedFor = 0): Promise<Swap> {
    while (true) {
      const done = await this.#try(fault, name, stoppedFor);
      if (done) return done;
    }
  }

  async #try(fault: LeaderFault, name: string, stoppedFor: number): Promise<Swap | undefined> {
    const { replicas } = this;
    await this.#restartEnded();
    let leader: Slot | undefined;
    await until(async () => (leader = await replicas.leader()) !== undefined, "a leader");
    if (!leader) throw new Error("there is no leader");
    const old = replicas.running.get(leader)!;
    await replicas.tick(`${this.prefix}${name} before`);
    await pause(this.random() * 300);
    if (old.hasEnded) return undefined;
    const at = Date.now();
    old.kill(fault === "SIGSTOP, later SIGCONT" ? "SIGSTOP" : fault);
    const value = `${this.prefix}${name} after`;
    await replicas.tick(value);
    await until(async () => await replicas.haveAll(value), `all outputs at "${name} after", after ${fault}`);
    const delivered = Date.now() - at;
    const takeover = await this.#takenAt(otherThan(leader), at) - at;
    let code: number | undefined;
    if (fault === "SIGSTOP, later SIGCONT") {
      await pause(Math.max(0, at + stoppedFor - Date.now()));
      await replicas.tick(`${this.prefix}${name} awake`);
      old.kill("SIGCONT");
    }
    const ended = await old.ended();
    if (fault !== "SIGKILL") code = ended;
    await replicas.launch(leader).logs(/standing by|leading/, 0);
    return { fault, takeover, delivered, ...(code === undefined ? {} : { code }) };
  }

  /** Starts again what has ended without being told to, and keeps its last words. */
  async #restartEnded(): Promise<void> {
    for (const [slot, replica] of this.replicas.running) {
      if (!replica.hasEnded) continue;
      this.gaveUp.push(replica.log.trim().split("\n").at(-1)!);
      await this.replicas.launch(slot).logs(/standing by|leading/, 0);
    }
  }

  /** When the replica got the lease, after `since`. */
  async #takenAt(slot: Slot, since: number): Promise<number> {
    let taken: number | undefined;
    await until(async () => {
      const entries = await this.replicas.audit();
      taken = entries.find(({ user, holder, done }) => done >= since && user === slot && !!holder)?.done;
      return taken !== undefined;
    }, `the lease to ${slot}`);
    return taken!;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + LIMIT_MILLISECONDS;
  while (!await check()) {
    if (Date.now() > end) throw new Error(`LOST: never came: ${what}`);
    await pause(25);
  }
}
