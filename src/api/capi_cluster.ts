/** The Clusters of Cluster API, as far as their pauses are concerned. */
import { fieldAt } from "../json/json.ts";
import { annotationsOf, groupOf, type KubeObject } from "./object.ts";

const CAPI_GROUP = "cluster.x-k8s.io";
const CAPI_PAUSED = "cluster.x-k8s.io/paused";

export function isCluster(object: KubeObject): boolean {
  return object.kind === "Cluster" && groupOf(object.apiVersion) === CAPI_GROUP;
}

export function isPaused(cluster: KubeObject): boolean {
  return fieldAt(cluster, "spec", "paused") === true || annotationsOf(cluster)[CAPI_PAUSED] !== undefined;
}
