/** The version of Moonferry, written here and nowhere else, and what it was built of; reads nothing while it runs. */
import type { JsonObject } from "../json/json.ts";
import { stringifyJson } from "../json/json.ts";
import { writeYaml } from "../yaml/write.ts";
import { SVELTOS_GROUP, SVELTOS_VERSION } from "../reconcile/clusters.ts";
import config from "../../deno.json" with { type: "json" };
import revisionText from "./revision.txt" with { type: "text" };

export const VERSION = "0.1.0";
/** The Sveltos release whose behaviour it has. */
export const SVELTOS_RELEASE = "v1.13.0";

/** What each library is there for → its name among the imports of deno.json, which pin it. */
const LIBRARIES = {
  lua: "wasmoon",
  regex: "re2js",
  zones: "moment-timezone/data/",
  bcrypt: "bcryptjs",
  patches: "rfc6902",
  metrics: "prom-client",
} as const;

/** The custom kinds that it reads; their definitions must serve this version. */
const KINDS = ["EventSource", "EventTrigger", "SveltosCluster"];

/** For people: one line. */
export function versionText(): string {
  return `moonferry ${VERSION} (behaves as Sveltos event-manager ${SVELTOS_RELEASE})\n`;
}

/**
 * For machines: `version`, `revision` (the commit; absent where this is a working copy), `sveltos`, `deno`, `v8`,
 * `libraries` (name@version by purpose) and `kinds` (apiVersion and kind of the custom kinds that are read).
 */
export function versionDocument(): JsonObject {
  const revision = readRevision(revisionText);
  return {
    version: VERSION,
    ...(revision === undefined ? {} : { revision }),
    sveltos: SVELTOS_RELEASE,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    libraries: Object.fromEntries(
      Object.entries(LIBRARIES).map(([purpose, name]) => [purpose, pinned(config.imports[name])]),
    ),
    kinds: KINDS.map((kind) => ({ apiVersion: `${SVELTOS_GROUP}/${SVELTOS_VERSION}`, kind })),
  };
}

export function versionOutput(format: "table" | "json" | "yaml"): string {
  if (format === "table") return versionText();
  return format === "json" ? `${stringifyJson(versionDocument(), 2)}\n` : writeYaml(versionDocument());
}

/** Of a commit's archive or an image, which have the hash there; a working copy has git's placeholder. */
export function readRevision(text: string): string | undefined {
  const word = text.trim();
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(word) ? word : undefined;
}

/** `npm:/moment-timezone@0.6.6/data/` → `moment-timezone@0.6.6`. */
function pinned(specifier: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^/]+)/.exec(specifier)![1]!;
}
