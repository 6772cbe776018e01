/**
 * What a pass keeps for the next one of its trigger: a match is rendered anew only where something that its outputs were made
 * of is another. Nothing is kept of what failed, had something to say, or asked for the time or for chance, nor of triggers
 * with generators, templateResourceRefs or patches. What is kept may always be thrown away.
 */
import type { KubeObject } from "../api/object.ts";
import { isSameJson, type Json, type JsonObject } from "../json/json.ts";
import type { Match } from "./aggregate.ts";
import type { Desired, RenderedText } from "./content.ts";
import { matchKey } from "./origin.ts";
import type { EarlierPass } from "./pause.ts";
import { PlacedBefore } from "./placed_before.ts";
import type { Found, Reference } from "./references.ts";

/** One rendered text of a match, and the objects that it is read as. */
export interface KeptContent {
  readonly text: RenderedText;
  readonly desired: readonly Desired[];
}

/** What came of one match. */
export interface KeptRendering {
  readonly references: readonly Reference[];
  /** What the references named, one by one. */
  readonly found: readonly (KubeObject | undefined)[];
  readonly contents: readonly KeptContent[];
}

/** What the renderings of all matches are made of besides the match: equal bases render equal matches alike. */
export interface RenderingBasis {
  readonly spec: Json;
  readonly cluster: JsonObject;
  readonly collectResources: boolean;
}

/** What is kept of one trigger. */
export class KeptRenderings {
  #basis: RenderingBasis | undefined;
  /** The last pass's matches, by key. */
  #matches = new Map<string, Match>();
  #found = new Map<string, KubeObject>();
  /** By the match's object. */
  #renderings = new Map<JsonObject, KeptRendering>();
  readonly placed = new PlacedBefore();
  #last: EarlierPass | undefined;
  #quiet: EarlierPass | undefined;

  /** The last pass, and the last one that had nothing to revoke. */
  get earlier(): EarlierPass[] {
    return [...new Set([this.#last, this.#quiet])].filter((pass) => pass !== undefined);
  }

  /** @param isQuiet Whether what it found is all there: nothing is left to be revoked. */
  remember(pass: EarlierPass, isQuiet: boolean): void {
    this.#last = pass;
    if (isQuiet) this.#quiet = pass;
  }

  /** The matches, each that is equal to one of the last pass with that very object, so that what hangs on it is found. */
  recognise(matches: readonly Match[]): Match[] {
    const last = this.#matches;
    this.#matches = new Map();
    return matches.map((match) => {
      const key = matchKey({ match: match.ref });
      const before = last.get(key);
      const isSame = before && isSameJson(before.object, match.object);
      const known = !isSame ? match : before.index === match.index ? before : { ...before, index: match.index };
      this.#matches.set(key, known);
      return known;
    });
  }

  /** To be called before anything is rendered: of another basis nothing is kept. */
  begin(basis: RenderingBasis): void {
    const before = this.#basis;
    const isSame = before && before.collectResources === basis.collectResources &&
      isSameJson(before.spec, basis.spec) && isSameJson(before.cluster, basis.cluster);
    if (!isSame) this.clear();
    this.#basis = basis;
  }

  of(match: Match | undefined): KeptRendering | undefined {
    return match && this.#renderings.get(match.object);
  }

  /** What was found, each object that is equal to that of the last pass as that very object. */
  recogniseFound(found: ReadonlyMap<string, Found>): Map<string, Found> {
    const known = this.#found;
    this.#found = new Map();
    return new Map([...found].map(([key, one]) => {
      if (one.unknown || !one.object) return [key, one];
      const before = known.get(key);
      const object = before && isSameJson(before, one.object) ? before : one.object;
      this.#found.set(key, object);
      return [key, { object }];
    }));
  }

  /** What the next pass will find, in place of all before. */
  keep(renderings: ReadonlyMap<JsonObject, KeptRendering>): void {
    this.#renderings = new Map(renderings);
  }

  clear(): void {
    this.#renderings = new Map();
  }
}

/** What is kept of each trigger. */
export class KeptPasses {
  readonly #byTrigger = new Map<string, KeptRenderings>();

  of(trigger: string): KeptRenderings {
    let kept = this.#byTrigger.get(trigger);
    if (!kept) this.#byTrigger.set(trigger, kept = new KeptRenderings());
    return kept;
  }

  /** The trigger is gone. */
  forget(trigger: string): void {
    this.#byTrigger.delete(trigger);
  }
}
