// The oracle answers the cases of a file in ../cases with sigs.k8s.io/yaml, go-yaml v3 and apimachinery's stream decoder,
// and writes them back.
//
//	go run . ../cases/read.json
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	goyaml "gopkg.in/yaml.v3"
	streamyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A case of one of the three files; what isn't asked stays empty.
type testCase struct {
	Text      *string         `json:"text,omitempty"`
	Rendered  *string         `json:"rendered,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
	Want      json.RawMessage `json:"want,omitempty"`
	Sigs      *string         `json:"sigs,omitempty"`
	V3        *string         `json:"v3,omitempty"`
	WantError string          `json:"wantError,omitempty"`
}

type caseFile struct {
	About string     `json:"about"`
	Cases []testCase `json:"cases"`
}

func (c *testCase) answer() {
	c.Want, c.Sigs, c.V3, c.WantError = nil, nil, nil, ""
	var err error
	switch {
	case c.Text != nil:
		c.Want, err = read(*c.Text)
	case c.Rendered != nil:
		c.Want, err = split(*c.Rendered)
	default:
		c.Sigs, c.V3, err = write(c.Value)
	}
	if err != nil {
		c.WantError = err.Error()
	}
}

func read(text string) (answer json.RawMessage, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	return yaml.YAMLToJSON([]byte(text))
}

// write has numbers as Kubernetes has them: int64 where they are written as integers, else float64.
func write(value json.RawMessage) (sigs, v3 *string, err error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	check(decoder.Decode(&decoded))
	decoded = numbers(decoded)
	text, err := goyaml.Marshal(decoded)
	check(err)
	asText := string(text)
	v3 = &asText
	if text, err = yaml.Marshal(decoded); err != nil {
		return nil, v3, err
	}
	inSigs := string(text)
	return &inSigs, v3, nil
}

func numbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if integer, err := value.Int64(); err == nil {
			return integer
		}
		float, err := value.Float64()
		check(err)
		return float
	case map[string]any:
		for key, inner := range value {
			value[key] = numbers(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = numbers(inner)
		}
	}
	return value
}

var (
	commentLine = regexp.MustCompile(`(?m)^\s*#([^#].*?)$`)
	blankLine   = regexp.MustCompile(`(?m)^\s*$`)
)

// split does the steps of libsveltos from a rendered text to objects: CustomSplit, then a map for each document.
func split(text string) (json.RawMessage, error) {
	objects := []map[string]any{}
	documents, err := documentsOf(text)
	if err != nil {
		return nil, err
	}
	for _, document := range documents {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return json.Marshal(objects)
}

func documentsOf(text string) ([]string, error) {
	if blankLine.ReplaceAllString(commentLine.ReplaceAllString(text, ""), "") == "" {
		return nil, nil
	}
	documents := []string{text}
	if strings.Contains(text, "---") {
		var err error
		if documents, err = streamOf(text); err != nil {
			return nil, err
		}
	}
	var expanded []string
	for _, document := range documents {
		var texts []string
		isList := strings.HasPrefix(strings.TrimSpace(document), "-")
		if isList && yaml.Unmarshal([]byte(document), &texts) == nil && len(texts) > 0 {
			expanded = append(expanded, texts...)
		} else {
			expanded = append(expanded, document)
		}
	}
	return expanded, nil
}

func streamOf(text string) ([]string, error) {
	var documents []string
	decoder := streamyaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		document, err := yaml.Marshal(value)
		if err != nil {
			return nil, err
		}
		documents = append(documents, string(document))
	}
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
