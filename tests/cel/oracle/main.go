// The oracle answers the cases of files in ../cases with cel-go, in the environment that Sveltos makes for a rule, and
// writes the answers back.
//
//	go run . ../cases/*.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/types"
	kubejson "k8s.io/apimachinery/pkg/util/json"
)

type testCase struct {
	Name string `json:"name,omitempty"`
	Rule string `json:"rule"`
	// On names one of the file's resources; the first where it is absent.
	On string `json:"on,omitempty"`
	// Type and Want are the value's type and its text as a CEL literal.
	Type      string   `json:"type,omitempty"`
	Want      string   `json:"want,omitempty"`
	WantError *failure `json:"wantError,omitempty"`
}

type failure struct {
	Stage string `json:"stage"`
	// Line and Column count from 1; absent where cel-go finds more than one mistake.
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

type resource struct {
	Name   string          `json:"name"`
	Object json.RawMessage `json:"object"`
}

type caseFile struct {
	About     string     `json:"about"`
	Resources []resource `json:"resources"`
	Cases     []testCase `json:"cases"`
}

func main() {
	env, err := cel.NewEnv(cel.Variable("resource", cel.DynType))
	check(err)
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		check(err)
		var file caseFile
		check(json.Unmarshal(text, &file))
		objects := map[string]any{}
		for index, resource := range file.Resources {
			var object any
			check(kubejson.Unmarshal(resource.Object, &object))
			objects[resource.Name] = object
			if index == 0 {
				objects[""] = object
			}
		}
		for index := range file.Cases {
			answer(env, &file.Cases[index], objects)
		}
		check(os.WriteFile(path, encode(file), 0o644))
	}
}

func answer(env *cel.Env, c *testCase, objects map[string]any) {
	c.Type, c.Want, c.WantError = "", "", nil
	parsed, issues := env.Parse(c.Rule)
	if issues.Err() != nil {
		c.WantError = fail("parse", issues.Err(), issues.Errors())
		return
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		c.WantError = fail("check", issues.Err(), issues.Errors())
		return
	}
	program, err := env.Program(checked)
	if err != nil {
		c.WantError = fail("program", err, nil)
		return
	}
	value, _, err := program.Eval(map[string]any{"resource": objects[c.On]})
	if err != nil {
		c.WantError = fail("evaluate", err, nil)
		return
	}
	c.Type, c.Want = value.Type().TypeName(), types.Format(value)
}

var quotedAddress = regexp.MustCompile(`0x[0-9a-f]{6,}`)

func fail(stage string, err error, errors []*common.Error) *failure {
	message := err.Error()
	f := &failure{Stage: stage}
	if len(errors) > 0 {
		message = errors[0].Message
	}
	if len(errors) == 1 && errors[0].Location.Line() > 0 {
		f.Line = errors[0].Location.Line()
		f.Column = errors[0].Location.Column() + 1
	}
	f.Message = quotedAddress.ReplaceAllString(strings.SplitN(message, "\n", 2)[0], "0xADDR")
	return f
}

// One case a line, so that a change of one is a change of one line.
func encode(file caseFile) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"about\": %s,\n  \"resources\": [\n", strconv.Quote(file.About))
	for index, resource := range file.Resources {
		fmt.Fprintf(&out, "    %s%s\n", compact(resource), comma(index, len(file.Resources)))
	}
	out.WriteString("  ],\n  \"cases\": [\n")
	for index, c := range file.Cases {
		fmt.Fprintf(&out, "    %s%s\n", compact(c), comma(index, len(file.Cases)))
	}
	out.WriteString("  ]\n}\n")
	return out.Bytes()
}

func compact(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return strings.TrimSpace(out.String())
}

func comma(index, length int) string {
	if index == length-1 {
		return ""
	}
	return ","
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
