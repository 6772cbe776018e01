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
			value, failed, err := celValue(env, rule.Rule, resource)
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
				addValue(outcome, value, failed)
			}
			rules = append(rules, outcome)
		}
		return map[string]any{"ok": true, "matched": matched, "rules": rules}
	}
}

// failure is where a rule failed.
type failure struct {
	// Stage is parse, check or evaluate.
	Stage string
	// Place is line and column, from 1, of the one mistake of a rule that was checked: of several, cel-go names the leftmost.
	Place string
}

// celValue gives the value of a rule, or where it failed.
func celValue(env *cel.Env, rule string, resource any) (value ref.Val, failed failure, err error) {
	failed.Stage = "parse"
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	parsed, issues := env.Parse(rule)
	if issues.Err() != nil {
		return nil, failed, issues.Err()
	}
	failed.Stage = "check"
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		if mistakes := issues.Errors(); len(mistakes) == 1 {
			place := mistakes[0].Location
			failed.Place = fmt.Sprintf("%d:%d", place.Line(), place.Column()+1)
		}
		return nil, failed, issues.Err()
	}
	// What cel-go finds while it plans (an index that nothing can have) it finds before there is an object, too.
	program, err := env.Program(checked)
	if err != nil {
		return nil, failed, err
	}
	failed.Stage = "evaluate"
	value, _, err = program.Eval(map[string]any{"resource": resource})
	return value, failed, err
}

// addValue adds type and value, as a CEL literal, or where it failed.
func addValue(outcome map[string]any, value ref.Val, failed failure) {
	if value == nil || types.IsError(value) {
		outcome["stage"] = failed.Stage
		if failed.Place != "" {
			outcome["place"] = failed.Place
		}
		return
	}
	outcome["type"] = value.Type().TypeName()
	outcome["value"] = types.Format(value)
}

func firstLine(err error) string {
	return masked(strings.SplitN(err.Error(), "\n", 2)[0])
}
