/** One reflector for each query, shared by all who ask for it, and ended with the last of them. */
import { Reflector, type ReflectorParts } from "./reflector.ts";
import type { ReflectorQuery } from "./reflector_state.ts";

/** A reflector in use. */
export interface ReflectorLease {
  readonly reflector: Reflector;
  /** To be called once; the last one ends the reflector. */
  release(): void;
}

interface Shared {
  readonly reflector: Reflector;
  readonly stop: AbortController;
  readonly running: Promise<void>;
  users: number;
}

export class ReflectorPool {
  #parts: ReflectorParts;
  #shared = new Map<string, Shared>();
  #onBug: (error: unknown) => void;

  /**
   * @param parts `onHistoryLost` is told once, whichever reflectors find out.
   * @param onBug Is told if a reflector ends by an error that is nobody's but the program's.
   */
  constructor(parts: ReflectorParts, onBug: (error: unknown) => void) {
    this.#parts = parts;
    this.#onBug = onBug;
  }

  /** The running reflectors, for reports. */
  get reflectors(): readonly Reflector[] {
    return [...this.#shared.values()].map(({ reflector }) => reflector);
  }

  /** The reflector for the query, which runs already or from now on. */
  acquire(query: ReflectorQuery): ReflectorLease {
    const key = reflectorKey(query);
    const shared = this.#shared.get(key) ?? this.#start(key, query);
    shared.users++;
    let released = false;
    return {
      reflector: shared.reflector,
      release: () => {
        if (released) return;
        released = true;
        if (--shared.users > 0) return;
        this.#shared.delete(key);
        shared.stop.abort(new DOMException("no longer needed", "AbortError"));
      },
    };
  }

  /** Ends all reflectors, and waits for their end. */
  async stop(): Promise<void> {
    const all = [...this.#shared.values()];
    this.#shared.clear();
    for (const { stop } of all) stop.abort(new DOMException("stopping", "AbortError"));
    await Promise.all(all.map(({ running }) => running));
  }

  #start(key: string, query: ReflectorQuery): Shared {
    const stop = new AbortController();
    const reflector: Reflector = new Reflector(query, {
      ...this.#parts,
      onHistoryLost: (how) => {
        for (const other of this.reflectors) if (other !== reflector) other.distrust();
        this.#parts.onHistoryLost?.(how);
      },
    });
    const running = reflector.run(stop.signal).catch(this.#onBug);
    const shared: Shared = { reflector, stop, running, users: 0 };
    this.#shared.set(key, shared);
    return shared;
  }
}

/** Equal for equal queries. */
export function reflectorKey(query: ReflectorQuery): string {
  const { group, version, kind, namespace = "", labelSelector = "", fieldSelector = "" } = query;
  return JSON.stringify([group, version, kind, namespace, labelSelector, fieldSelector]);
}
