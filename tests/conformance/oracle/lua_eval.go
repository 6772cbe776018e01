package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// longest is how long a case may run: longer ones never end.
const longest = 5 * time.Second

var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

func masked(text string) string { return address.ReplaceAllString(text, "0xADDR") }

// evalCase runs the chunk of a case in a state without helper modules.
func evalCase(line []byte) map[string]any {
	var input struct{ Script string }
	check(json.Unmarshal(line, &input))
	answer := map[string]any{}
	printed := captureOutput(func() {
		state := lua.NewState()
		defer state.Close()
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		defer cancel()
		// Sveltos sets no context. With one the VM asks before each instruction whether to end, and differs in nothing else.
		state.SetContext(ctx)
		defer func() {
			if reason := recover(); reason != nil {
				answer = map[string]any{"error": fmt.Sprint(reason), "panic": true}
			}
		}()
		run(state, input.Script, answer)
	})
	if _, failed := answer["error"]; !failed && printed != "" {
		answer["stdout"] = masked(printed)
	}
	return answer
}

func run(state *lua.LState, script string, answer map[string]any) {
	function, err := state.LoadString(script)
	if err != nil {
		answer["error"] = err.Error()
		return
	}
	state.Push(function)
	if err := state.PCall(0, lua.MultRet, nil); err != nil {
		if failure, ok := err.(*lua.ApiError); ok {
			answer["error"] = masked(failure.Object.String())
		} else {
			answer["error"] = masked(err.Error())
		}
		return
	}
	count := state.GetTop()
	answer["ok"] = true
	answer["n"] = count
	if count == 0 {
		answer["type"], answer["tostring"], answer["json"] = "none", "", nil
		return
	}
	values := make([]map[string]any, count)
	for i := range values {
		values[i] = describe(state, state.Get(i+1))
	}
	for key, value := range values[0] {
		answer[key] = value
	}
	if count > 1 {
		answer["values"] = values
	}
}

func describe(state *lua.LState, value lua.LValue) map[string]any {
	text := state.ToStringMeta(value).String()
	described := map[string]any{"type": value.Type().String(), "tostring": masked(text)}
	if !utf8.ValidString(text) {
		described["hex"] = hex.EncodeToString([]byte(text))
	}
	converted, err := toJSON(value, 0)
	if err == nil {
		var encoded []byte
		if encoded, err = json.Marshal(converted); err == nil {
			described["json"] = json.RawMessage(masked(string(encoded)))
		}
	}
	if err != nil {
		described["jsonError"] = err.Error()
	}
	return described
}

// toJSON converts as Sveltos does with what scripts return: a table with an array part is a list, any other an object.
func toJSON(value lua.LValue, depth int) (any, error) {
	if depth > 200 {
		return nil, fmt.Errorf("nested too deep")
	}
	switch v := value.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), nil
	case lua.LString:
		return string(v), nil
	case lua.LNumber:
		return float64(v), nil
	case *lua.LTable:
		return tableToJSON(v, depth)
	}
	return nil, fmt.Errorf("unsupported type: %s", value.Type())
}

func tableToJSON(table *lua.LTable, depth int) (any, error) {
	if length := table.MaxN(); length > 0 {
		list := make([]any, length)
		for i := range list {
			element, err := toJSON(table.RawGetInt(i+1), depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = element
		}
		return list, nil
	}
	object := map[string]any{}
	var problem error
	table.ForEach(func(key, value lua.LValue) {
		converted, err := toJSON(value, depth+1)
		if err != nil {
			problem = err
		}
		object[key.String()] = converted
	})
	return object, problem
}

// captureOutput runs work while standard output goes into a pipe, and returns what was printed.
func captureOutput(work func()) string {
	reader, writer, err := os.Pipe()
	check(err)
	original := os.Stdout
	os.Stdout = writer
	done := make(chan string)
	go func() {
		text, _ := io.ReadAll(reader)
		done <- string(text)
	}()
	work()
	os.Stdout = original
	check(writer.Close())
	return <-done
}
