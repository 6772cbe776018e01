/** Which texts were noted lately: a bounded memory of what was said or seen, where forgetting means no more than once again. */

export class RecentTexts {
  readonly #texts = new Set<string>();

  /** @param most How many are remembered; of more, the ones that were noted the longest ago are forgotten. */
  constructor(readonly most: number) {}

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** @returns false where it was noted already. */
  note(text: string): boolean {
    const isNew = !this.#texts.delete(text);
    this.#texts.add(text);
    if (this.#texts.size > this.most) this.#texts.delete(this.#texts.values().next().value!);
    return isNew;
  }

  forget(text: string): void {
    this.#texts.delete(text);
  }
}
