/**
 * The marks by which an object is known as ours: labels and annotations under `moonferry.dev` (public names, fixed from
 * the first release). Marks must agree with each other; a single one proves nothing.
 */
import { createHash } from "node:crypto";
import { annotationsOf, inOneLine, type KubeObject, labelsOf } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import { decodeOrigin, encodeOrigin, type Origin } from "./origin.ts";

export const DOMAIN = "moonferry.dev";
export const FIELD_MANAGER = "moonferry";
export const DEFAULT_INSTANCE = "moonferry";
export const INSTANCE_LABEL = `${DOMAIN}/instance`;
export const TRIGGER_LABEL = `${DOMAIN}/trigger`;
export const TRIGGER_ANNOTATION = `${DOMAIN}/trigger`;
export const ORIGIN_ANNOTATION = `${DOMAIN}/origin`;
export const ON_STOP_ANNOTATION = `${DOMAIN}/on-stop`;
/** Which step of its match an output is, where it is not the first: what comes later is withdrawn earlier. */
export const STEP_ANNOTATION = `${DOMAIN}/step`;
/** Only on objects whose drift is ignored: the hash of what was written last. */
export const CONTENT_ANNOTATION = `${DOMAIN}/content`;
/** Only on outputs whose Cluster is paused, or was when it vanished: which one. */
export const PAUSED_ANNOTATION = `${DOMAIN}/paused`;
export const SUSPEND_ANNOTATION = `${DOMAIN}/suspend`;
export const ADOPT_ANNOTATION = `${DOMAIN}/adopt`;
export const CONFIRM_ANNOTATION = `${DOMAIN}/confirm`;

/** What becomes of an output when nothing asks for it any more. */
export type OnStop = "withdraw" | "leave";

/** What a trigger says of it, whatever else it says; undefined where it says nothing that is known. */
export function onStopOf(trigger: KubeObject): OnStop | undefined {
  const behavior = fieldAt(trigger, "spec", "stopMatchingBehavior") ?? "";
  if (behavior === "LeavePolicies") return "leave";
  return behavior === "" || behavior === "WithdrawPolicies" ? "withdraw" : undefined;
}

/** The last one asked for: thousands of outputs in a row are of one trigger. */
let lastLabel = { trigger: "", value: "" };

/** The value of the trigger label: a letter and base32 of the SHA-256 of the name, cut to 32 characters in all. */
export function triggerLabelValue(trigger: string): string {
  if (lastLabel.trigger !== trigger || lastLabel.value === "") {
    lastLabel = { trigger, value: ("t" + base32(createHash("sha256").update(trigger).digest())).slice(0, 32) };
  }
  return lastLabel.value;
}

function base32(bytes: Uint8Array): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  let bits = 0, value = 0, text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return text;
}

/** The object with our marks added to its own labels and annotations. */
export function addMarks(
  object: KubeObject,
  instance: string,
  origin: Origin,
  onStop: OnStop,
  step = 0,
): KubeObject {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...labelsOf(object),
        [INSTANCE_LABEL]: instance,
        [TRIGGER_LABEL]: triggerLabelValue(origin.trigger),
      },
      annotations: {
        ...annotationsOf(object),
        [TRIGGER_ANNOTATION]: origin.trigger,
        [ORIGIN_ANNOTATION]: encodeOrigin(origin),
        [ON_STOP_ANNOTATION]: onStop,
        ...(step > 0 ? { [STEP_ANNOTATION]: String(step) } : {}),
      },
    },
  };
}

/** What the marks of a live object say. */
export interface Ownership {
  readonly instance: string;
  readonly trigger: string;
  readonly origin: Origin;
  readonly onStop: OnStop;
  readonly step: number;
}

/** What was read already: a pass asks several times for the marks of each object, and no object is ever changed. */
const known = new WeakMap<KubeObject, Ownership | "broken" | "none">();

/**
 * Reads the marks: an {@link Ownership} where instance, trigger and origin are all there and agree, `"broken"` where some
 * are there but don't, undefined where there are none.
 */
export function readMarks(object: KubeObject): Ownership | "broken" | undefined {
  let marks = known.get(object);
  if (marks === undefined) known.set(object, marks = marksIn(object) ?? "none");
  return marks === "none" ? undefined : marks;
}

function marksIn(object: KubeObject): Ownership | "broken" | undefined {
  const labels = labelsOf(object), annotations = annotationsOf(object);
  const instance = labels[INSTANCE_LABEL], label = labels[TRIGGER_LABEL];
  const trigger = annotations[TRIGGER_ANNOTATION], originText = annotations[ORIGIN_ANNOTATION];
  if ([instance, label, trigger, originText].every((mark) => mark === undefined)) return undefined;
  if (!instance || !label || !trigger || !originText) return "broken";
  const origin = decodeOrigin(trigger, originText);
  if (!origin || label !== triggerLabelValue(trigger) || inOneLine(trigger) !== trigger) return "broken";
  const onStop = annotations[ON_STOP_ANNOTATION] === "leave" ? "leave" : "withdraw";
  const step = annotations[STEP_ANNOTATION] ?? "";
  return { instance, trigger, origin, onStop, step: /^[0-9]{1,9}$/.test(step) ? Number(step) : 0 };
}

/** True where a label or annotation key is ours to set: templates may not. People may set suspend, adopt and confirm. */
export function isReservedKey(key: string): boolean {
  return key.startsWith(`${DOMAIN}/`) && ![SUSPEND_ANNOTATION, ADOPT_ANNOTATION].includes(key);
}
