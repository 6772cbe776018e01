// Package controllers has the data of Sveltos's second rendering under the name that its errors print.
package controllers

type currentClusterObjects struct {
	Cluster                map[string]any
	KubeadmControlPlane    map[string]any
	InfrastructureProvider map[string]any
	MgmtResources          map[string]map[string]any
}

// NewClusterObjects is the data for a cluster that is none of Cluster API's.
func NewClusterObjects(cluster map[string]any, resources map[string]map[string]any) any {
	return &currentClusterObjects{Cluster: cluster, MgmtResources: resources}
}
