/**
 * Finds what a text has in common with Secrets, in time that is linear in both: a filter over all pieces of eight characters
 * says at once what is not there.
 */

/** Shorter pieces can't be told from ordinary words. */
export const SHORTEST = 8;
/** Bits of the filter for each character of the Secrets, and at most. */
const BITS_PER_CHARACTER = 16;
const MAX_BITS = 2 ** 29;
/** So many pieces in a row are no accident of the filter (some two in a hundred each); fewer are looked up. */
const SURE = 4;

export class SecretIndex {
  readonly #texts: readonly string[];
  readonly #filter: Uint32Array;
  readonly #mask: number;
  /** How much it has indexed. */
  readonly characters: number;

  constructor(texts: readonly string[]) {
    this.#texts = texts.filter(({ length }) => length >= SHORTEST);
    const characters = this.#texts.reduce((sum, { length }) => sum + length, 0);
    const bits = 2 ** Math.ceil(Math.log2(Math.min(Math.max(characters * BITS_PER_CHARACTER, 1024), MAX_BITS)));
    this.#filter = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
    for (const text of this.#texts) this.#add(text);
    this.characters = characters;
  }

  /** All pieces of the text: what is known of one makes the next one cheap. */
  #add(text: string): void {
    let rolling = 0;
    for (let at = 0; at < text.length; at++) {
      rolling = Math.imul(rolling, BASE) + text.charCodeAt(at) | 0;
      if (at >= SHORTEST) rolling = rolling - Math.imul(text.charCodeAt(at - SHORTEST), DROPPED) | 0;
      if (at + 1 < SHORTEST) continue;
      const hash = mixed(rolling);
      this.#set(hash);
      this.#set(second(hash));
    }
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** The stretches of the text, as `[from, to)`, of which every piece of eight characters stands in a Secret. */
  stretches(text: string): [number, number][] {
    const found: [number, number][] = [];
    for (let at = 0; at + SHORTEST <= text.length; at++) {
      if (!this.#mayHold(text, at)) continue;
      const from = at;
      while (at + 1 + SHORTEST <= text.length && this.#mayHold(text, at + 1)) at++;
      const to = at + SHORTEST;
      if (at - from + 1 >= SURE) found.push([from, to]);
      else found.push(...this.#lookUp(text, from, at));
    }
    return found;
  }

  /** Of the pieces that begin between the two places, the stretches of those that stand in a Secret indeed. */
  #lookUp(text: string, first: number, last: number): [number, number][] {
    const found: [number, number][] = [];
    for (let at = first; at <= last; at++) {
      const piece = text.slice(at, at + SHORTEST);
      if (!this.#texts.some((secret) => secret.includes(piece))) continue;
      const before = found.at(-1);
      if (before && before[1] >= at) before[1] = at + SHORTEST;
      else found.push([at, at + SHORTEST]);
    }
    return found;
  }

  #mayHold(text: string, at: number): boolean {
    const hash = hashAt(text, at);
    return this.#has(hash) && this.#has(second(hash));
  }

  #set(hash: number): void {
    const bit = hash & this.#mask;
    this.#filter[bit >>> 5]! |= 1 << (bit & 31);
  }

  #has(hash: number): boolean {
    const bit = hash & this.#mask;
    return (this.#filter[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }
}

/** A polynomial over eight UTF-16 units, of which the first can be taken off. */
const BASE = 0x01000193;
/** BASE^8: what the unit that drops out was multiplied with. */
const DROPPED = Array.from({ length: SHORTEST }).reduce<number>((power) => Math.imul(power, BASE), 1);

function hashAt(text: string, at: number): number {
  let rolling = 0;
  for (let offset = 0; offset < SHORTEST; offset++) {
    rolling = Math.imul(rolling, BASE) + text.charCodeAt(at + offset) | 0;
  }
  return mixed(rolling);
}

function mixed(rolling: number): number {
  const hash = Math.imul(rolling ^ (rolling >>> 16), 0x2c1b3c6d);
  return hash ^ (hash >>> 15);
}

function second(hash: number): number {
  return Math.imul(hash ^ (hash >>> 13), 0x297a2d39) ^ 0x5bd1e995;
}
