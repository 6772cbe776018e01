// The oracle answers the cases of a file with sprig and the functions that Sveltos adds, and writes them back. With
// the tag faketime its clock stands at 2009-11-10 23:00:00 UTC.
//
//	TZ=UTC go run -tags faketime . ../cases/strings.json
//	TZ=UTC go run -tags faketime . ../certificates/made_by_go.json
//	TZ=UTC go run . -names > ../names.json
//	TZ=UTC go run -tags faketime . -lines ../cases/data.json < templates.jsonl > answers.jsonl
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	corev1 "k8s.io/api/core/v1"
	unstructuredjson "k8s.io/apimachinery/pkg/util/json"

	"moonferry/tests/template/functions/oracle/controllers"
	"moonferry/tests/template/functions/oracle/sveltos"
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

var document struct{ Resource, Cluster, Credentials json.RawMessage }

// data makes the data of a case anew: templates may change it.
func data() any {
	object := &currentObject{
		MatchingResource: corev1.ObjectReference{Kind: "Service", Namespace: "n", Name: "web", APIVersion: "v1"},
	}
	check(json.Unmarshal(document.Resource, &object.Resource))
	check(unstructuredjson.Unmarshal(document.Cluster, &object.Cluster))
	return object
}

// secondStage is the data and the functions of Sveltos's second rendering, made anew.
func secondStage() (any, template.FuncMap) {
	var cluster, web, credentials map[string]any
	check(unstructuredjson.Unmarshal(document.Cluster, &cluster))
	check(unstructuredjson.Unmarshal(document.Resource, &web))
	check(unstructuredjson.Unmarshal(document.Credentials, &credentials))
	resources := map[string]map[string]any{"Web": web, "Credentials": credentials}
	return controllers.NewClusterObjects(cluster, resources), sveltos.SecondStageFunctions(resources)
}

func (c *testCase) answer(second bool) {
	c.Want, c.WantError = nil, nil
	var output bytes.Buffer
	values, functions := data(), sveltos.Functions()
	if second {
		values, functions = secondStage()
	}
	stage := "parse"
	parsed, err := template.New("oracle").Option("missingkey=error").Funcs(functions).Parse(c.Template)
	if err == nil {
		stage, err = "execute", parsed.Execute(&output, values)
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
	readData("../cases/data.json")
	content, err := os.ReadFile(path)
	check(err)
	var file caseFile
	check(json.Unmarshal(content, &file))
	lines := make([]string, len(file.Cases))
	for i := range file.Cases {
		file.Cases[i].answer(strings.HasPrefix(filepath.Base(path), "second_stage"))
		lines[i] = "    " + encode(file.Cases[i])
	}
	result := fmt.Sprintf("{\n  \"about\": %s,\n  \"cases\": [\n%s\n  ]\n}\n", encode(file.About), strings.Join(lines, ",\n"))
	check(os.WriteFile(path, []byte(result), 0o644))
}
