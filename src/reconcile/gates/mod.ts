/**
 * The gates: each looks at one change and lets it pass or says why not, and what would let it. They never alter a change,
 * and none of them knows another.
 */
import type { KubeObject } from "../../api/object.ts";
import type { KubeconfigRelaxation } from "../payload.ts";
import type { Change, GateName } from "../plan.ts";
import { dryRunGate } from "./dry_run.ts";
import { kindsGate } from "./kinds.ts";
import { namespacesGate } from "./namespaces.ts";
import { ownershipGate } from "./ownership.ts";
import { payloadGate } from "./payload.ts";
import { suspendGate } from "./suspend.ts";

/** What the operator has allowed, by flag or by annotation on the trigger. */
export interface GateContext {
  readonly instance: string;
  /** Group-qualified kinds (`Secret`, `ClusterProfile.multicluster.x-k8s.io`) that may be written and deleted. */
  readonly allowedKinds: readonly string[];
  /** Namespaces that may be written to; undefined: all but Kubernetes' own. */
  readonly targetNamespaces?: readonly string[];
  readonly allowKubeconfig: readonly KubeconfigRelaxation[];
  readonly checkPayload: boolean;
  /** Take over foreign objects that a trigger wants. */
  readonly adopt: boolean;
  /** The world is a folder of files, where what is gone may have been moved or be half-written: nobody is seen to delete it. */
  readonly isFolder?: boolean;
  /** The hash of the plan that somebody has seen and agreed to, by flag; the trigger's annotation may name it as well. */
  readonly confirm?: string;
  /** The trigger's syncMode is DryRun. */
  readonly isDryRun?: boolean;
  /** The trigger itself, for its `suspend` annotation; absent where it is gone. */
  readonly triggerObject?: KubeObject;
}

export interface Verdict {
  readonly reason: string;
  readonly relax: string;
}

export interface Gate {
  readonly name: GateName;
  /** Undefined: the change may pass. */
  check(change: Change, context: GateContext): Verdict | undefined;
}

/**
 * In the order in which they are asked; the first that holds a change names the reason. `dry-run` comes last, so that a dry
 * run shows what the others would hold.
 */
export const gates: readonly Gate[] = [suspendGate, kindsGate, namespacesGate, ownershipGate, payloadGate, dryRunGate];
