/** Long texts that are equal are kept once: a kubeconfig stands in the objects of all consumers, and each was read by itself. */

/** A shorter text takes less than what finds it again. */
const SHORTEST = 256;
/** Of a longer one V8 hashes the length alone, so that many of one length would all be compared. */
const LONGEST = 16_383;
/** So many characters are remembered. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** A text that was not among the last so many characters is forgotten by the time that twice as many have come. */
const GENERATION = 64 * 1024 * 1024;

export class SameTexts {
  /** What came of late. */
  #young = new Map<string, string>();
  /** What came in the generation before, and not since. */
  #old = new Map<string, string>();
  #youngCharacters = 0;
  #oldCharacters = 0;
  /** In this generation, those of texts that were known as well. */
  #seen = 0;

  /** How much is remembered. */
  get characters(): number {
    return this.#youngCharacters + this.#oldCharacters;
  }

  /** The text itself, or the one that is equal and was here before. */
  of(text: string): string {
    if (text.length < SHORTEST || text.length > LONGEST) return text;
    this.#seen += text.length;
    if (this.#seen > GENERATION) this.#beginGeneration();
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) {
      this.#old.delete(text);
      this.#oldCharacters -= text.length;
    }
    while (this.characters + text.length > MAX_CHARACTERS) this.#beginGeneration();
    const kept = old ?? text;
    this.#young.set(kept, kept);
    this.#youngCharacters += kept.length;
    return kept;
  }

  /** What did not come again is forgotten. */
  #beginGeneration(): void {
    [this.#old, this.#oldCharacters] = [this.#young, this.#youngCharacters];
    [this.#young, this.#youngCharacters, this.#seen] = [new Map(), 0, 0];
  }
}
