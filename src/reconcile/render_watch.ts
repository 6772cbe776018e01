/** Whether what was rendered for a match may be kept for the next pass: it was made of nothing that changes by itself. */
import type { RenderOptions } from "../template/mod.ts";
import { WatchedWorld } from "./change_times.ts";
import type { Subject } from "./subject.ts";

/** Notes whose rendering was not made of its own data alone, or had something to say: it is made anew each time. */
export class RenderWatch {
  readonly templates: RenderOptions;
  readonly clusterChanges = { count: 0 };
  readonly #world: WatchedWorld | undefined;
  readonly #passing = new Set<number>();

  constructor(templates: RenderOptions) {
    this.#world = templates.world && new WatchedWorld(templates.world);
    this.templates = { ...templates, world: this.#world };
  }

  /** What `render` gives; `said` are the lists in which it tells what went wrong, or is worth knowing. */
  during<T>({ match }: Pick<Subject, "match">, said: readonly unknown[], render: () => T): T {
    const asked = this.#world?.asked, before = said.length;
    const result = render();
    if (this.#world?.asked !== asked || said.length !== before) this.note(match?.index ?? -1);
    return result;
  }

  note(matchIndex: number): void {
    this.#passing.add(matchIndex);
  }

  mayKeep(matchIndex: number): boolean {
    return !this.#passing.has(matchIndex);
  }
}
