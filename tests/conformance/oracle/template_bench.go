package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"text/template"
	"time"

	"moonferry/tests/template/functions/oracle/sveltos"
	"moonferry/tests/template/oracle/controllers"
)

// benchTemplates parses a template once, prints a digest of what it renders for all matches, and then renders them all again
// for each line of its input, printing the seconds that it took. Each rendering has data and a buffer of its own.
func benchTemplates(args []string) {
	if len(args) != 1 {
		stop("want: template-bench INPUT")
	}
	content, err := os.ReadFile(args[0])
	check(err)
	var input struct {
		Template string
		Cluster  object
		Matches  []object
	}
	check(json.Unmarshal(content, &input))
	parsed, err := template.New("bench").Option("missingkey=error").Funcs(sveltos.Functions()).Parse(input.Template)
	check(err)
	render := func(match object) string {
		var output bytes.Buffer
		check(parsed.Execute(&output, controllers.One(referenceTo(match), match, nil, input.Cluster)))
		return output.String()
	}
	digest := sha256.New()
	for _, match := range input.Matches {
		digest.Write([]byte(render(match)))
	}
	fmt.Printf("%x\n", digest.Sum(nil))
	for asks := bufio.NewScanner(os.Stdin); asks.Scan(); {
		start, length := time.Now(), 0
		for _, match := range input.Matches {
			length += len(render(match))
		}
		fmt.Println(time.Since(start).Seconds())
	}
}
