/** Tells when manifests on disk have changed: bursts of file events become one call. */

import { dirname } from "node:path";
import { isBeside } from "./applier.ts";

/** A burst is over when nothing has happened for this long; editors write a file in several steps. */
const QUIET_MILLISECONDS = 200;

/**
 * Calls `onChange` after each burst of changes below the paths, until the signal aborts. Of a file its folder is watched:
 * editors replace a file, and a watch on the old one would see nothing more.
 */
export async function watchFolders(
  paths: readonly string[],
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const watcher = Deno.watchFs(await Promise.all(paths.map(folderOf)), { recursive: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    watcher.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const event of watcher) {
      // Where a disk is full, what is tried to be written comes and goes: that is no reason to try again at once.
      if (event.kind === "access" || event.paths.length > 0 && event.paths.every(isBeside)) continue;
      clearTimeout(timer);
      timer = setTimeout(onChange, QUIET_MILLISECONDS);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
  }
}

async function folderOf(path: string): Promise<string> {
  return (await Deno.stat(path)).isDirectory ? path : dirname(path);
}
