package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// benchLua does what Sveltos does with a selection script, and prints the median seconds of ROUNDS rounds: a new state, the
// chunk, the resources as tables, evaluate, and its result as JSON. Without RESOURCES ("-") it is the new state alone.
func benchLua(args []string) {
	if len(args) != 3 {
		stop("want: lua-bench SCRIPT RESOURCES ROUNDS")
	}
	rounds, err := strconv.Atoi(args[2])
	check(err)
	var resources []any
	var script []byte
	if args[1] != "-" {
		script, err = os.ReadFile(args[0])
		check(err)
		content, err := os.ReadFile(args[1])
		check(err)
		check(json.Unmarshal(content, &resources))
	}
	seconds := make([]float64, rounds)
	for i := range seconds {
		start := time.Now()
		state := lua.NewState()
		if resources != nil {
			evaluate(state, string(script), resources)
		}
		state.Close()
		seconds[i] = time.Since(start).Seconds()
	}
	slices.Sort(seconds)
	fmt.Println(seconds[len(seconds)/2])
}

func evaluate(state *lua.LState, script string, resources []any) {
	check(state.DoString(script))
	argument := toTable(state, resources)
	state.SetGlobal("resources", argument)
	check(state.CallByParam(lua.P{Fn: state.GetGlobal("evaluate"), NRet: 1, Protect: true}, argument))
	result, err := toJSON(state.Get(-1), 0)
	check(err)
	_, err = json.Marshal(result)
	check(err)
}

// toTable makes tables as Sveltos does: from lists it drops whole numbers, lists and nulls.
func toTable(state *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case string:
		return lua.LString(v)
	case bool:
		return lua.LBool(v)
	case float64:
		return lua.LNumber(v)
	case []any:
		table := state.NewTable()
		for _, element := range v {
			table.Append(toTable(state, element))
		}
		return table
	case map[string]any:
		table := state.NewTable()
		for key, element := range v {
			table.RawSetString(key, toTable(state, element))
		}
		return table
	}
	return lua.LNil
}
