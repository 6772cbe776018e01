/** Many things at once, but not too many. */

/** How many questions are put to the API server at once: it answers them all, and one after the other takes too long. */
export const READS_IN_FLIGHT = 16;

/** Runs `work` over the items, begun in their order, at most so many at a time. Rejects with the first that rejects. */
export async function eachInFlight<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
}
