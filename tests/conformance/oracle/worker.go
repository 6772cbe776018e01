package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// patience is how long a worker may take for one case. It is more than longest, which ends what a state can end by itself.
const patience = 2 * longest

// memory is how many bytes of address space a worker may have: a case that wants more is an error, not this machine's end.
const memory = 3 << 30

// worker is a process of this very program that answers case after case. Some of what a script can do to Go, like the end of
// its stack or of memory, no code recovers from: it ends the process, and with it only the case at hand.
type worker struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  io.Closer
	answers *bufio.Reader
}

// workerSuffix makes the name of a mode that of its worker.
const workerSuffix = "-worker"

func startWorker(mode string) *worker {
	path, err := os.Executable()
	check(err)
	// No standard input, output or error: a script's dofile() and io.read meet an end, what its io.write writes past the
	// captured output goes nowhere, and so do the long traces of a process that ended. Cases and answers have their own pipes.
	command := exec.Command(path, mode+workerSuffix)
	casesEnd, input, err := os.Pipe()
	check(err)
	output, answersEnd, err := os.Pipe()
	check(err)
	command.ExtraFiles = []*os.File{casesEnd, answersEnd}
	check(command.Start())
	check(casesEnd.Close())
	check(answersEnd.Close())
	return &worker{command, input, output, bufio.NewReaderSize(output, 1<<20)}
}

// workerFiles are the worker's ends of those pipes: the first files after the standard three.
func workerFiles() (cases, answers *os.File) { return os.NewFile(3, "cases"), os.NewFile(4, "answers") }

func limitMemory() {
	check(syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: memory, Max: memory}))
}

// ask returns the answer's line, or false if the process ended or took too long.
func (w *worker) ask(line []byte) ([]byte, bool) {
	timer := time.AfterFunc(patience, func() { _ = w.command.Process.Kill() })
	defer timer.Stop()
	if _, err := w.input.Write(append(line[:len(line):len(line)], '\n')); err != nil {
		return nil, false
	}
	answer, err := w.answers.ReadBytes('\n')
	return answer, err == nil
}

func (w *worker) stop() {
	_ = w.input.Close()
	_ = w.command.Process.Kill()
	_ = w.command.Wait()
	_ = w.output.Close()
}

// supervise answers cases from standard input by a worker, and begins a new one after each that a case has ended.
func supervise(mode string) {
	current := startWorker(mode)
	defer func() { current.stop() }()
	for line := range linesOf(os.Stdin) {
		answer, ok := current.ask(line)
		if !ok {
			current.stop()
			current = startWorker(mode)
			answer = encoded(map[string]any{"id": idOf(line), "error": "the process ended", "panic": true})
		}
		_, err := os.Stdout.Write(answer)
		check(err)
	}
}
