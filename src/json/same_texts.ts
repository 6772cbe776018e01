/** Long texts that are equal are kept once: a kubeconfig stands in the objects of all consumers, and each was read by itself. */

/** A shorter text takes less than what finds it again. */
const SHORTEST = 256;
/** Of a longer one V8 hashes the length alone, so that many of one length would all be compared. */
const LONGEST = 16_383;
/** So many characters are remembered, of what came last. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export class SameTexts {
  readonly #texts = new Map<string, string>();
  #characters = 0;

  /** How much is remembered. */
  get characters(): number {
    return this.#characters;
  }

  /** The text itself, or the one that is equal and was here before. */
  of(text: string): string {
    if (text.length < SHORTEST || text.length > LONGEST) return text;
    const before = this.#texts.get(text);
    if (before !== undefined) return before;
    if (this.#characters + text.length > MAX_CHARACTERS) {
      this.#texts.clear();
      this.#characters = 0;
    }
    this.#characters += text.length;
    this.#texts.set(text, text);
    return text;
  }
}
