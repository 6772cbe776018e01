// The oracle answers conformance cases with the original Go packages: one case per line in, one answer per line out.
//
//	TZ=UTC go run . lua-eval < cases.jsonl > answers.jsonl
//	go run . lua-bench SCRIPT RESOURCES ROUNDS
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		stop("want a mode: lua-eval, lua-bench")
	}
	switch os.Args[1] {
	case "lua-eval":
		answerLines(evalCase)
	case "lua-bench":
		benchmark(os.Args[2:])
	default:
		stop("unknown mode " + os.Args[1])
	}
}

// answerLines reads cases from standard input and writes what answer says of each, with the case's id.
func answerLines(answer func(line []byte) map[string]any) {
	out := bufio.NewWriter(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<28)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var named struct{ ID string }
		check(json.Unmarshal(lines.Bytes(), &named))
		result := answer(lines.Bytes())
		result["id"] = named.ID
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode(result))
		_, err := out.Write(text.Bytes())
		check(err)
	}
	check(lines.Err())
	check(out.Flush())
}

func check(err error) {
	if err != nil {
		stop(err.Error())
	}
}

func stop(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
