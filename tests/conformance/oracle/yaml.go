package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	goyaml "gopkg.in/yaml.v3"
	"sigs.k8s.io/yaml"
)

// readYAML answers what sigs.k8s.io/yaml makes of a text, as the JSON that it goes on with.
func readYAML(line []byte) map[string]any {
	var input struct{ Text string }
	check(json.Unmarshal(line, &input))
	return recovered(func() map[string]any {
		value, err := yaml.YAMLToJSON([]byte(input.Text))
		if err != nil {
			return failed(err)
		}
		return map[string]any{"ok": true, "value": json.RawMessage(value)}
	})
}

// writeYAML answers with what sigs.k8s.io/yaml writes.
func writeYAML(line []byte) map[string]any { return written(line, yaml.Marshal) }

// writeYAMLv3 answers with what go-yaml v3 writes, as Sveltos's copy, setField and removeField do.
func writeYAMLv3(line []byte) map[string]any { return written(line, goyaml.Marshal) }

func written(line []byte, marshal func(any) ([]byte, error)) map[string]any {
	var input struct{ Value json.RawMessage }
	check(json.Unmarshal(line, &input))
	return recovered(func() map[string]any {
		text, err := marshal(kubernetesValue(input.Value))
		if err != nil {
			return failed(err)
		}
		return map[string]any{"ok": true, "text": string(text)}
	})
}

// kubernetesValue has numbers as Kubernetes has them: int64 where they are written as integers that fit, else float64.
func kubernetesValue(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	check(decoder.Decode(&value))
	return withNumbers(value)
}

func withNumbers(value any) any {
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
			value[key] = withNumbers(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = withNumbers(inner)
		}
	}
	return value
}

// recovered turns a panic of the original into an error of the case.
func recovered(answer func() map[string]any) (result map[string]any) {
	defer func() {
		if reason := recover(); reason != nil {
			result = map[string]any{"error": fmt.Sprintf("panic: %v", reason), "panic": true}
		}
	}()
	return answer()
}

func failed(err error) map[string]any { return map[string]any{"error": err.Error()} }
