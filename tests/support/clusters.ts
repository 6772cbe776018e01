/** Clusters of Cluster API as an EventSource selects them, and a template over all of them. */
import type { KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";

/** `resourceSelectors` that select all Clusters. */
export const CLUSTERS = [{ group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" }];

/** A Cluster `in/NAME`. */
export const cluster = (name: string, spec: JsonObject = {}): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "in", name },
  spec: { v: "1", ...spec },
});

/** As marks and keys name it. */
export const CLUSTER = (name: string) => `Cluster.cluster.x-k8s.io in/${name}`;

/** For `oneForEvent: false`: gives Secret `out-NAME` for each Cluster. */
export const TOGETHER = `{{ range .Resources }}apiVersion: v1
kind: Secret
metadata: { name: "out-{{ .metadata.name }}", namespace: in }
stringData: { v: {{ .spec.v | quote }} }
---
{{ end }}`;
