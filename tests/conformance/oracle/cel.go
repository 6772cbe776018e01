package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	kubejson "sigs.k8s.io/json"
)

type celRule struct{ Name, Rule string }

type celCase struct {
	Rules    []celRule
	Resource json.RawMessage
	// Values asks what each rule computes, besides whether it holds.
	Values bool
}

// celEvaluator answers cases in the environment that Sveltos makes for a rule.
func celEvaluator() func(line []byte) map[string]any {
	env, err := cel.NewEnv(cel.Variable("resource", cel.DynType))
	check(err)
	return func(line []byte) map[string]any {
		var input celCase
		check(json.Unmarshal(line, &input))
		var resource any
		// As the Kubernetes client decodes objects: what is written as an integer is one, if int64 has it.
		check(kubejson.UnmarshalCaseSensitivePreserveInts(input.Resource, &resource))
		rules := []any{}
		matched := false
		for _, rule := range input.Rules {
			outcome := map[string]any{"name": rule.Name, "matched": false}
			value, stage, err := celValue(env, rule.Rule, resource)
			switch {
			case err != nil:
				outcome["error"] = firstLine(err)
			case value.Type() != types.BoolType:
				outcome["error"] = fmt.Sprintf("the rule gives %s, not bool", value.Type().TypeName())
			default:
				outcome["matched"] = value == types.True
				matched = matched || value == types.True
			}
			if input.Values {
				addValue(outcome, value, stage)
			}
			rules = append(rules, outcome)
		}
		return map[string]any{"ok": true, "matched": matched, "rules": rules}
	}
}

// celValue gives the value of a rule, or the stage in which it failed: parse, check or evaluate.
func celValue(env *cel.Env, rule string, resource any) (value ref.Val, stage string, err error) {
	stage = "parse"
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	parsed, issues := env.Parse(rule)
	if issues.Err() != nil {
		return nil, stage, issues.Err()
	}
	stage = "check"
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, stage, issues.Err()
	}
	// What cel-go finds while it plans (an index that nothing can have) it finds before there is an object, too.
	program, err := env.Program(checked)
	if err != nil {
		return nil, stage, err
	}
	stage = "evaluate"
	value, _, err = program.Eval(map[string]any{"resource": resource})
	return value, stage, err
}

// addValue adds type and value, as a CEL literal, or the stage of the failure.
func addValue(outcome map[string]any, value ref.Val, stage string) {
	if value == nil || types.IsError(value) {
		outcome["stage"] = stage
		return
	}
	outcome["type"] = value.Type().TypeName()
	outcome["value"] = types.Format(value)
}

func firstLine(err error) string {
	return masked(strings.SplitN(err.Error(), "\n", 2)[0])
}
