// The oracle answers the label selectors of ../cases/label_selector.json with k8s.io/apimachinery, and writes the answers
// back.
//
//	go run . ../cases/label_selector.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

type requirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

type parseCase struct {
	Selector string `json:"selector"`
	// Want is absent where apimachinery refuses the selector.
	Want *[]requirement `json:"want,omitempty"`
	// Matches are the indexes of the file's label sets that the selector matches.
	Matches   []int  `json:"matches,omitempty"`
	WantError string `json:"wantError,omitempty"`
}

type formatCase struct {
	Selector  json.RawMessage `json:"selector"`
	Want      *string         `json:"want,omitempty"`
	WantError string          `json:"wantError,omitempty"`
}

type caseFile struct {
	About  string              `json:"about"`
	Labels []map[string]string `json:"labels"`
	Parse  []parseCase         `json:"parse"`
	Format []formatCase        `json:"format"`
}

var operators = map[selection.Operator]string{
	selection.In:           "in",
	selection.Equals:       "in",
	selection.DoubleEquals: "in",
	selection.NotIn:        "notin",
	selection.NotEquals:    "notin",
	selection.Exists:       "exists",
	selection.DoesNotExist: "!",
	selection.GreaterThan:  ">",
	selection.LessThan:     "<",
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var file caseFile
	check(json.Unmarshal(text, &file))
	for index := range file.Parse {
		answerParse(&file.Parse[index], file.Labels)
	}
	for index := range file.Format {
		answerFormat(&file.Format[index])
	}
	check(os.WriteFile(os.Args[1], encode(file), 0o644))
}

func answerParse(c *parseCase, sets []map[string]string) {
	c.Want, c.Matches, c.WantError = nil, nil, ""
	requirements, err := labels.ParseToRequirements(c.Selector)
	if err != nil {
		c.WantError = strings.SplitN(err.Error(), "\n", 2)[0]
		return
	}
	want := []requirement{}
	for _, r := range requirements {
		values := r.Values().List()
		sort.Strings(values)
		want = append(want, requirement{Key: r.Key(), Operator: operators[r.Operator()], Values: values})
	}
	c.Want = &want
	selector, err := labels.Parse(c.Selector)
	check(err)
	for index, set := range sets {
		if selector.Matches(labels.Set(set)) {
			c.Matches = append(c.Matches, index)
		}
	}
}

func answerFormat(c *formatCase) {
	c.Want, c.WantError = nil, ""
	var selector metav1.LabelSelector
	decoder := json.NewDecoder(bytes.NewReader(c.Selector))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&selector); err != nil {
		c.WantError = err.Error()
		return
	}
	parsed, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		c.WantError = strings.SplitN(err.Error(), "\n", 2)[0]
		return
	}
	want := parsed.String()
	c.Want = &want
}

// One case a line, so that a change of one is a change of one line.
func encode(file caseFile) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"about\": %s,\n", compact(file.About))
	writeList(&out, "labels", file.Labels, ",")
	writeList(&out, "parse", file.Parse, ",")
	writeList(&out, "format", file.Format, "")
	out.WriteString("}\n")
	return out.Bytes()
}

func writeList[T any](out *bytes.Buffer, name string, items []T, after string) {
	fmt.Fprintf(out, "  %q: [\n", name)
	for index, item := range items {
		comma := ","
		if index == len(items)-1 {
			comma = ""
		}
		fmt.Fprintf(out, "    %s%s\n", compact(item), comma)
	}
	fmt.Fprintf(out, "  ]%s\n", after)
}

func compact(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return strings.TrimSpace(out.String())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
