package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"io"
	"text/template"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	unstructuredjson "k8s.io/apimachinery/pkg/util/json"

	"moonferry/tests/template/functions/oracle/sveltos"
	"moonferry/tests/template/oracle/controllers"
)

type object = map[string]any

// templateCase is a template with its data. HTML asks for html/template, which Sveltos renders an eventSourceName with.
type templateCase struct {
	Template string
	Name     string
	HTML     bool
	Data     templateData
}

// templateData has the singular fields for the data of one match, any of the plural ones for all together, and the names of
// the cluster for an eventSourceName.
type templateData struct {
	Resource, CloudEvent          object
	Resources, CloudEvents        []object
	MatchingResource              *corev1.ObjectReference
	MatchingResources             []corev1.ObjectReference
	Cluster                       json.RawMessage
	ClusterNamespace, ClusterName *string
}

// templateAnswer renders the template of a case as Sveltos does.
func templateAnswer(line []byte) (answer map[string]any) {
	input := templateCase{Name: "oracle"}
	if err := json.Unmarshal(line, &input); err != nil {
		return map[string]any{"error": err.Error(), "stage": "data"}
	}
	stage := "parse"
	defer func() {
		if reason := recover(); reason != nil {
			answer = map[string]any{"error": fmt.Sprint(reason), "stage": stage, "panic": true}
		}
	}()
	var output bytes.Buffer
	parsed, err := input.parse()
	if err == nil {
		stage, err = "execute", parsed.Execute(&output, input.Data.value())
	}
	if err != nil {
		return map[string]any{"error": err.Error(), "stage": stage}
	}
	return map[string]any{"ok": true, "text": output.String()}
}

type executable interface {
	Execute(output io.Writer, data any) error
}

func (c templateCase) parse() (executable, error) {
	if c.HTML {
		return htmltemplate.New(c.Name).Option("missingkey=error").Funcs(sveltos.Functions()).Parse(c.Template)
	}
	return template.New(c.Name).Option("missingkey=error").Funcs(sveltos.Functions()).Parse(c.Template)
}

func (d templateData) value() any {
	// Sveltos reads the cluster as Kubernetes does, whole numbers as int64, and all else as encoding/json does.
	cluster := object{}
	if d.Cluster != nil {
		check(unstructuredjson.Unmarshal(d.Cluster, &cluster))
	}
	if d.ClusterName != nil || d.ClusterNamespace != nil {
		return struct {
			Cluster                       object
			ClusterNamespace, ClusterName string
		}{cluster, orEmpty(d.ClusterNamespace), orEmpty(d.ClusterName)}
	}
	if d.Resources == nil && d.MatchingResources == nil && d.CloudEvents == nil {
		reference := referenceTo(d.Resource)
		if d.MatchingResource != nil {
			reference = *d.MatchingResource
		}
		return controllers.One(reference, d.Resource, d.CloudEvent, cluster)
	}
	references := d.MatchingResources
	if references == nil {
		references = []corev1.ObjectReference{}
		for _, resource := range d.Resources {
			references = append(references, referenceTo(resource))
		}
	}
	resources := append([]object{}, d.Resources...)
	for range d.CloudEvents {
		resources = append(resources, nil)
	}
	return controllers.All(references, resources, append([]object{}, d.CloudEvents...), cluster)
}

func referenceTo(resource object) corev1.ObjectReference {
	named := unstructured.Unstructured{Object: resource}
	return corev1.ObjectReference{
		Kind:       named.GetKind(),
		APIVersion: named.GetAPIVersion(),
		Namespace:  named.GetNamespace(),
		Name:       named.GetName(),
	}
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
