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
	"io"
	"iter"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		stop("want a mode: lua-eval, lua-bench")
	}
	switch os.Args[1] {
	case "lua-eval":
		supervise("lua-eval-worker")
	case "lua-eval-worker":
		limitMemory()
		cases, answers := workerFiles()
		answerLines(cases, evalCase, answers)
	case "lua-bench":
		benchmark(os.Args[2:])
	default:
		stop("unknown mode " + os.Args[1])
	}
}

// answerLines reads cases and writes what answer says of each, with the case's id, as soon as it is known.
func answerLines(cases io.Reader, answer func(line []byte) map[string]any, out io.Writer) {
	for line := range linesOf(cases) {
		result := answer(line)
		result["id"] = idOf(line)
		_, err := out.Write(encoded(result))
		check(err)
	}
}

// linesOf gives the lines that aren't blank; each is valid until the next.
func linesOf(input io.Reader) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		lines := bufio.NewScanner(input)
		lines.Buffer(make([]byte, 1<<20), 1<<28)
		for lines.Scan() {
			if len(bytes.TrimSpace(lines.Bytes())) > 0 && !yield(lines.Bytes()) {
				return
			}
		}
		check(lines.Err())
	}
}

func idOf(line []byte) string {
	var named struct{ ID string }
	check(json.Unmarshal(line, &named))
	return named.ID
}

func encoded(answer map[string]any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(answer))
	return text.Bytes()
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
