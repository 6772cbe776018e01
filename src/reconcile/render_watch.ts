/** Whether what was rendered for a match may be kept for the next pass: it was made of nothing that changes by itself. */
import { type RenderOptions, StepPool } from "../template/mod.ts";
import { WatchedWorld } from "./change_times.ts";
import { DEFAULT_PIPELINE_LIMITS, LEAST_STEPS, PIPELINE_LIMIT_FLAGS, type PipelineLimits } from "./limits.ts";
import type { Subject } from "./subject.ts";

/** Goes with the renderings of one pass: what they are rendered with, and notes whose was not made of its own data alone, or had something to say: it is made anew each time. */
export class RenderWatch {
  readonly templates: RenderOptions;
  readonly clusterChanges = { count: 0 };
  readonly #world: WatchedWorld | undefined;
  readonly #passing = new Set<number>();

  constructor(templates: RenderOptions, { steps = DEFAULT_PIPELINE_LIMITS.steps }: Partial<PipelineLimits> = {}) {
    this.#world = templates.world && new WatchedWorld(templates.world);
    const pool = new StepPool(steps, LEAST_STEPS, PIPELINE_LIMIT_FLAGS.steps);
    this.templates = { ...templates, world: this.#world, pool };
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
