// Package sveltos has the functions that Sveltos gives templates.
package sveltos

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	goyaml "gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

var added = map[string]any{
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

// Functions is a new table of sprig's functions and those that Sveltos adds.
func Functions() template.FuncMap {
	table := sprig.FuncMap()
	maps.Copy(table, added)
	return table
}

// Names are the names of the functions that Sveltos adds, sorted.
func Names() []string { return slices.Sorted(maps.Keys(added)) }

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

// SecondStageFunctions is a new table of the functions of the second rendering, which name a resource by its identifier.
func SecondStageFunctions(resources map[string]map[string]any) template.FuncMap {
	table := Functions()
	sigsText := func(m map[string]any) string {
		object := unstructured.Unstructured{Object: strip(m)}
		return orEmpty(yaml.Marshal(object.UnstructuredContent()))
	}
	table["getResource"] = func(id string) map[string]any {
		if m, ok := resources[id]; ok {
			return strip(m)
		}
		return nil
	}
	table["copy"] = func(id string) string {
		if m, ok := resources[id]; ok {
			return sigsText(m)
		}
		return ""
	}
	table["getField"] = func(id, path string) any {
		if m, ok := resources[id]; ok {
			return getField(m, path)
		}
		return ""
	}
	table["setField"] = func(id, path string, value any) string {
		m, ok := resources[id]
		if !ok || unstructured.SetNestedField(m, value, fields(path)...) != nil {
			return ""
		}
		return sigsText(m)
	}
	table["removeField"] = func(id, path string) string {
		m, ok := resources[id]
		if !ok {
			return ""
		}
		unstructured.RemoveNestedField(m, fields(path)...)
		return sigsText(m)
	}
	return table
}
