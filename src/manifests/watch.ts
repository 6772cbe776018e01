/** Tells when manifests on disk have changed: bursts of file events become one call. */

/** A burst is over when nothing has happened for this long; editors write a file in several steps. */
const QUIET_MILLISECONDS = 200;

/** Calls `onChange` after each burst of changes below the paths, until the signal aborts. */
export async function watchFolders(
  paths: readonly string[],
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const watcher = Deno.watchFs([...paths], { recursive: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    watcher.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const event of watcher) {
      if (event.kind === "access") continue;
      clearTimeout(timer);
      timer = setTimeout(onChange, QUIET_MILLISECONDS);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
  }
}
