// The oracle answers the cases of a file in ../cases with Go's own text/template and html/template, and writes them back.
//
//	go run . ../cases/exec.json
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"os"
	"strings"
	"text/template"

	corev1 "k8s.io/api/core/v1"
	unstructuredjson "k8s.io/apimachinery/pkg/util/json"

	"moonferry/tests/template/oracle/controllers"
)

const object = `{"apiVersion":"v1","kind":"X","metadata":{"name":"web","namespace":"team-a","labels":{"app":"web","a.b/c":"d"}},"spec":{"replicas":3,"ratio":2.5,"big":9007199254740993,"million":1000000,"huge":1e21,"tiny":1e-7,"neg":-5,"zero":0,"on":true,"off":false,"nil":null,"empty":"","emptyList":[],"emptyMap":{},"list":["b","a","c"],"nums":[3,1,2],"mixed":["x",1,null,true,{"k":"v"},[1,2]],"ports":[{"name":"http","port":80},{"name":"https","port":443}],"map":{"z":"1","a":"2","m":{"k":"v"}},"html":"<a href=\"x\">&'+</a>","uni":"ü€😀","tab":"a\tb\nc"}}`
const cluster = `{"kind":"SveltosCluster","metadata":{"name":"mgmt","generation":4,"labels":{"env":"fv"}},"spec":{"shard":7,"ratio":0.5,"whole":3.0}}`

type testCase struct {
	Name      string   `json:"name"`
	Template  string   `json:"template"`
	Data      string   `json:"data,omitempty"`
	HTML      bool     `json:"html,omitempty"`
	Tree      *string  `json:"tree,omitempty"`
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

// One function for each kind of parameter: ../support.ts has the same ones.
var functions = map[string]any{
	"upper": strings.ToUpper,
	"addf":  func(a, b float64) float64 { return a + b },
	"addi":  func(a, b int) int { return a + b },
	"sum64": func(numbers ...int64) int64 {
		var sum int64
		for _, next := range numbers {
			sum += next
		}
		return sum
	},
	"byte8": func(a uint8) uint8 { return a },
	"yes":   func(a bool) bool { return a },
	"keyed": func(m map[string]any, key string) any { return m[key] },
	"count": func(l []any) int { return len(l) },
	"join":  func(separator string, l []string) string { return strings.Join(l, separator) },
	"words": strings.Fields,
	"same":  func(a any) any { return a },
	"fail":  func(message string) (string, error) { return "", errors.New(message) },
	"list":  func(a ...any) []any { return a },
	"dict": func(a ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i+1 < len(a); i += 2 {
			m[fmt.Sprint(a[i])] = a[i+1]
		}
		return m
	},
	"put": func(m map[string]any, key string, value any) map[string]any {
		m[key] = value
		return m
	},
	"point":     func(x, y float64) controllers.Point { return controllers.Point{X: x, Y: y} },
	"pointTo":   func(x, y float64) *controllers.Point { return &controllers.Point{X: x, Y: y} },
	"takePoint": func(p controllers.Point) float64 { return p.X },
	"hexbytes": func(text string) string {
		var b []byte
		fmt.Sscanf(text, "%x", &b)
		return string(b)
	},
	"default": func(fallback any, values ...any) any {
		if len(values) == 0 || values[0] == nil || values[0] == "" {
			return fallback
		}
		return values[0]
	},
	"nothing": func() any { return nil },
}

// data makes the data of a case anew: templates may change it.
func data(kind string) any {
	var resource, source map[string]any
	check(json.Unmarshal([]byte(object), &resource))
	check(unstructuredjson.Unmarshal([]byte(cluster), &source))
	reference := corev1.ObjectReference{Kind: "Service", Namespace: "n", Name: "web", APIVersion: "v1"}
	switch kind {
	case "none":
		return controllers.One(reference, nil, nil, source)
	case "all":
		secret := corev1.ObjectReference{Kind: "Secret", Name: "s", APIVersion: "v1"}
		return controllers.All([]corev1.ObjectReference{reference, secret}, []map[string]any{resource, nil}, []map[string]any{}, source)
	}
	return controllers.One(reference, resource, nil, source)
}

func (c *testCase) answer() {
	c.Tree, c.Want, c.WantError = nil, nil, nil
	var output bytes.Buffer
	stage, err := "parse", error(nil)
	if c.HTML {
		var parsed *htmltemplate.Template
		parsed, err = htmltemplate.New("oracle").Option("missingkey=error").Funcs(functions).Parse(c.Template)
		if err == nil {
			stage, err = "execute", parsed.Execute(&output, data(c.Data))
		}
	} else {
		var parsed *template.Template
		parsed, err = template.New("oracle").Option("missingkey=error").Funcs(functions).Parse(c.Template)
		if err == nil {
			tree := parsed.Tree.Root.String()
			c.Tree = &tree
			stage, err = "execute", parsed.Execute(&output, data(c.Data))
		}
	}
	if err != nil {
		c.WantError = &failure{stage, err.Error()}
		return
	}
	text := output.String()
	c.Want = &text
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
	path := os.Args[1]
	content, err := os.ReadFile(path)
	check(err)
	var file caseFile
	check(json.Unmarshal(content, &file))
	lines := make([]string, len(file.Cases))
	for i := range file.Cases {
		file.Cases[i].answer()
		lines[i] = "    " + encode(file.Cases[i])
	}
	text := "{\n  \"about\": " + encode(file.About) + ",\n  \"cases\": [\n" + strings.Join(lines, ",\n") + "\n  ]\n}\n"
	check(os.WriteFile(path, []byte(text), 0o644))
}
