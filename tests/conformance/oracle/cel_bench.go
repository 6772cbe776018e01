package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	kubejson "sigs.k8s.io/json"
)

// benchCel compiles rules once, prints a digest of which of them hold for which object, and then evaluates all for all again
// for each line of its input, printing the seconds that it took.
func benchCel(args []string) {
	if len(args) != 1 {
		stop("want: cel-bench INPUT")
	}
	content, err := os.ReadFile(args[0])
	check(err)
	var input struct {
		Rules   []string
		Objects []json.RawMessage
	}
	check(json.Unmarshal(content, &input))
	env, err := cel.NewEnv(cel.Variable("resource", cel.DynType))
	check(err)
	programs := []cel.Program{}
	for _, rule := range input.Rules {
		checked, issues := env.Compile(rule)
		check(issues.Err())
		program, err := env.Program(checked)
		check(err)
		programs = append(programs, program)
	}
	objects := make([]any, len(input.Objects))
	for i, text := range input.Objects {
		check(kubejson.UnmarshalCaseSensitivePreserveInts(text, &objects[i]))
	}
	round := func(each func(holds bool)) {
		for _, object := range objects {
			for _, program := range programs {
				value, _, err := program.Eval(map[string]any{"resource": object})
				each(err == nil && value == types.True)
			}
		}
	}
	digest := sha256.New()
	round(func(holds bool) { fmt.Fprintf(digest, "%t;", holds) })
	fmt.Printf("%x\n", digest.Sum(nil))
	for asks := bufio.NewScanner(os.Stdin); asks.Scan(); {
		start, count := time.Now(), 0
		round(func(holds bool) {
			if holds {
				count++
			}
		})
		fmt.Println(time.Since(start).Seconds())
	}
}
