/** How far apart two words are, for "did you mean". */

/** How many letters have to be put in, taken out or replaced (Levenshtein). Takes time with the product of both lengths. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Of the known words the one that is meant, at most two letters away (one where it is short); undefined where none is. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  const near = known.filter((name) => Math.abs(name.length - word.length) <= 2)
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= (name.length > 5 ? 2 : 1));
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}
