// The oracle answers conformance cases with the original Go packages: one case per line in, one answer per line out.
//
//	TZ=UTC go run . lua-eval < cases.jsonl > answers.jsonl
//	TZ=UTC go run . template < cases.jsonl > answers.jsonl
//	go run . cel < cases.jsonl > answers.jsonl
//	go run . yaml-read < cases.jsonl > answers.jsonl
//	go run . lua-bench SCRIPT RESOURCES ROUNDS
//	go run . template-bench INPUT
//	go run . cel-bench INPUT
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		stop("want a mode: lua-eval, template, cel, yaml-read, yaml-write, yaml-write-v3, yaml-split, lua-bench, template-bench, cel-bench")
	}
	name := os.Args[1]
	if bench, ok := benches[name]; ok {
		bench(os.Args[2:])
		return
	}
	mode, isWorker := strings.CutSuffix(name, workerSuffix)
	answerer, ok := modes[mode]
	switch {
	case !ok:
		stop("unknown mode " + name)
	case isWorker:
		limitMemory()
		cases, answers := workerFiles()
		answerLines(cases, answerer(), answers)
	default:
		supervise(mode)
	}
}

var benches = map[string]func(args []string){
	"lua-bench":      benchLua,
	"template-bench": benchTemplates,
	"cel-bench":      benchCel,
}

// evaluator answers a line, which is a case.
type evaluator = func(line []byte) map[string]any

// modes make the evaluator of each mode, in a worker.
var modes = map[string]func() evaluator{
	"lua-eval":      func() evaluator { return evalCase },
	"template":      func() evaluator { return templateAnswer },
	"cel":           func() evaluator { return celEvaluator() },
	"yaml-read":     func() evaluator { return readYAML },
	"yaml-write":    func() evaluator { return writeYAML },
	"yaml-write-v3": func() evaluator { return writeYAMLv3 },
	"yaml-split":    func() evaluator { return splitYAML },
}

// answerLines reads cases and writes what answer says of each, with the case's id, as soon as it is known.
func answerLines(cases io.Reader, answer evaluator, out io.Writer) {
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
