/**
 * What a redactor leaves alone although it may stand in a Secret, too: the words of forms and messages, without which nobody
 * could read a message, and the texts of objects that are no Secrets and say what to do.
 */
import { annotationsOf, groupOf, type KubeObject } from "../api/object.ts";
import { INSTANTIATE_ANNOTATION, SECOND_STAGE_ANNOTATION } from "./references.ts";

/** Words of eight letters and more: of kubeconfigs and manifests, and of our own messages. */
export const PUBLIC_WORDS = [
  "apiVersion kubeconfig current-context clusters contexts certificate-authority-data client-certificate-data",
  "client-key-data preferences extensions kubernetes kubernetes-admin auth-provider metadata namespace namespaces",
  "tokenFile insecure-skip-tls-verify",
  "annotations labels matchLabels matchExpressions resourceVersion creationTimestamp deletionTimestamp managedFields",
  "ownerReferences finalizers generation ConfigMap ConfigMaps CustomResourceDefinition ClusterProfile ClusterSet",
  "EventSource EventSources EventTrigger EventTriggers SveltosCluster moonferry.dev Moonferry projectsveltos",
  "resourceSelectors aggregatedSelection evaluateCEL collectResources labelFilters templateResourceRefs policyRefs",
  "sourceClusterSelector destinationClusterSelector destinationCluster oneForEvent eventSourceName driftExclusions",
  "configMapGenerator secretGenerator stopMatchingBehavior LeavePolicies WithdrawPolicies subresources subresource",
  "MatchingResource MatchingResources Resource Resources resource resources function functions template templates",
  "document documents variable expression character characters operator operation operations argument arguments",
  "parameter parameters statement identifier selector selectors selection certificate certificates password username",
  "expected unexpected supported unsupported required reserved optional rendered annotate annotation reference",
  "references management destination instance interface condition conditions returned evaluate evaluation signature",
  "timestamp duration undefined describe contains elements comparison constraint connection directive indentation",
  "whitespace sequence multiline attempt to index a nil value field cannot perform bad argument number expected",
  "incompatible types for comparison error calling map has no entry for key aggregate kind: Config",
].join(" ");

const SVELTOS_GROUP = "lib.projectsveltos.io";

/** Whether all that the object says may be shown: it tells what to do, and is no Secret. */
export function isPublicText(object: KubeObject): boolean {
  return object.kind !== "Secret" && (groupOf(object.apiVersion) === SVELTOS_GROUP || isTemplateObject(object));
}

/** Whether the object is a template. */
export function isTemplateObject(object: KubeObject): boolean {
  const annotations = annotationsOf(object);
  return INSTANTIATE_ANNOTATION in annotations || SECOND_STAGE_ANNOTATION in annotations;
}
