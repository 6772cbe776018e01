/** What the program tried, by the API server's record: refused writes and lists are in it, too. */

export interface Try {
  readonly verb: string;
  /** Path and query. */
  readonly uri: string;
  readonly namespace: string;
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Everything that Moonferry asked for since `from` (milliseconds since 1970), in order, and what was answered. */
export async function triesOf(log: string, from: number): Promise<Try[]> {
  const text = await Deno.readTextFile(log).catch(() => "");
  // The last line may be half written.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line.includes('"userAgent":"moonferry')).map((line) => JSON.parse(line))
    // A watch that is still open has only begun to be answered.
    .filter(({ stage, verb }) => stage === (verb === "watch" ? "ResponseStarted" : "ResponseComplete"))
    .map((event) => ({
      verb: event.verb,
      uri: event.requestURI,
      namespace: event.objectRef?.namespace ?? "",
      status: event.responseStatus?.code ?? 0,
      at: Date.parse(event.requestReceivedTimestamp),
    }))
    .filter(({ at }) => at >= from);
}

/** How often each collection was listed in full, by its path and selector. */
export function fullLists(tries: readonly Try[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, uri } of tries) {
    const { searchParams } = new URL(uri, SERVER);
    // Further pages are of the same list; one object is not all of them.
    if (verb !== "list" || searchParams.has("continue") || searchParams.get("limit") === "1") continue;
    if (searchParams.has("fieldSelector")) continue;
    const what = collectionOf(uri);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

/** The collections that are watched, named as in {@link fullLists}. */
export function watched(tries: readonly Try[]): Set<string> {
  return new Set(
    tries.filter(({ verb, status }) => verb === "watch" && status === 200).map(({ uri }) => collectionOf(uri)),
  );
}

const SERVER = "https://server";

function collectionOf(uri: string): string {
  const { pathname, searchParams } = new URL(uri, SERVER);
  return `${pathname}?${searchParams.get("labelSelector") ?? ""}`;
}
