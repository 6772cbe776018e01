// The oracle answers the cases of a file in ../cases with sprig and the functions that Sveltos adds, and writes them back. With
// the tag faketime its clock stands at 2009-11-10 23:00:00 UTC.
//
//	TZ=UTC go run -tags faketime . ../cases/strings.json
//	TZ=UTC go run . -names > ../names.json
//	TZ=UTC go run -tags faketime . -lines ../cases/data.json < templates.jsonl > answers.jsonl
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	goyaml "gopkg.in/yaml.v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	unstructuredjson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

type testCase struct {
	Template  string   `json:"template"`
	Want      *string  `json:"want,omitempty"`
	WantError *failure `json:"wantError,omitempty"`
}

type failure struct {
	Stage   string `json:"stage"`
	Message string `json:"message"`
}

type caseFile struct {
	About string     `json:"about"`
	Cases []testCase `json:"cases"`
}

type currentObject struct {
	Resource         map[string]any
	MatchingResource corev1.ObjectReference
	Cluster          map[string]any
}

var document struct{ Resource, Cluster json.RawMessage }

// data makes the data of a case anew: templates may change it.
func data() any {
	object := &currentObject{
		MatchingResource: corev1.ObjectReference{Kind: "Service", Namespace: "n", Name: "web", APIVersion: "v1"},
	}
	check(json.Unmarshal(document.Resource, &object.Resource))
	check(unstructuredjson.Unmarshal(document.Cluster, &object.Cluster))
	return object
}

var sveltosFunctions = map[string]any{
	"toYaml": func(v any) string { return orEmpty(yaml.Marshal(v)) },
	"fromYaml": func(s string) map[string]any {
		return mapFrom(s, func(b []byte, v any) error { return yaml.Unmarshal(b, v) })
	},
	"fromYamlArray":    func(s string) []any { return listFrom(s, func(b []byte, v any) error { return yaml.Unmarshal(b, v) }) },
	"toJson":           func(v any) string { return orEmpty(json.Marshal(v)) },
	"fromJson":         func(s string) map[string]any { return mapFrom(s, json.Unmarshal) },
	"fromJsonArray":    func(s string) []any { return listFrom(s, json.Unmarshal) },
	"toToml":           toToml,
	"fromToml":         func(s string) map[string]any { return mapFrom(s, toml.Unmarshal) },
	"getResource":      strip,
	"copy":             func(m map[string]any) string { return text(strip(m)) },
	"getField":         getField,
	"setField":         setField,
	"removeField":      removeField,
	"chainSetField":    chainSetField,
	"chainRemoveField": chainRemoveField,
}

func functions() template.FuncMap {
	table := sprig.FuncMap()
	maps.Copy(table, sveltosFunctions)
	return table
}

func orEmpty(output []byte, err error) string {
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(output), "\n")
}

func mapFrom(s string, unmarshal func([]byte, any) error) map[string]any {
	m := map[string]any{}
	if err := unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func listFrom(s string, unmarshal func([]byte, any) error) []any {
	l := []any{}
	if err := unmarshal([]byte(s), &l); err != nil {
		return []any{err.Error()}
	}
	return l
}

func toToml(v any) string {
	var output bytes.Buffer
	if err := toml.NewEncoder(&output).Encode(v); err != nil {
		return err.Error()
	}
	return output.String()
}

func strip(m map[string]any) map[string]any {
	var object unstructured.Unstructured
	object.SetUnstructuredContent(m)
	object.SetManagedFields(nil)
	object.SetResourceVersion("")
	object.SetUID("")
	return object.Object
}

func text(m map[string]any) string {
	object := unstructured.Unstructured{Object: m}
	return orEmpty(goyaml.Marshal(object.UnstructuredContent()))
}

func fields(path string) []string { return strings.Split(path, ".") }

func getField(m map[string]any, path string) any {
	value, found, err := unstructured.NestedFieldCopy(m, fields(path)...)
	if err != nil || !found {
		return ""
	}
	return value
}

func setField(m map[string]any, path string, value any) string {
	if unstructured.SetNestedField(m, value, fields(path)...) != nil {
		return ""
	}
	return text(strip(m))
}

func removeField(m map[string]any, path string) string {
	unstructured.RemoveNestedField(m, fields(path)...)
	return text(strip(m))
}

func chainSetField(m map[string]any, path string, value any) map[string]any {
	if unstructured.SetNestedField(m, value, fields(path)...) != nil {
		return nil
	}
	return m
}

func chainRemoveField(m map[string]any, path string) map[string]any {
	unstructured.RemoveNestedField(m, fields(path)...)
	return m
}

func (c *testCase) answer() {
	c.Want, c.WantError = nil, nil
	var output bytes.Buffer
	stage := "parse"
	parsed, err := template.New("oracle").Option("missingkey=error").Funcs(functions()).Parse(c.Template)
	if err == nil {
		stage, err = "execute", parsed.Execute(&output, data())
	}
	if err != nil {
		c.WantError = &failure{stage, err.Error()}
		return
	}
	result := output.String()
	c.Want = &result
}

func encode(value any) string {
	var output bytes.Buffer
	encoder := json.NewEncoder(&output)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return strings.TrimSpace(output.String())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func readData(path string) {
	content, err := os.ReadFile(path)
	check(err)
	check(json.Unmarshal(content, &document))
}

func main() {
	switch os.Args[1] {
	case "-names":
		fmt.Println(names())
	case "-lines":
		readData(os.Args[2])
		answerLines()
	default:
		answerFile(os.Args[1])
	}
}

func answerFile(path string) {
	readData(filepath.Join(filepath.Dir(path), "data.json"))
	content, err := os.ReadFile(path)
	check(err)
	var file caseFile
	check(json.Unmarshal(content, &file))
	lines := make([]string, len(file.Cases))
	for i := range file.Cases {
		file.Cases[i].answer()
		lines[i] = "    " + encode(file.Cases[i])
	}
	result := fmt.Sprintf("{\n  \"about\": %s,\n  \"cases\": [\n%s\n  ]\n}\n", encode(file.About), strings.Join(lines, ",\n"))
	check(os.WriteFile(path, []byte(result), 0o644))
}
