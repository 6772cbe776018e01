package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"syscall"
	"unicode/utf8"
)

// lineAnswer is the answer to a line of standard input, a template as JSON text. Hex stands in place of a text that is no UTF-8.
type lineAnswer struct {
	testCase
	Hex string `json:"hex,omitempty"`
}

func answerLines() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	// Opened anew, and so that it blocks: under the build tag faketime, os.Stdout writes more than it is given, and nothing wakes
	// a goroutine that waits for a pipe to have room.
	descriptor, err := syscall.Open("/dev/stdout", syscall.O_WRONLY, 0)
	check(err)
	output := bufio.NewWriter(os.NewFile(uintptr(descriptor), "stdout"))
	for lines.Scan() {
		var answer lineAnswer
		check(json.Unmarshal(lines.Bytes(), &answer.Template))
		answer.answer(false)
		if answer.Want != nil && !utf8.ValidString(*answer.Want) {
			answer.Hex, answer.Want = hex.EncodeToString([]byte(*answer.Want)), nil
		}
		_, err := output.WriteString(encode(answer) + "\n")
		check(err)
		check(output.Flush())
	}
	check(lines.Err())
}
