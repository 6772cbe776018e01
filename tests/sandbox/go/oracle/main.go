// The oracle makes the case tables in ../cases: questions, written down or made at random, with gopher-lua's answers.
//
//	GOEXPERIMENT=norandomizedheapbase64 go run . [-seed N]
//
// (Without it, addresses have another number of digits each time, and so the texts that are padded.)
// Texts are bytes: one character (0-255) for each.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// row is one question with its answer.
type row map[string]any

func main() {
	seed := flag.Int64("seed", 20251124, "of the questions made at random")
	folder := flag.String("cases", "../cases", "where the tables are written")
	flag.Parse()
	time.Local = time.UTC
	fmt.Println("seed", *seed)
	state := lua.NewState()
	defer state.Close()
	tables := []struct {
		name string
		rows func(*lua.LState, *rand.Rand) []row
	}{
		{"patterns", patternRows},
		{"plain_patterns", plainPatternRows},
		{"formats", formatRows},
		{"numbers", numberRows},
		{"dates", dateRows},
	}
	for _, table := range tables {
		rows := unique(table.rows(state, rand.New(rand.NewSource(*seed))))
		write(filepath.Join(*folder, table.name+".json"), *seed, rows)
		fmt.Println(table.name, len(rows))
	}
}

// unique drops rows that were asked before.
func unique(rows []row) []row {
	seen := map[string]bool{}
	kept := rows[:0]
	for _, one := range rows {
		text := string(encoded(one))
		if !seen[text] {
			seen[text] = true
			kept = append(kept, one)
		}
	}
	return kept
}

func write(path string, seed int64, rows []row) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "{\n  \"about\": \"Answers of gopher-lua v1.1.2, made by ../oracle. Never edit an answer.\",\n  \"seed\": %d,\n  \"cases\": [\n", seed)
	for i, one := range rows {
		text.WriteString("    ")
		text.Write(encoded(one))
		if i < len(rows)-1 {
			text.WriteByte(',')
		}
		text.WriteByte('\n')
	}
	text.WriteString("  ]\n}\n")
	check(os.WriteFile(path, text.Bytes(), 0o644))
}

func encoded(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return bytes.TrimSpace(text.Bytes())
}

// byteText has one character for each byte.
func byteText(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// number is a float64 as a text, since JSON has no NaN, no infinities and no -0.
func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// call calls a Lua function; the error is its message.
func call(state *lua.LState, function lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	top := state.GetTop()
	if err := state.CallByParam(lua.P{Fn: function, NRet: lua.MultRet, Protect: true}, args...); err != nil {
		state.SetTop(top)
		return nil, err
	}
	results := []lua.LValue{}
	for i := top + 1; i <= state.GetTop(); i++ {
		results = append(results, state.Get(i))
	}
	state.SetTop(top)
	return results, nil
}

func library(state *lua.LState, table, name string) lua.LValue {
	return state.GetField(state.GetGlobal(table), name)
}

func pick[T any](random *rand.Rand, choices []T) T { return choices[random.Intn(len(choices))] }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
