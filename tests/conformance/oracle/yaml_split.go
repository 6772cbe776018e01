package main

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"

	streamyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// splitYAML answers with the objects of a rendered text. Sveltos's own part is restated here over apimachinery's and
// sigs.k8s.io/yaml's, since its module isn't to be had; each text that it cuts out is read into a map.
func splitYAML(line []byte) map[string]any {
	var input struct{ Text string }
	check(json.Unmarshal(line, &input))
	return recovered(func() map[string]any {
		documents := []any{}
		sections, err := sectionsOf(input.Text)
		if err != nil {
			return failed(err)
		}
		for _, section := range sections {
			var object map[string]any
			if err := yaml.Unmarshal([]byte(section), &object); err != nil {
				return failed(err)
			}
			documents = append(documents, object)
		}
		return map[string]any{"ok": true, "documents": documents}
	})
}

var (
	commentLines = regexp.MustCompile(`(?m)^\s*#([^#].*?)$`)
	blankLines   = regexp.MustCompile(`(?m)^\s*$`)
)

// sectionsOf cuts a text into those of its documents.
func sectionsOf(text string) ([]string, error) {
	if blankLines.ReplaceAllString(commentLines.ReplaceAllString(text, ""), "") == "" {
		return nil, nil
	}
	sections := []string{text}
	if strings.Contains(text, "---") {
		var err error
		if sections, err = streamOf(text); err != nil {
			return nil, err
		}
	}
	var all []string
	for _, section := range sections {
		if listed := textsOf(section); len(listed) > 0 {
			all = append(all, listed...)
		} else {
			all = append(all, section)
		}
	}
	return all, nil
}

// streamOf writes each document of a stream anew, those that are null left out.
func streamOf(text string) (sections []string, err error) {
	for decoder := streamyaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096); ; {
		var value any
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			return sections, nil
		} else if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		section, err := yaml.Marshal(value)
		if err != nil {
			return nil, err
		}
		sections = append(sections, string(section))
	}
}

// textsOf gives the items of a section that is a list of texts.
func textsOf(section string) (texts []string) {
	if !strings.HasPrefix(strings.TrimSpace(section), "-") {
		return nil
	}
	if err := yaml.Unmarshal([]byte(section), &texts); err != nil {
		return nil
	}
	return texts
}
