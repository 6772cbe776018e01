/** Kinds that everybody knows, by group: a kind of such a group that is nearly one of them is one that was misspelt. */
import { closestWord } from "./edit_distance.ts";

const KINDS: Readonly<Record<string, readonly string[]>> = {
  "": [
    ...["ConfigMap", "Endpoints", "Event", "LimitRange", "Namespace", "Node", "PersistentVolume"],
    ...["PersistentVolumeClaim", "Pod", "PodTemplate", "ReplicationController", "ResourceQuota", "Secret", "Service"],
    "ServiceAccount",
  ],
  "cluster.x-k8s.io": [
    ...["Cluster", "ClusterClass", "Machine", "MachineDeployment", "MachineDrainRule", "MachineHealthCheck"],
    ...["MachinePool", "MachineSet"],
  ],
  "lib.projectsveltos.io": [
    ...[
      "AccessRequest",
      "Classifier",
      "ClassifierReport",
      "ClusterHealthCheck",
      "ClusterSet",
      "DebuggingConfiguration",
    ],
    ...["EventReport", "EventSource", "EventTrigger", "HealthCheck", "HealthCheckReport", "Reloader", "ReloaderReport"],
    ...["ResourceSummary", "RoleRequest", "Set", "SveltosCluster", "SveltosLicense", "Techsupport"],
  ],
};

/** The kind of the group that is meant; undefined for a kind that is known, or is like none, or of another group. */
export function meantKind(group: string, kind: string): string | undefined {
  const known = Object.hasOwn(KINDS, group) ? KINDS[group]! : [];
  return known.includes(kind) ? undefined : closestWord(kind, known);
}
