/**
 * Writes changes into a folder: `<namespace>/<kind>.<group>/<name>.yaml`, readable by its owner alone. A file that has
 * changed since the plan was made is left as it is.
 */
import {
  annotationsOf,
  formatRef,
  groupOf,
  type KubeObject,
  labelsOf,
  objectKey,
  type ObjectRef,
  objectRef,
} from "../api/object.ts";
import { canonicalJson, type JsonObject } from "../json/json.ts";
import type { Applier, Outcome, OutcomeStatus } from "../reconcile/apply.ts";
import { isReservedKey, PAUSED_ANNOTATION } from "../reconcile/marks.ts";
import type { Change } from "../reconcile/plan.ts";
import { writeYaml } from "../yaml/write.ts";
import { LoadError, parseManifests } from "./load.ts";
import type { FolderReader } from "./reader.ts";

/** Stands for the namespace of cluster-scoped objects; no namespace can have this name. */
const CLUSTER_FOLDER = "_cluster";
/** How the name of a file ends that is being written, and gets its name when all of it is there. */
const BESIDE = /\.[0-9a-f]{8}\.tmp$/;
const PATH_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

/** The path below the output folder. @throws {LoadError} where a part of it could lead elsewhere. */
export function outputPath(ref: ObjectRef): string {
  const group = groupOf(ref.apiVersion);
  const segments = [ref.namespace || CLUSTER_FOLDER, group === "" ? ref.kind : `${ref.kind}.${group}`, ref.name];
  for (const segment of segments) {
    if (!PATH_SEGMENT.test(segment)) throw new LoadError(`${formatRef(ref)}: "${segment}" can't be a file name`);
  }
  return `${segments.join("/")}.yaml`;
}

/** Whether it is a file that is being written: it comes and goes, and changes nothing. */
export function isBeside(path: string): boolean {
  return BESIDE.test(path);
}

export class FolderApplier implements Applier {
  constructor(readonly outputDir: string, readonly reader: FolderReader) {}

  async apply(change: Change): Promise<Outcome> {
    const outcome = (status: OutcomeStatus, message = ""): Outcome => ({ change, status, message, retry: false });
    try {
      const known = this.reader.liveFile(objectKey(change.target));
      const file = known?.file ?? `${this.outputDir}/${outputPath(change.target)}`;
      const there = await readObject(file, change.target);
      if (change.action === "create") {
        if (there !== undefined) return outcome("conflict", `${file} is there already`);
        await this.#write(file, change.desired!);
        return outcome("done");
      }
      if (there === undefined) {
        return change.action === "delete" ? outcome("done") : outcome("stale", `${file} is gone`);
      }
      if (canonicalJson(there) !== canonicalJson(change.live!)) {
        return outcome("stale", `${file} has changed meanwhile`);
      }
      if (change.action === "delete") await Deno.remove(file);
      else await this.#write(file, change.release ? withoutMarks(there) : merge(there, change.desired!));
      return outcome("done");
    } catch (error) {
      const code = codeOf(error);
      const known = error instanceof LoadError || error instanceof Deno.errors.NotCapable || code !== undefined;
      if (!known) throw error;
      // A disk that is full or read-only concerns this object alone, and may have room again.
      return { ...outcome("failed", (error as Error).message), retry: code !== undefined && PASSING.has(code) };
    }
  }

  async #write(file: string, object: KubeObject): Promise<void> {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    // Written beside and renamed, so that nobody ever reads half a credential.
    const beside = `${file}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      await Deno.writeTextFile(beside, writeYaml(object), { mode: 0o600, createNew: true });
      await Deno.rename(beside, file);
    } catch (error) {
      await Deno.remove(beside).catch(() => {});
      throw error;
    }
  }
}

/** What may be over without anybody changing an object. */
const PASSING: ReadonlySet<string> = new Set(["EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOSPC", "EROFS"]);

/** The operating system's name for what went wrong; undefined where it is not its error. */
function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

async function readObject(file: string, target: ObjectRef): Promise<KubeObject | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const manifests = parseManifests(text, file);
  if (manifests.length !== 1) throw new LoadError(`${file}: holds ${manifests.length} objects, wanted one`);
  const object = manifests[0]!.object;
  if (objectKey(objectRef(object)) !== objectKey(target)) {
    throw new LoadError(`${file}: holds ${formatRef(objectRef(object))}, wanted ${formatRef(target)}`);
  }
  return object;
}

/** What a server-side apply by an owner of the whole object would leave: our content, and others' labels and annotations. */
function merge(live: KubeObject, desired: KubeObject): KubeObject {
  // The one annotation of ours that comes and goes.
  const { [PAUSED_ANNOTATION]: _, ...annotations } = annotationsOf(live);
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      labels: { ...labelsOf(live), ...labelsOf(desired) },
      annotations: { ...annotations, ...annotationsOf(desired) },
    },
  };
}

function withoutMarks(object: KubeObject): KubeObject {
  const strip = (entries: Record<string, string>): JsonObject =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !isReservedKey(key)));
  return {
    ...object,
    metadata: { ...object.metadata, labels: strip(labelsOf(object)), annotations: strip(annotationsOf(object)) },
  };
}
