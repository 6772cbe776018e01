/** Rights that are dangerous in the hands of whoever takes Moonferry's token, where nothing that it does needs them. */

export interface Danger {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resources: readonly string[];
  /** What one could do with it. */
  readonly what: string;
  /** Means something only where it is for all namespaces. */
  readonly isClusterScoped?: boolean;
}

const WRITES = ["create", "update", "patch", "delete", "deletecollection"];
const MAKES = ["create", "update", "patch"];
const RBAC = "rbac.authorization.k8s.io";

export const DANGERS: readonly Danger[] = [
  { verbs: ["get", "list", "watch"], group: "", resources: ["secrets"], what: "reads Secrets" },
  { verbs: WRITES, group: "", resources: ["secrets"], what: "replaces or removes credentials" },
  {
    verbs: ["impersonate"],
    group: "",
    resources: ["users", "groups", "serviceaccounts"],
    what: "acts as anybody",
    isClusterScoped: true,
  },
  { verbs: ["create"], group: "", resources: ["serviceaccounts/token"], what: "takes any ServiceAccount's token" },
  {
    verbs: [...MAKES, "bind", "escalate"],
    group: RBAC,
    resources: ["roles", "rolebindings"],
    what: "gives itself rights",
  },
  {
    verbs: [...MAKES, "bind", "escalate"],
    group: RBAC,
    resources: ["clusterroles", "clusterrolebindings"],
    what: "gives itself rights everywhere",
    isClusterScoped: true,
  },
  { verbs: MAKES, group: "", resources: ["pods", "replicationcontrollers"], what: "starts programs beside any Secret" },
  {
    verbs: MAKES,
    group: "apps",
    resources: ["deployments", "daemonsets", "statefulsets", "replicasets"],
    what: "starts programs beside any Secret",
  },
  { verbs: MAKES, group: "batch", resources: ["jobs", "cronjobs"], what: "starts programs beside any Secret" },
  {
    verbs: ["get", ...MAKES],
    group: "",
    resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "pods/ephemeralcontainers"],
    what: "gets into running Pods",
  },
  {
    verbs: ["get", ...MAKES],
    group: "",
    resources: ["nodes/proxy"],
    what: "gets into every Pod by way of its node",
    isClusterScoped: true,
  },
  {
    verbs: MAKES,
    group: "",
    resources: ["persistentvolumes"],
    what: "reaches the nodes' files",
    isClusterScoped: true,
  },
  {
    verbs: WRITES,
    group: "",
    resources: ["namespaces"],
    what: "makes any namespace a consumer, or removes it",
    isClusterScoped: true,
  },
  {
    verbs: WRITES,
    group: "lib.projectsveltos.io",
    resources: ["eventsources", "eventtriggers"],
    what: "changes what Moonferry itself reads and writes",
    isClusterScoped: true,
  },
  { verbs: WRITES, group: "", resources: ["configmaps"], what: "changes the templates that credentials are made with" },
  {
    verbs: WRITES,
    group: "apiextensions.k8s.io",
    resources: ["customresourcedefinitions"],
    what: "removes kinds with all their objects",
    isClusterScoped: true,
  },
  {
    verbs: WRITES,
    group: "admissionregistration.k8s.io",
    resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations", "mutatingadmissionpolicies"],
    what: "sees and changes what everybody writes",
    isClusterScoped: true,
  },
  {
    verbs: ["update", "patch"],
    group: "certificates.k8s.io",
    resources: ["certificatesigningrequests/approval"],
    what: "has certificates of any name signed",
    isClusterScoped: true,
  },
];
