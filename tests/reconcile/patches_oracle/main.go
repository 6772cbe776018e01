// The oracle answers the cases of ../cases/patches.json with kustomize, as Sveltos calls it, and writes them back.
//
//	go run .
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"
)

const path = "../cases/patches.json"

type target struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	Name               string `json:"name,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
}

type patch struct {
	Patch  string  `json:"patch"`
	Target *target `json:"target,omitempty"`
}

type testCase struct {
	Name      string         `json:"name"`
	Object    map[string]any `json:"object"`
	Patches   []patch        `json:"patches"`
	Want      map[string]any `json:"want,omitempty"`
	WantError string         `json:"wantError,omitempty"`
}

// matches is what Sveltos asks first: regular expressions, not anchored. kustomize then asks again, with its own rules.
func (t *target) matches(object map[string]any) bool {
	if t == nil {
		return true
	}
	text := func(keys ...string) string {
		var value any = object
		for _, key := range keys {
			value = value.(map[string]any)[key]
		}
		s, _ := value.(string)
		return s
	}
	group, version, found := strings.Cut(text("apiVersion"), "/")
	if !found {
		group, version = "", group
	}
	for pattern, value := range map[string]string{
		t.Group: group, t.Version: version, t.Kind: text("kind"), t.Namespace: text("metadata", "namespace"), t.Name: text("metadata", "name"),
	} {
		if pattern != "" && !regexp.MustCompile(pattern).MatchString(value) {
			return false
		}
	}
	return true
}

func exists(object map[string]any, pointer string) bool {
	var current any = object
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch value := current.(type) {
		case map[string]any:
			next, found := value[token]
			if !found {
				return false
			}
			current = next
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index < 0 || index >= len(value) {
				return false
			}
			current = value[index]
		default:
			return false
		}
	}
	return true
}

// withoutVain drops the removals of what is not there; false where no operation is left.
func withoutVain(p patch, object map[string]any) (patch, bool) {
	text := strings.TrimSpace(p.Patch)
	if !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "- ") {
		return p, true
	}
	var operations, kept []map[string]any
	if yaml.Unmarshal([]byte(text), &operations) != nil {
		return p, true
	}
	for _, operation := range operations {
		pointer, _ := operation["path"].(string)
		if operation["op"] != "remove" || exists(object, pointer) {
			kept = append(kept, operation)
		}
	}
	content, err := json.Marshal(kept)
	check(err)
	return patch{string(content), p.Target}, len(kept) > 0
}

func (c *testCase) answer() {
	c.Want, c.WantError = nil, ""
	kustomization := types.Kustomization{}
	kustomization.APIVersion, kustomization.Kind = types.KustomizationVersion, types.KustomizationKind
	kustomization.Resources = []string{"object.yaml"}
	for _, given := range c.Patches {
		if !given.Target.matches(c.Object) {
			continue
		}
		p, keep := withoutVain(given, c.Object)
		if !keep {
			continue
		}
		one := types.Patch{Patch: p.Patch}
		if t := p.Target; t != nil {
			one.Target = &types.Selector{
				ResId:         resid.ResId{Gvk: resid.Gvk{Group: t.Group, Version: t.Version, Kind: t.Kind}, Name: t.Name, Namespace: t.Namespace},
				LabelSelector: t.LabelSelector, AnnotationSelector: t.AnnotationSelector,
			}
		}
		kustomization.Patches = append(kustomization.Patches, one)
	}
	folder := filesys.MakeFsInMemory()
	object, err := yaml.Marshal(c.Object)
	check(err)
	check(folder.WriteFile("object.yaml", object))
	content, err := json.Marshal(kustomization)
	check(err)
	check(folder.WriteFile("kustomization.yaml", content))
	result, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(folder, ".")
	if err != nil {
		c.WantError = err.Error()
		return
	}
	text, err := result.AsYaml()
	check(err)
	check(yaml.Unmarshal(text, &c.Want))
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

func main() {
	content, err := os.ReadFile(path)
	check(err)
	var file struct {
		About string     `json:"about"`
		Cases []testCase `json:"cases"`
	}
	check(json.Unmarshal(content, &file))
	lines := make([]string, len(file.Cases))
	for i := range file.Cases {
		file.Cases[i].answer()
		lines[i] = "    " + encode(file.Cases[i])
	}
	text := "{\n  \"about\": " + encode(file.About) + ",\n  \"cases\": [\n" + strings.Join(lines, ",\n") + "\n  ]\n}\n"
	check(os.WriteFile(path, []byte(text), 0o644))
}
